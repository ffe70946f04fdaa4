"""The one question before a training: what matters most? It decides which state of the model is kept."""

from collections.abc import Collection

import streamlit as st
from components import recipe as recipes
from components.recipe import Recipe
from components.wording import named

from sft_core.config import Goal
from sft_core.evaluation.wording import visible
from sft_core.training.setting_words import GOAL, GOALS

QUESTION = f"{GOAL}?"


def ask(recipe: Recipe, labels: list[str], words: tuple[str, str], unchecked: Collection[str] = ()) -> Goal | None:
    """The four answers, and which class where one class is meant; None while that is not said.

    `unchecked` are classes that cannot be meant, since no validation row is of them: the run would refuse it.
    """
    kinds = list(GOALS)
    kind = st.radio(
        QUESTION,
        kinds,
        index=kinds.index(recipe.goal.kind),
        format_func=lambda kind: GOALS[kind][0].format(words=words[1]),
        captions=[about for _title, about in GOALS.values()],
        key=f"goal_{recipes.generation()}",
        label_visibility="collapsed",
    )
    if kind in ("accuracy", "macro_f1"):
        return Goal(kind=kind)
    label = _class(recipe.goal, labels)
    if label in unchecked:
        st.caption(
            f":material/warning: No {words[0]} of “{named(label, 40)}” is kept back for checking while it learns, so"
            f" nothing would tell how good the model is at it. Choose another answer, or add {words[1]} of this class."
        )
    return Goal(kind=kind, label=label) if label else None


def is_open(goal: Goal, labels: list[str]) -> bool:
    """Whether the class that matters is none of the data: its name came from elsewhere, or its rows are gone."""
    return goal.label is not None and goal.label not in labels


def _class(goal: Goal, labels: list[str]) -> str | None:
    """Which class; a name that is none of them is said, and no other is put in its place."""
    lacks = is_open(goal, labels)
    label = st.selectbox(
        "Which class?",
        labels,
        index=None if lacks else labels.index(goal.label) if goal.label else 0,
        format_func=visible,
        placeholder="Choose a class",
        key=f"goal_label_{recipes.generation()}",
    )
    if lacks and label is None:
        asked = named(str(goal.label), 40)
        st.caption(f":material/warning: This data has no class “{asked}”. Choose the one that is meant.")
    return label
