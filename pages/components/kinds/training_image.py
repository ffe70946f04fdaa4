"""Before a training on pictures: how they may be varied, each way with a picture of the user's own that shows it."""

from html import escape
from typing import Any

import streamlit as st
from components import glossary, thumbnails, viewport, work
from components import recipe as recipes
from components.layout import card
from components.recipe import Recipe

from sft_core.config import TrainingSettings
from sft_core.data import query
from sft_core.data.store import DatasetInfo

WATCHES = False
# As the presets have them (see `training.picture_recipe`).
PRESET = {"augment_crop": True, "augment_colour": True, "augment_flip": False}
OWN_SETTINGS = tuple(PRESET)
_SIDE, _NARROW = 68, 48  # pixels of a sketch, and on a phone
# What the browser does to one small picture; the training itself does about as much.
_SKETCHES = {
    "augment_crop": "transform:scale(1.45) translate(10%,9%)",
    "augment_colour": "filter:brightness(1.18) saturate(1.3)",
    "augment_flip": "transform:scaleX(-1)",
}
_MIRRORED = "Would a mirrored picture still be right?"


def beside_goal(recipe: Recipe, info: DatasetInfo, words: tuple[str, str]) -> Recipe:
    """The card with the three ways; the recipe with what was chosen. Off are those that the data would not bear."""
    with card("A little different each time", stretch=True):
        st.caption(
            f"So that it learns what counts, and not the {words[1]} by heart.", help=glossary.about("learning by heart")
        )
        picture = _one_picture(info.id, info.current)
        changes = dict(recipe.changes)
        for name, preset in PRESET.items():
            on = _ask(name, bool(changes.get(name, preset)), picture)
            changes.pop(name, None)
            if on != preset:
                changes[name] = on
    return recipes.change(recipe, changes=changes)


def _ask(name: str, on: bool, picture: str | None) -> bool:
    about = TrainingSettings.model_fields[name]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if picture:
            side = _NARROW if viewport.is_narrow() else _SIDE
            st.html(_sketch(picture, name, side), width=2 * side + 6)
        with st.container(gap="xsmall", width="stretch"):
            if name == "augment_flip":
                return _mirrored(on)
            chosen = st.toggle(str(about.title), on, key=f"setting_{name}_{recipes.generation()}")
            st.caption(str(about.description))
            return chosen


def _mirrored(on: bool) -> bool:
    """The one that only the user can know: left and right may decide what a picture is."""
    st.markdown(f"**{_MIRRORED}**")
    answer = st.segmented_control(
        _MIRRORED,
        [False, True],
        default=on,
        required=True,
        format_func={False: "No", True: "Yes"}.__getitem__,
        key=f"setting_augment_flip_{recipes.generation()}",
        label_visibility="collapsed",
    )
    st.caption("A leaf stays the same leaf; a mirrored “b” is a “d”. If unsure: no.")
    return bool(answer)


def _sketch(picture: str, name: str, side: int) -> str:
    about = TrainingSettings.model_fields[name]
    looks = ("", _SKETCHES[name])
    frame = f"width:{side}px;height:{side}px;overflow:hidden;border-radius:6px;background:rgba(127,127,127,.12)"
    image = "width:100%;height:100%;object-fit:cover;display:block"
    said = ("As it is", str(about.title))
    parts = "".join(
        f'<div style="{frame}"><img src="{picture}" alt="{escape(alt)}" style="{image};{look}"></div>'
        for alt, look in zip(said, looks, strict=True)
    )
    return f'<div style="display:flex;gap:6px">{parts}</div>'


@st.cache_data(max_entries=16, show_spinner=False)
def _one_picture(dataset_id: str, version: int) -> str | None:
    """A small picture of the data, the first that is there."""
    rows: Any = query.page(work.datasets().rows_path(dataset_id, version), limit=8)[0]
    pictures = thumbnails.of_dataset(dataset_id)
    found = (thumbnails.data_uri(pictures, str(file)) for file in rows.get("_file", []))
    return next((uri for uri in found if uri), None)
