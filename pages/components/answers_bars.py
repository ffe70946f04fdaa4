"""The bars of an answer: all classes, or the likeliest few with the rest a click away; the base model beside."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from components import drawn, looks
from components.drawn import Spec
from components.wording import number

from sft_core.evaluation.enlarging import enlarged
from sft_core.evaluation.wording import sure, visible

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


def show_large(shares: Sequence[tuple[str, float]], key: str, enlarge: float) -> None:
    """The likeliest few, drawn larger, for a projector."""
    _bars(shares[:FEW], None, key, enlarge)


def sorted_shares(labels: Sequence[str], probabilities: Sequence[float]) -> list[tuple[str, float]]:
    """Each class with its probability, the likeliest first."""
    return sorted(zip(labels, probabilities, strict=True), key=lambda pair: -pair[1])


def get_ready(classes: int) -> None:
    """Have the chart of so many classes made before it is needed: the first one costs most of a second."""
    _shape(classes if classes <= _ALL_AT_ONCE else FEW, True, looks.theme())


def _bars(
    shares: Sequence[tuple[str, float]], base: Mapping[str, float] | None, key: str, enlarge: float = 1.0
) -> None:
    """The rows alone change from answer to answer: making and checking the chart anew would cost 60 ms each time."""
    from sft_core import charts

    said = "; ".join(f"{visible(label)} {sure(share)}" for label, share in shares[:FEW])
    rows = charts.answer_rows(shares, base, theme=looks.theme())
    shape = _shape(len(rows), bool(base), looks.theme())
    shape = enlarged(shape, enlarge) if enlarge != 1.0 else shape
    drawn.show({**shape, "data": {"values": rows}}, key, f"How likely each class is: {said}", written=True)


@st.cache_resource(max_entries=64, show_spinner=False)
def _shape(classes: int, with_base: bool, theme: Any) -> Spec:
    """The chart of so many classes, whatever they are."""
    from sft_core import charts

    shares = [(str(place), 0.0) for place in range(classes)]
    return charts.answer_bars(shares, dict(shares) if with_base else None, theme=theme).to_dict()
