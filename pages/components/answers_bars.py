"""The bars of an answer: all classes, or the likeliest few with the rest a click away; the base model beside."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from components import looks
from components.wording import number

from sft_core.evaluation.wording import visible

FEW = 5
_ALL_AT_ONCE = 8


def show(shares: Sequence[tuple[str, float]], base: Mapping[str, float] | None, key: str) -> None:
    """`shares` from the likeliest class on; up to eight classes are shown at once."""
    few = shares if len(shares) <= _ALL_AT_ONCE else shares[:FEW]
    _bars(few, base, f"{key}_few")
    if len(few) == len(shares):
        return
    box = st.expander(f"All {number(len(shares))} classes", type="compact", key=f"{key}_all", on_change="rerun")
    if box.open:
        with box:
            _bars(shares, base, f"{key}_every")


def sorted_shares(labels: Sequence[str], probabilities: Sequence[float]) -> list[tuple[str, float]]:
    """Each class with its probability, the likeliest first."""
    return sorted(zip(labels, probabilities, strict=True), key=lambda pair: -pair[1])


def _bars(shares: Sequence[tuple[str, float]], base: Mapping[str, float] | None, key: str) -> None:
    said = "; ".join(f"{visible(label)} {share:.0%}" for label, share in shares[:FEW])
    st.altair_chart(
        _drawn(tuple(shares), tuple((base or {}).items()), looks.theme()),
        key=key,
        alt=f"How likely each class is: {said}",
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(shares: tuple[tuple[str, float], ...], base: tuple[tuple[str, float], ...], theme: Any) -> Any:
    from sft_core import charts

    return charts.answer_bars(shares, dict(base) or None, theme=theme)
