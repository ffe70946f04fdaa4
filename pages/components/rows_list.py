"""The rows behind a square of the matrix: which they are, in words; each kind of input shows them in its own way."""

import pandas as pd
import streamlit as st
from components import corrections
from components.answered import Answered
from components.kinds.registry import answers_of
from components.layout import card
from components.matrix import Cell
from components.wording import count, named

from sft_core.evaluation.predictions import Predictions


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
        answers_of(answered.roles).list_rows(answered, found, rows, cell)
        if answered.scored and corrections.data_of(answered) is None:
            st.caption(corrections.instead(answered))


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
