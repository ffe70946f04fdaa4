"""What was it really, and what did it say: the matrix of an evaluation, and which square of it is looked at."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from components import confusion_view, drawn, glossary, viewport
from components.answered import Answered
from components.confusion_view import MOST_CLASSES, Pair, Show
from components.kinds.registry import answers_of
from components.layout import card
from components.wording import number

from sft_core.evaluation.wording import percent, visible

_SHOWS: dict[Show, str] = {"counts": "Counts", "of_true": "Of the real class", "of_said": "Of what it said"}
_ORDERS = {"size": "Largest class first", "confusion": "Most mixed up first", "name": "By name"}
_NARROW = 4  # more classes cannot be squares on a phone


@dataclass(frozen=True)
class Cell:
    """The square that is looked at. Without a `said` or a `true`: all that was (or was said to be) one class."""

    true: str | None = None
    said: str | None = None


def show(answered: Answered) -> Cell | None:
    """The card with the matrix; the square that was chosen, None for all mistakes."""
    confusion = answered.confusion
    if confusion is None:
        return None
    about = glossary.about("matrix")
    with card("What was it really, and what did it say?", f"matrix_card_{answered.key}", stretch=True, about=about):
        if len(confusion["labels"]) > MOST_CLASSES:
            return _many(answered, confusion)
        return _few(answered, confusion)


def _few(answered: Answered, confusion: dict[str, Any]) -> Cell | None:
    key = answered.key
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        how: Show = st.segmented_control(
            "What stands in a square",
            list(_SHOWS),
            format_func=_SHOWS.__getitem__,
            default="counts",
            required=True,
            key=f"matrix_show_{key}",
            label_visibility="collapsed",
        )
        order = st.selectbox(
            "Order",
            list(_ORDERS),
            format_func=_ORDERS.__getitem__,
            key=f"matrix_order_{key}",
            label_visibility="collapsed",
            width=190,
        )
    shown = confusion if order == "name" else confusion_view.ordered(confusion, order)
    table_key = f"matrix_table_{key}"
    as_table = bool(st.session_state.get(table_key, viewport.is_narrow() and len(confusion["labels"]) > _NARROW))
    cell = _table(answered, shown, how) if as_table else _squares(answered, shown, how, order)
    to_see = f"{answers_of(answered.roles).CLICK_TO_SEE} {answered.words[1]}"
    said = f"Choose a cell {to_see}." if as_table else f"Green: right. Orange: mixed up. Click a square {to_see}."
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(said, width="content")
        st.toggle("As a table", value=as_table, key=table_key, help="For the keyboard and for screen readers.")
    return cell


def _squares(answered: Answered, confusion: dict[str, Any], how: Show, order: str) -> Cell | None:
    key, said = f"matrix_{answered.key}_{how}_{order}", confusion_view.described(confusion)
    points = drawn.pick(confusion_view.chart(confusion, how), key, said, "cell")
    return Cell(points[0].get("true"), points[0].get("predicted")) if points else None


def _table(answered: Answered, confusion: dict[str, Any], how: Show) -> Cell | None:
    """The matrix for the keyboard: one cell can be chosen."""
    labels, matrix = confusion["labels"], confusion["matrix"]
    shown = pd.DataFrame(_numbers(matrix, how), columns=_headings(labels))
    shown.insert(0, "it really was", [visible(label) for label in labels])
    event = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"matrix_cells_{answered.key}_{how}",
        alt=confusion_view.described(confusion),
    )
    cells = event["selection"].get("cells") or []
    if not cells:
        return None
    row, column = cells[0]
    place = list(shown.columns).index(column) - 1
    return Cell(labels[row], labels[place] if place >= 0 else None)


def _headings(labels: list[str]) -> list[str]:
    """Column names that no two classes share, whatever they are called."""
    shown = [visible(label) for label in labels]
    return [
        f"said {name if shown.count(name) == 1 else repr(label)}" for name, label in zip(shown, labels, strict=True)
    ]


def _numbers(matrix: list[list[int]], how: Show) -> list[list[Any]]:
    if how == "counts":
        return [[n or None for n in row] for row in matrix]
    of_said = [sum(row[i] for row in matrix) for i in range(len(matrix))]
    wholes = [[sum(row)] * len(row) if how == "of_true" else of_said for row in matrix]
    return [
        [percent(n / whole) if n and whole else None for n, whole in zip(row, totals, strict=True)]
        for row, totals in zip(matrix, wholes, strict=True)
    ]


def _many(answered: Answered, confusion: dict[str, Any]) -> Cell | None:
    """More classes than fit: the most confused pairs, with a search."""
    found = confusion_view.pairs(confusion)
    total = sum(pair.rows for pair in found)
    st.caption(
        f"{number(len(confusion['labels']))} classes are too many for squares: here are the pairs that it mixes up."
        f" {number(total)} mistakes in {number(len(found))} pairs."
    )
    wanted = st.text_input(
        "Search a class",
        key=f"pairs_search_{answered.key}",
        placeholder="Search a class",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    shown = [pair for pair in found if _matches(pair, wanted)]
    table = pd.DataFrame(
        {
            "times": [pair.rows for pair in shown],
            "it really was": [visible(pair.true) for pair in shown],
            "it said": [visible(pair.said) for pair in shown],
            "of this class": [percent(pair.of_true) for pair in shown],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        height=420,
        on_select="rerun",
        selection_mode="single-cell",
        column_config={
            "times": st.column_config.NumberColumn(width=60),
            "of this class": st.column_config.TextColumn(width="small"),
        },
        key=f"pairs_{answered.key}_{wanted}",
        alt=confusion_view.described(confusion),
    )
    st.caption(f"Choose a pair {answers_of(answered.roles).CLICK_TO_SEE} {answered.words[1]}.")
    cells = event["selection"].get("cells") or []
    return Cell(shown[cells[0][0]].true, shown[cells[0][0]].said) if cells and cells[0][0] < len(shown) else None


def _matches(pair: Pair, wanted: str) -> bool:
    word = wanted.strip().casefold()
    return word in pair.true.casefold() or word in pair.said.casefold()
