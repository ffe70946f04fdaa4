"""The rows behind a comparison: those that only one of the two runs answers rightly, the surest mistakes first."""

from typing import Any

import pandas as pd
import streamlit as st
from components import session
from components.compare_choice import Side
from components.layout import card
from components.rows_list import cells_of, text_of
from components.wording import named, number, percent, plain

from sft_core.evaluation.comparison import Comparison

_FIRST, _MORE, _LONGEST = 4, 10, 600


def show(found: Comparison, a: Side, b: Side, key: str) -> None:
    """Two lists side by side."""
    left, right = st.columns(2)
    with left:
        _list(f"Only {plain(a.name, 50)} is right", found.broken, "b", (a, b), f"broken_{key}")
    with right:
        _list(f"Only {plain(b.name, 50)} is right", found.fixed, "a", (a, b), f"fixed_{key}")


def _list(title: str, rows: pd.DataFrame, wrong: str, sides: tuple[Side, Side], key: str) -> None:
    with card(key=f"card_{key}"):
        st.markdown(f"**{title}** · {number(len(rows))}")
        if rows.empty:
            st.caption("None.")
            return
        shown = int(st.session_state.get(f"shown_{key}", _FIRST))
        ordered = rows.sort_values(f"confidence_{wrong}", ascending=False)
        for record in ordered.head(shown).to_dict("records"):
            _row({str(name): value for name, value in record.items()}, sides, key)
        left = len(rows) - shown
        if left > 0 and st.button(f"{number(min(left, _MORE))} more", key=f"more_{key}"):
            st.session_state[f"shown_{key}"] = shown + _MORE
            st.rerun()


def _row(record: dict[str, Any], sides: tuple[Side, Side], key: str) -> None:
    a, b = sides
    text = text_of(a.answered, record)
    with st.container(border=True, gap="small"):
        st.markdown(plain(text, _LONGEST) or ":gray[empty]")
        st.markdown(f"It was **{named(record['true'], 40)}**.")
        with st.container(gap=None):
            for side, name in ((a, "a"), (b, "b")):
                said, sure = named(record[name], 40), percent(float(record[f"confidence_{name}"]))
                st.caption(f"{plain(side.name, 50)} said {said}, {sure} sure")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(f"row {int(record['row']) + 1}", width="content")
            if st.button("Try it", key=f"try_{key}_{record['_source']}_{int(record['row'])}", type="tertiary"):
                st.session_state["try_it_cells"] = cells_of(b.answered, record)
                session.go("try_it.py", dataset=b.answered.run.dataset, run=b.answered.run.id)
