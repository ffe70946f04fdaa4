"""Before a training on texts: sentences that are watched while it learns."""

import streamlit as st
from components import pinned
from components import recipe as recipes
from components.layout import card
from components.recipe import Recipe

from sft_core.config import MOST_PINNED
from sft_core.data.store import DatasetInfo

WATCHES = True  # whether inputs can be pinned, and their answers be watched
OWN_SETTINGS: tuple[str, ...] = ()  # settings that are asked beside the goal and not among all settings


def beside_goal(recipe: Recipe, info: DatasetInfo, words: tuple[str, str]) -> Recipe:
    """The card with the pinned sentences; the recipe with them."""
    with card(f"{words[1].capitalize()} to watch", stretch=True):
        st.caption(f"Up to {MOST_PINNED}. You see how the answer to each changes while it learns.")
        return recipes.change(recipe, pinned=pinned.ask(recipe, words, info.roles))
