"""Answered texts: what was read, what it was, what it said and how sure; and what can be done with each."""

from typing import Any

import pandas as pd
import streamlit as st
from components import corrections, session
from components.answered import Answered
from components.compare_choice import Side
from components.data_upload import TABLES
from components.matrix import Cell
from components.wording import named, number, percent, plain

from sft_core.evaluation.predictions import Predictions
from sft_core.export.masking import masked

FIRST, MORE = 3, 10
SIDE_BY_SIDE = 4  # of two runs that are compared, so many in each list at first
CLICK_TO_SEE = "to read its"  # what a click on a square of the matrix is for: "… messages"
BRING = TABLES  # what a later file may be
OWN_COLUMNS = False  # whether the columns of a later file are made by its reading, so that nobody knows them by name
LARGE = 3  # on a screen of a projector
PRIVATE = (  # said before rows are shown to a room
    "E-mail addresses, phone numbers, IBANs and card numbers in them are masked; names and whatever else is private "
    "are not."
)
_LONGEST, _LARGE_LONGEST = 600, 150  # characters
_READ = 10_000  # characters of a text that are looked at before it is cut


def list_rows(answered: Answered, found: Predictions, rows: pd.DataFrame, cell: Cell | None) -> None:
    """The first of the rows behind a square, a card each, and a way to more."""
    key = f"shown_{answered.key}_{cell}"
    shown = int(st.session_state.get(key, FIRST))
    data = corrections.data_of(answered)
    changed = corrections.done(data) if data else {}
    for record in rows.head(shown).to_dict("records"):
        row = as_row(answered, found, record)
        with st.container(border=True, gap="small"):
            _words(row, with_classes=cell is None or cell.said is None)
            with _buttons(f"{percent(record[found.names.confidence])} sure · row {row.number + 1}"):
                if data is not None:
                    corrections.offer(answered, data, row, changed.get((row.source, row.number)))
                if st.button("Try it", key=f"try_{answered.key}_{row.source}_{row.number}", type="tertiary"):
                    st.session_state["try_it_cells"] = given(answered, record)
                    session.go("try_it.py", run=answered.run.id)
    left = len(rows) - shown
    if left > 0 and st.button(f"{number(min(left, MORE))} more", key=f"more_{answered.key}"):
        st.session_state[key] = shown + MORE
        st.rerun()


def list_compared(rows: pd.DataFrame, shown: int, sides: tuple[Side, Side], key: str) -> None:
    """The first `shown` of the rows that only one of two runs answers rightly, with what both said."""
    a, b = sides
    for record in rows.head(shown).to_dict("records"):
        with st.container(border=True, gap="small"):
            st.markdown(plain(text_of(a.answered, record), _LONGEST) or ":gray[empty]")
            st.markdown(f"It was **{named(record['true'], 40)}**.")
            with st.container(gap=None):
                for side, name in ((a, "a"), (b, "b")):
                    said, sure = named(record[name], 40), percent(float(record[f"confidence_{name}"]))
                    st.caption(f"{plain(side.name, 50)} said {said}, {sure} sure")
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.caption(f"row {int(record['row']) + 1}", width="content")
                if st.button("Try it", key=f"try_{key}_{record['_source']}_{int(record['row'])}", type="tertiary"):
                    st.session_state["try_it_cells"] = given(b.answered, record)
                    session.go("try_it.py", dataset=b.answered.run.dataset, run=b.answered.run.id)


def list_large(answered: Answered, found: Predictions, rows: pd.DataFrame) -> None:
    """Rows for a projector: few, cut short, and with addresses and numbers that could name somebody masked."""
    for record in rows.head(LARGE).to_dict("records"):
        row, sure = as_row(answered, found, record), percent(record[found.names.confidence])
        with st.container(border=True, gap="xsmall"):
            text = masked(" ".join(row.text[:_READ].split()))
            st.markdown(plain(text, _LARGE_LONGEST) or ":gray[empty]")
            said = f"It said **{named(row.said, 40)}** and was {sure} sure."
            was = f"It was **{named(row.true, 40)}**. " if row.true and row.true != row.said else ""
            st.markdown(f":gray[{was}{said}]")


def class_card(answered: Answered) -> None:
    """Texts are read in the list of rows: nothing more is shown of a class."""


def as_row(answered: Answered, found: Predictions, record: dict[str, Any]) -> corrections.Row:
    """The row as corrections know it."""
    names = found.names
    source, number_ = str(record.get("_source") or "train"), int(record[names.row])
    return corrections.Row(
        source, number_, text_of(answered, record), str(record[names.true]), str(record[names.prediction])
    )


def given(answered: Answered, record: dict[str, Any]) -> tuple[str, ...]:
    """The cells of a row that the model reads, in the order of the run's columns, for Try it."""
    return tuple(str(record.get(name, "")) for name in answered.inputs())


def text_of(answered: Answered, record: dict[str, Any]) -> str:
    """The text of a row; several columns as "name: value"."""
    columns = [name for name in answered.inputs() if name in record]
    if len(columns) == 1:
        return str(record[columns[0]])
    return " · ".join(f"{name}: {record[name]}" for name in columns)


def _words(row: corrections.Row, *, with_classes: bool) -> None:
    """The text, and where the square does not say so already, what it was and what was said."""
    st.markdown(plain(row.text, _LONGEST) or ":gray[empty]")
    if with_classes:
        was = f"was **{named(row.true, 40)}**, " if row.true else ""
        st.markdown(f"{was}it said **{named(row.said, 40)}**")


def _buttons(sure: str) -> Any:
    """A line with how sure it was; below it the place for the buttons, in each card alike however long they are."""
    st.caption(sure)
    return st.container(horizontal=True, vertical_alignment="center", gap="small")
