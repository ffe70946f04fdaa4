"""Charts as finished specifications: checking one with altair takes 30 ms, so it is done once and kept."""

from typing import Any

import streamlit as st

Spec = dict[str, Any]


def show(spec: Spec, key: str, alt: str, *, height: Any = "content") -> None:
    """A chart to look at; `alt` says in words what it shows."""
    st.vega_lite_chart(spec, theme=None, key=key, alt=alt, height=height)


def pick(spec: Spec, key: str, alt: str, name: str) -> list[dict[str, Any]]:
    """A chart to click in; the points that are chosen by its selection `name`."""
    event = st.vega_lite_chart(spec, theme=None, key=key, alt=alt, on_select="rerun", selection_mode=name)
    return list(event["selection"].get(name) or [])
