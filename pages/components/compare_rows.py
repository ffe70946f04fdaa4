"""The rows behind a comparison: those that only one of the two runs answers rightly, the surest mistakes first."""

import pandas as pd
import streamlit as st
from components.compare_choice import Side
from components.kinds.registry import answers_of
from components.layout import card
from components.wording import number, plain

from sft_core.evaluation.comparison import Comparison

_MORE = 10


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
        kind = answers_of(sides[0].answered.roles)
        shown = int(st.session_state.get(f"shown_{key}", kind.SIDE_BY_SIDE))
        ordered = rows.sort_values(f"confidence_{wrong}", ascending=False)
        kind.list_compared(ordered, shown, sides, key)
        left = len(rows) - shown
        if left > 0 and st.button(f"{number(min(left, _MORE))} more", key=f"more_{key}"):
            st.session_state[f"shown_{key}"] = shown + _MORE
            st.rerun()
