"""The confusion matrix as people look at it: squares to click, a table for the keyboard, or the most confused pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from components import drawn, looks
from components.drawn import Spec
from components.wording import count, named, number

from sft_core.evaluation.wording import percent, visible

Theme = Literal["light", "dark"]
Show = Literal["counts", "of_true", "of_said"]
MOST_CLASSES = 25  # more do not fit as squares that can be read


@dataclass(frozen=True)
class ClassFound:
    """How many rows of a class were found: `found` is the share (recall)."""

    label: str
    found: float
    rows: int

    def in_words(self) -> str:
        """ "31 of 43 found"."""
        return f"{number(round(self.found * self.rows))} of {number(self.rows)} found"


@dataclass(frozen=True)
class Pair:
    """One square of mistakes: it really was `true`, it said `said`, so many times."""

    true: str
    said: str
    rows: int
    of_true: float


def worst(confusion: Mapping[str, Any], most: int = 3) -> list[ClassFound]:
    """The classes that are found least, of those that occur."""
    found = [
        ClassFound(name, row[place] / sum(row), sum(row))
        for place, (name, row) in enumerate(zip(confusion["labels"], confusion["matrix"], strict=True))
        if sum(row)
    ]
    return sorted(found, key=lambda entry: (entry.found, -entry.rows))[:most]


def pairs(confusion: Mapping[str, Any]) -> list[Pair]:
    """All squares of mistakes, the most frequent first."""
    labels, matrix = confusion["labels"], confusion["matrix"]
    found = [
        Pair(labels[t], labels[s], n, n / sum(row))
        for t, row in enumerate(matrix)
        for s, n in enumerate(row)
        if n and t != s
    ]
    return sorted(found, key=lambda pair: (-pair.rows, -pair.of_true, pair.true, pair.said))


def ordered(confusion: Mapping[str, Any], by: Literal["size", "confusion"]) -> dict[str, Any]:
    """The matrix with its classes sorted: the largest first, or the most confused first."""
    labels, matrix = list(confusion["labels"]), confusion["matrix"]
    size = [sum(row) for row in matrix]
    if by == "size":
        place = sorted(range(len(labels)), key=lambda i: (-size[i], labels[i]))
    else:
        wrong = [size[i] - matrix[i][i] + sum(row[i] for row in matrix) - matrix[i][i] for i in range(len(labels))]
        place = sorted(range(len(labels)), key=lambda i: (-wrong[i], labels[i]))
    return {"labels": [labels[i] for i in place], "matrix": [[matrix[i][j] for j in place] for i in place]}


def small(confusion: Mapping[str, Any], key: str) -> None:
    """The matrix to look at, or the most confused pairs where there are many classes."""
    if len(confusion["labels"]) > MOST_CLASSES:
        found = pairs(confusion)
        if not found:
            st.markdown("No mistakes.")
        for pair in found[:6]:
            pair_line(pair)
        if len(found) > 6:
            st.caption(f"and {count(len(found) - 6, 'other pair')}")
        return
    drawn.show(chart(confusion, "counts"), f"matrix_{key}", described(confusion))
    st.caption("Green: right. Orange: mixed up.")


def pair_line(pair: Pair) -> None:
    """ "A taken for B, 12 times"."""
    st.markdown(
        f"**{named(pair.true, 60)}** taken for **{named(pair.said, 60)}**  \n"
        f":gray[{count(pair.rows, 'time')}, {percent(pair.of_true)} of this class]"
    )


def chart(confusion: Mapping[str, Any], show: Show) -> Spec:
    """The squares; a click selects the point `cell` with `true` and `predicted`."""
    labels = tuple(confusion["labels"])
    return _chart(labels, tuple(map(tuple, confusion["matrix"])), show, looks.theme())


@st.cache_resource(max_entries=32, show_spinner=False)
def _chart(labels: tuple[str, ...], matrix: tuple[tuple[int, ...], ...], show: Show, theme: Theme) -> Spec:
    from sft_core import charts

    return charts.confusion_matrix(matrix, labels, theme=theme, show=show, name="cell").to_dict()


def described(confusion: Mapping[str, Any]) -> str:
    """The matrix in words, for those who do not see it."""
    right = sum(row[i] for i, row in enumerate(confusion["matrix"]))
    total = sum(map(sum, confusion["matrix"]))
    most: Sequence[Pair] = pairs(confusion)[:3]
    mixed = "; ".join(
        f"{visible(pair.true)} taken for {visible(pair.said)} {count(pair.rows, 'time')}" for pair in most
    )
    mistakes = f"Most mixed up: {mixed}" if mixed else "No mistakes"
    return f"Confusion matrix: {number(right)} of {number(total)} right. {mistakes}."
