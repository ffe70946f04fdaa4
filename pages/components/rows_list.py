"""The rows behind a square: text, what it was, what it said, how sure; and what can be done with each."""

from typing import Any

import pandas as pd
import streamlit as st
from components import corrections, session
from components.answered import Answered
from components.layout import card
from components.matrix import Cell
from components.wording import count, named, number, percent, plain

from sft_core.evaluation.predictions import Predictions

FIRST, MORE = 3, 10
_LONGEST = 600


def show(answered: Answered, cell: Cell | None) -> None:
    """The card beside the matrix: the rows of the chosen square, or all mistakes."""
    found = answered.predictions()
    if found is None:
        with card("Its answers"):
            st.caption("This run came without its answers row by row.")
        return
    rows, strangers = _rows(found, cell, answered), _strangers(found, answered)
    with card(key=f"rows_card_{answered.key}", stretch=True):
        if len(strangers) and _ask_for_strangers(answered, cell, len(strangers)):
            rows, cell = strangers, None
            st.markdown(f"**Of classes that it never learnt** · {count(len(rows), *answered.words)}")
        else:
            st.markdown(f"**{_title(cell, answered)}** · {count(len(rows), *answered.words)}")
        if not len(rows):
            st.caption("None.")
            return
        if answered.scored and (cell is None or cell.true != cell.said):
            st.caption("Those where it was most sure and wrong come first.")
        _list(answered, found, rows, cell)


def _rows(found: Predictions, cell: Cell | None, answered: Answered) -> pd.DataFrame:
    """Rows that the model has met while it was made are left out, as they are in the matrix."""
    if cell is not None:
        rows = found.cell(cell.true, cell.said)
    elif answered.scored:
        rows = found.mistakes()
    else:
        rows = found.table.sort_values(found.names.confidence)
    seen = answered.seen()
    return rows[~rows[found.names.row].isin(seen)] if seen else rows


def _strangers(found: Predictions, answered: Answered) -> pd.DataFrame:
    """Rows of classes that the model never learnt: they stand in no square, for it can never say them."""
    mistakes = _rows(found, None, answered) if answered.scored else found.table.head(0)
    return mistakes[~mistakes[found.names.true].isin(answered.report["labels"])]


def _ask_for_strangers(answered: Answered, cell: Cell | None, rows: int) -> bool:
    """Whether these are looked at; a click on another square leads back to the squares."""
    return bool(
        st.pills(
            "Which rows",
            [f"{count(rows, *answered.words)} of classes that it never learnt"],
            key=f"strangers_{answered.key}_{cell}",
            label_visibility="collapsed",
        )
    )


def _title(cell: Cell | None, answered: Answered) -> str:
    if cell is None:
        return "All mistakes" if answered.scored else "Its answers, the least sure first"
    if cell.said is None:
        return f"All that was {named(cell.true, 40)}"
    if cell.true == cell.said:
        return f"{named(cell.true, 40)}, and it said so"
    return f"{named(cell.true, 40)} taken for {named(cell.said, 40)}"


def _list(answered: Answered, found: Predictions, rows: pd.DataFrame, cell: Cell | None) -> None:
    key = f"shown_{answered.key}_{cell}"
    shown = int(st.session_state.get(key, FIRST))
    data = corrections.data_of(answered)
    changed = corrections.done(data) if data else {}
    for record in rows.head(shown).to_dict("records"):
        row = _as_row(answered, found, record)
        with st.container(border=True, gap="small"):
            _words(row, with_classes=cell is None or cell.said is None)
            with _buttons(f"{percent(record[found.names.confidence])} sure · row {row.number + 1}"):
                if data is not None:
                    corrections.offer(answered, data, row, changed.get((row.source, row.number)))
                if st.button("Try it", key=f"try_{answered.key}_{row.source}_{row.number}", type="tertiary"):
                    st.session_state["try_it_cells"] = cells_of(answered, record)
                    session.go("try_it.py", run=answered.run.id)
    left = len(rows) - shown
    if left > 0 and st.button(f"{number(min(left, MORE))} more", key=f"more_{answered.key}"):
        st.session_state[key] = shown + MORE
        st.rerun()
    if data is None and answered.scored:
        st.caption(corrections.instead(answered))


def _as_row(answered: Answered, found: Predictions, record: dict[str, Any]) -> corrections.Row:
    names = found.names
    source, number_ = str(record.get("_source") or "train"), int(record[names.row])
    return corrections.Row(
        source, number_, text_of(answered, record), str(record[names.true]), str(record[names.prediction])
    )


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


def cells_of(answered: Answered, record: dict[str, Any]) -> tuple[str, ...]:
    """The cells of a row that the model reads, in the order of the run's columns, for Try it."""
    return tuple(str(record.get(name, "")) for name in answered.texts())


def text_of(answered: Answered, record: dict[str, Any]) -> str:
    """The text of a row; several columns as "name: value"."""
    columns = [name for name in answered.texts() if name in record]
    if len(columns) == 1:
        return str(record[columns[0]])
    return " · ".join(f"{name}: {record[name]}" for name in columns)
