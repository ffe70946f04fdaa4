"""All knobs of a training, drawn from their definition: label, sentence and bounds stand in `TrainingSettings` only.

A field shows the preset's value where that is known, and else is empty. Only what differs is a setting of one's own.
"""

from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from components import recipe as recipes
from components.recipe import Recipe
from pydantic.fields import FieldInfo

from sft_core.config import TrainingSettings, settings_of, title_of
from sft_core.training.setting_words import TITLES, said

GROUPS = {
    "How it learns": (
        "epochs",
        "batch_size",
        "lr_body",
        "lr_head",
        "schedule",
        "warmup_share",
        "loss",
        "optimizer",
        "clip_norm",
    ),
    "Against learning by heart": (
        "weight_decay",
        "dropout",
        "label_smoothing",
        "frozen_layers",
        "patience",
        "evaluations_per_epoch",
    ),
    "This machine": ("max_length", "token_budget", "mixed_precision", "threads", "checkpoint_steps"),
}
_STEPS = {  # what a press of + or − changes; 1 where none is named
    "batch_size": 8,
    "lr_body": 1e-5,
    "lr_head": 1e-5,
    "clip_norm": 0.1,
    "weight_decay": 0.01,
    "dropout": 0.05,
    "label_smoothing": 0.05,
    "warmup_share": 0.05,
    "max_length": 8,
    "token_budget": 256,
    "checkpoint_steps": 10,
}
_BY_PRESET = ("epochs", "batch_size", "evaluations_per_epoch")


def show(recipe: Recipe, known: Mapping[str, Any] | None, kind: str) -> dict[str, Any]:
    """Draw all fields that a kind of input has; the settings that were set by hand.

    `known` are the preset's values, where they are known.
    """
    changes: dict[str, Any] = {}
    for group, names in GROUPS.items():
        st.markdown(f"**{group}**")
        with st.grid("auto", min_column_width=240, gap="medium"):
            for name in (name for name in names if name in settings_of(kind)):
                value = _field(name, kind, recipe.changes.get(name), (known or {}).get(name))
                if value is not None:
                    changes[name] = value
    return changes


def seed_field(recipe: Recipe) -> int:
    """The seed, which is never empty."""
    about = TrainingSettings.model_fields["seed"]
    value = st.number_input(
        str(about.title), 0, int(_bounds(about)["le"]), recipe.seed, key=f"seed_{recipes.generation()}", width=240
    )
    st.caption(str(about.description))
    return int(value)


def _field(name: str, kind: str, own: Any, known: Any) -> Any:
    about = TrainingSettings.model_fields[name]
    key = f"setting_{name}_{recipes.generation()}"
    choices = _choices(name, about)
    if choices is None:
        own, known = _as_typed(own, about), _as_typed(known, about)
    elif own not in choices:
        own = None
    preset = _of_preset(name, about, known, key)
    _follow(key, own, preset)
    with st.container(gap="xsmall"):
        title = title_of(name, kind)
        found = _number(name, title, about, key) if choices is None else _choice(name, title, choices, key)
        st.caption(str(about.description or ""))
        differs = found is not None and found != preset
        if differs:
            st.button(
                f"Changed. Back to {'the preset' if preset is None else said(name, preset)}",
                key=f"{key}_back",
                icon=":material/undo:",
                type="tertiary",
                on_click=lambda: st.session_state.update({key: preset}),
            )
    return found if differs else None


def _of_preset(name: str, about: FieldInfo, known: Any, key: str) -> Any:
    """The preset's value; while it is measured anew, the one that was known before. None where it is left open."""
    if known is None:
        known = st.session_state.get(f"{key}_preset")
    return about.default if known is None and name not in _BY_PRESET else known


def _follow(key: str, own: Any, preset: Any) -> None:
    """Let a field that nobody changed show the value of the preset, also when that is another one by now."""
    if key not in st.session_state:
        st.session_state[key] = preset if own is None else own
    elif st.session_state[key] in (None, st.session_state.get(f"{key}_preset")) and st.session_state[key] != preset:
        st.session_state[key] = preset
    st.session_state[f"{key}_preset"] = preset


def _choice(name: str, title: str, choices: list[str], key: str) -> Any:
    titles = TITLES.get(name, {})
    return st.selectbox(title, choices, index=None, format_func=lambda choice: titles.get(choice, choice), key=key)


def _left_open(name: str) -> str:
    if name in _BY_PRESET:
        return "by the preset"
    left = {"threads": "all cores", "dropout": "as the model has it", "checkpoint_steps": "often enough"}
    return left.get(name, "chosen from your data")


def _number(name: str, title: str, about: FieldInfo, key: str) -> Any:
    bounds, kind = _bounds(about), int if _is_whole(about) else float
    step = kind(_STEPS.get(name, 1))
    beside = 0 if kind is int else step / 1000  # a bound that is itself no value can be pressed to, but not taken
    low = bounds["ge"] if "ge" in bounds else bounds["gt"] + beside
    high = bounds["lt"] - beside if "lt" in bounds else bounds.get("le")
    value = st.number_input(
        title,
        min_value=kind(low),
        max_value=None if high is None else kind(high),
        value=None,
        step=step,
        format=None if kind is int else "%g",
        placeholder=_left_open(name),
        key=key,
    )
    return _as_typed(value, about)


def _choices(name: str, about: FieldInfo) -> list[str] | None:
    """The values that a field may take, where they can be listed."""
    if get_origin(about.annotation) is Literal:
        return list(get_args(about.annotation))
    return list(TITLES[name]) if about.annotation is str and name in TITLES else None


def _as_typed(value: Any, about: FieldInfo) -> float | None:
    """A number of the field's kind: a file may say 0 where the field takes 0.0, and steps add up to 0.1500000002."""
    return None if value is None else int(value) if _is_whole(about) else float(f"{value:.6g}")


def _is_whole(about: FieldInfo) -> bool:
    kinds = get_args(about.annotation) if get_origin(about.annotation) is UnionType else (about.annotation,)
    return int in kinds


def _bounds(about: FieldInfo) -> dict[str, float]:
    return {
        name: getattr(rule, name) for rule in about.metadata for name in ("ge", "gt", "le", "lt") if hasattr(rule, name)
    }
