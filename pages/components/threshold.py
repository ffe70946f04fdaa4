"""The slider of how sure it must be to answer: steps that can be said, and among them the one that was learnt."""

from typing import Any

import streamlit as st

from sft_core.evaluation.sureness_words import said

# Closer together near certainty, where a sure model decides: half of its answers may lie between 99% and 99.9%.
STEPS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
WITHOUT = 0.5  # where nothing was learnt


def steps(learnt: float | None) -> list[float]:
    """All that can be chosen: `learnt` exactly, in the place of what would read like it."""
    others = [step for step in STEPS if learnt is None or said(step) != said(learnt)]
    return sorted([*others, *([] if learnt is None else [learnt])])


def slider(label: str, learnt: float | None, key: str, *, first: float | None = None, **more: Any) -> float:
    """The slider; it begins at what was learnt, else at `first`."""
    begins = learnt if learnt is not None else WITHOUT if first is None else first
    return float(st.select_slider(label, steps(learnt), begins, format_func=said, key=key, **more))
