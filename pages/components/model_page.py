"""The Model page: how the choice stands in a sentence, the models that are here, and those that a download brings."""

from dataclasses import replace

import streamlit as st
from components import (
    estimates,
    glossary,
    layout,
    model_bringing,
    model_cards,
    model_choices,
    recipe,
    session,
    text_languages,
)
from components.estimates import Estimate
from components.layout import card
from components.model_choices import Choice
from components.recipe import Recipe
from components.wording import plain, size

from sft_core.data.kinds.registry import kind_of
from sft_core.data.store import DatasetInfo
from sft_core.training.presets import PRESETS


def show(info: DatasetInfo) -> None:
    """The whole screen for a dataset."""
    wish, reads = recipe.load(info.id), kind_of(info.roles).name
    with layout.page_head("What should it start from?"):
        if st.button("Go on to training", type="primary", icon=":material/arrow_forward:", key="to_training"):
            session.go("training.py", dataset=info.id, new="run")
    choices = model_choices.here(wish.model, reads)
    measured = {choice.name: estimates.of(_with(wish, choice), info) for choice in choices}
    languages = text_languages.shares(info)
    _sentence(wish, choices, measured, languages)
    st.subheader("Here already", anchor=False)
    model_cards.show(choices, info, wish, measured, languages)
    others = model_choices.to_download(reads)
    if others:
        st.subheader("After a download", anchor=False)
        st.caption("Each needs the network once. Only its weights and settings are fetched, never program code.")
        model_cards.show(others, info, wish, {}, languages)
    model_bringing.show(info)
    pending = next((found for found in measured.values() if found is not None and found.pending), None)
    estimates.watch(pending)
    layout.stays_here()


def _with(wish: Recipe, choice: Choice) -> Recipe:
    return replace(wish, model=choice.name)


def _sentence(
    wish: Recipe, choices: list[Choice], measured: dict[str, Estimate | None], languages: dict[str, float]
) -> None:
    chosen = next((choice for choice in choices if choice.name == wish.model), None)
    if chosen is None:
        st.warning(
            "Choose another one below, or bring it back.",
            title=f"{plain(wish.model, 80)} is not on this machine any more.",
            icon=":material/warning:",
        )
        return
    estimate = measured.get(chosen.name)
    with card(key="model_sentence"):
        st.markdown(
            f"### It starts from {plain(chosen.title, 80)}", anchors=False, help=glossary.about("base model", "weights")
        )
        st.markdown(_how_it_stands(estimate, wish.preset))
    estimates.refusal(estimate)
    text_languages.warn(languages, chosen.card)


def _how_it_stands(estimate: Estimate | None, preset: str) -> str:
    words = estimates.in_words(estimate, preset)
    if estimate is None or not estimate.found:
        return words
    return f"{words} with the effort “{PRESETS[preset].title.lower()}”.{_memory(estimate)}"


def _memory(estimate: Estimate | None) -> str:
    found = estimate.found if estimate and not estimate.pending else None
    if not found or not found.get("fits"):
        return ""
    need, free = size(found["memory_mb"] * 1e6), size(found["free_mb"] * 1e6)
    return f" It fits: it needs {need} of memory, {free} are free."
