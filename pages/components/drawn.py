"""Charts as finished specifications: checking one with altair takes 30 ms, so it is done once and kept.

Behind each stands its table, which the keyboard opens and a screen reader reads; a chart itself can do neither.
"""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st
from components.wording import plain

from sft_core.evaluation.chart_table import tables

Spec = dict[str, Any]
_AT_ONCE = 30  # so many rows are shown as they are; more scroll
_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"


def show(spec: Spec, key: str, alt: str, *, height: Any = "content", written: bool = False) -> None:
    """A chart to look at; `alt` says in words what it shows.

    Below it opens its table. Where all its values are `written` in it, only a screen reader needs that.
    """
    with st.container(gap="xxsmall", height="stretch" if height == "stretch" else "content"):
        st.vega_lite_chart(spec, theme=None, key=key, alt=alt, height=height)
        if written:
            st.html(_unseen(spec, alt))
        else:
            table(spec, key, alt)


def pick(spec: Spec, key: str, alt: str, name: str) -> list[dict[str, Any]]:
    """A chart to click in; the points that are chosen by its selection `name`. Its table is its page's matter."""
    event = st.vega_lite_chart(spec, theme=None, key=key, alt=alt, on_select="rerun", selection_mode=name)
    return list(event["selection"].get(name) or [])


def table(spec: Spec, key: str, alt: str) -> None:
    """What a chart tells where one points at it, as a table that can be opened."""
    with st.expander("As a table", type="compact", key=f"{key}_table"):
        for columns in tables(spec):
            frame = pd.DataFrame(columns)
            if len(frame) > _AT_ONCE:
                st.dataframe(frame, hide_index=True, height=360, alt=alt)
            else:
                st.table(frame.map(plain), border="horizontal", hide_index=True)  # it reads Markdown


def _unseen(spec: Spec, alt: str) -> str:
    """The table for a screen reader alone, without a pixel."""
    said = ""
    for columns in tables(spec):
        head = "".join(f'<th scope="col">{escape(title)}</th>' for title in columns)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in row)}</tr>"
            for row in zip(*columns.values(), strict=True)
        )
        said += f"<table><caption>{escape(alt)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div style="{_UNSEEN}">{said}</div>'
