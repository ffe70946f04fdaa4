"""All knobs of a training, drawn from their definition: label, sentence and bounds stand in `TrainingSettings` only.

An empty field means "as the preset says"; what that is stands in it in grey where it is known.
"""

from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from components import recipe as recipes
from components.recipe import Recipe
from pydantic.fields import FieldInfo

from sft_core.config import TrainingSettings
from sft_core.training.presets import LOSS_TITLES, OPTIMIZER_TITLES

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
    "Against learning by heart": ("weight_decay", "dropout", "frozen_layers", "patience", "evaluations_per_epoch"),
    "This machine": ("max_length", "token_budget", "mixed_precision", "threads", "checkpoint_steps"),
}
_BY_PRESET = ("epochs", "batch_size", "evaluations_per_epoch")
_TITLES: Mapping[str, Mapping[str, str]] = {
    "loss": LOSS_TITLES,
    "optimizer": OPTIMIZER_TITLES,
    "schedule": {"linear": "Falls evenly", "cosine": "Falls in a curve", "constant": "Stays"},
    "mixed_precision": {"auto": "Where it is faster", "off": "Off", "bf16": "bf16", "fp16": "fp16"},
}


def show(recipe: Recipe, known: Mapping[str, Any] | None) -> dict[str, Any]:
    """Draw all fields; the settings that were set by hand. `known` are the preset's values, where they are known."""
    changes: dict[str, Any] = {}
    for group, names in GROUPS.items():
        st.markdown(f"**{group}**")
        with st.grid("auto", min_column_width=240, gap="medium"):
            for name in names:
                value = _field(name, recipe.changes.get(name), (known or {}).get(name))
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


def said(name: str, value: Any) -> str:
    """A value of a setting in words."""
    if value is None:
        return "left to the machine"
    return _TITLES.get(name, {}).get(str(value), str(value))


def _field(name: str, value: Any, known: Any) -> Any:
    about = TrainingSettings.model_fields[name]
    key = f"setting_{name}_{recipes.generation()}"
    choices = _choices(name, about)
    if key not in st.session_state:  # as a default it could not be emptied: the browser would put it back
        st.session_state[key] = _as_typed(value, about) if choices is None else value if value in choices else None
    with st.container(gap="xsmall"):
        found = _number(name, about, known, key) if choices is None else _choice(name, about, choices, known, key)
        st.caption(str(about.description or ""))
    return found


def _choice(name: str, about: FieldInfo, choices: list[str], known: Any, key: str) -> Any:
    titles = _TITLES.get(name, {})
    grey = known if known is not None else about.default
    return st.selectbox(
        str(about.title),
        choices,
        index=None,
        format_func=lambda choice: titles.get(choice, choice),
        placeholder=titles.get(str(grey), str(grey)),
        key=key,
    )


def _left_open(name: str) -> str:
    if name == "threads":
        return "all cores"
    return "by the preset" if name in _BY_PRESET else "chosen from your data"


def _number(name: str, about: FieldInfo, known: Any, key: str) -> Any:
    whole = _is_whole(about)
    bounds, kind = _bounds(about), int if whole else float
    low = bounds.get("ge", bounds.get("gt"))
    high = bounds.get("le", bounds.get("lt"))
    grey = known if known is not None or name in _BY_PRESET else about.default
    return st.number_input(
        str(about.title),
        min_value=None if low is None else kind(low),
        max_value=None if high is None else kind(high),
        value=None,
        step=1 if whole else None,
        format=None if whole else "%g",
        placeholder=_left_open(name) if grey is None else f"{grey:g}",
        key=key,
    )


def _choices(name: str, about: FieldInfo) -> list[str] | None:
    """The values that a field may take, where they can be listed."""
    if get_origin(about.annotation) is Literal:
        return list(get_args(about.annotation))
    return list(_TITLES[name]) if about.annotation is str and name in _TITLES else None


def _as_typed(value: Any, about: FieldInfo) -> float | None:
    """A number of the field's kind: a file may say 0 where the field takes 0.0."""
    return None if value is None else int(value) if _is_whole(about) else float(value)


def _is_whole(about: FieldInfo) -> bool:
    kinds = get_args(about.annotation) if get_origin(about.annotation) is UnionType else (about.annotation,)
    return int in kinds


def _bounds(about: FieldInfo) -> dict[str, float]:
    return {
        name: getattr(rule, name) for rule in about.metadata for name in ("ge", "gt", "le", "lt") if hasattr(rule, name)
    }
