"""The one question before a training: what matters most? It decides which state of the model is kept."""

import streamlit as st
from components import recipe as recipes
from components.recipe import Recipe

from sft_core.config import Goal

QUESTION = "What matters most?"
_ANSWERS = {
    "accuracy": ("All {words} alike", "Right as often as possible, so large classes count most."),
    "macro_f1": ("Every class alike", "A rare class counts as much as a common one."),
    "recall": ("Not missing one class", "Finding as many as can be, even with some false alarms."),
    "precision": ("No false alarms for one class", "When it says this class, it should be true."),
}


def ask(recipe: Recipe, labels: list[str], words: tuple[str, str]) -> Goal:
    """The four answers, and which class where one class is meant."""
    kinds = list(_ANSWERS)
    kind = st.radio(
        QUESTION,
        kinds,
        index=kinds.index(recipe.goal.kind),
        format_func=lambda kind: _ANSWERS[kind][0].format(words=words[1]),
        captions=[about for _title, about in _ANSWERS.values()],
        key=f"goal_{recipes.generation()}",
        label_visibility="collapsed",
    )
    if kind in ("accuracy", "macro_f1") or not labels:
        return Goal(kind="accuracy" if kind in ("recall", "precision") else kind)
    known = recipe.goal.label if recipe.goal.label in labels else None
    label = st.selectbox(
        "Which class?", labels, index=labels.index(known) if known else 0, key=f"goal_label_{recipes.generation()}"
    )
    return Goal(kind=kind, label=label)


def said(goal: Goal, words: tuple[str, str]) -> str:
    """The answer as words, for Details."""
    return _ANSWERS[goal.kind][0].format(words=words[1]) + (f": {goal.label}" if goal.label else "")
