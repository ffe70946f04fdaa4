"""Sentences that the user pins before a training, and how their answers move while it learns."""

from collections.abc import Sequence

import streamlit as st
from components import recipe as recipes
from components.layout import card
from components.recipe import MOST_PINNED, Recipe
from components.story import Story
from components.wording import plain

_LONGEST = 2000


def ask(recipe: Recipe, words: tuple[str, str]) -> tuple[str, ...]:
    """The pinned sentences, each with a way to take it off, and a field for the next one."""
    pinned = list(recipe.pinned)
    for number, text in enumerate(pinned):
        words_, off = st.columns([6, 1], vertical_alignment="center")
        words_.markdown(plain(text, 90))
        if off.button(":material/close:", key=f"unpin_{number}", type="tertiary", help=f"Take this {words[0]} off"):
            pinned.pop(number)
            recipes.change(recipe, pinned=tuple(pinned))
            st.rerun()
    if len(pinned) < MOST_PINNED:
        st.text_input(
            f"A {words[0]} to watch",
            key="pin_text",
            placeholder=f"Type or paste a {words[0]} and press Enter",
            max_chars=_LONGEST,
            label_visibility="collapsed",
            on_change=_pin,
            args=(recipe,),
        )
    return tuple(pinned)


def _pin(recipe: Recipe) -> None:
    text = str(st.session_state["pin_text"]).strip()
    if text and text not in recipe.pinned:
        recipes.change(recipe, pinned=(*recipe.pinned, text)[:MOST_PINNED])
    st.session_state["pin_text"] = ""


def watched(story: Story) -> bool:
    """Draw the pinned sentences of a run with their newest answers; False where none was pinned."""
    texts: Sequence[str] = story.config.get("pinned") or ()
    if not texts:
        return False
    newest = story.last("pinned")
    with card(f"Your pinned {story.words[1]}", stretch=True):
        for number, text in enumerate(texts):
            _one(text, newest["probabilities"][number] if newest else None, story.labels)
    return True


def _one(text: str, probabilities: Sequence[float] | None, labels: Sequence[str]) -> None:
    if not probabilities:
        st.markdown(f"{plain(text, 90)}  \n:gray[no answer yet]")
        return
    best = max(range(len(labels)), key=lambda place: probabilities[place])
    st.markdown(plain(text, 90))
    st.progress(float(probabilities[best]), text=f"{plain(labels[best], 40)} · {probabilities[best]:.0%}")
