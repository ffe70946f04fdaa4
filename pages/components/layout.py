"""The parts that every screen is made of: page head, cards, one-line cards, empty states."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from components import viewport
from streamlit.delta_generator import DeltaGenerator

STAYS_HERE = ":material/lock: Everything stays on this machine."


def page_head(title: str) -> DeltaGenerator:
    """The title at the left (Markdown: pass data through `plain`); returns the place at the right for its buttons."""
    if viewport.is_narrow():
        st.title(title, anchor=False)
        return st.container(horizontal=True)
    head = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    head.container(width="stretch").title(title, anchor=False)
    return head.container(horizontal=True, horizontal_alignment="right", width="content")


@contextmanager
def card(
    title: str = "", key: str | None = None, stretch: bool = False, about: str | None = None
) -> Iterator[DeltaGenerator]:
    """A bordered card with a small heading. `stretch` gives cards of one row the same height.

    `about` opens at a question mark beside the heading: what its words mean.
    """
    with st.container(border=True, key=key, height="stretch" if stretch else "content") as box:
        if title:
            st.markdown(f"**{title}**", help=about)
        yield box


def line(what: str, why: str = "", icon: str = "") -> None:
    """Bold what, grey why: the words of a one-line card."""
    st.markdown(f"{icon + ' ' if icon else ''}**{what}**" + (f"  \n:gray[{why}]" if why else ""))


def empty_state(icon: str, what: str, why: str, button: str = "", on_click: Callable[[], None] | None = None) -> None:
    """A screen with nothing to show yet: what is missing, why, and one button that brings it."""
    with st.container(border=True, height=260, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown(f"# :gray[{icon}]", width="content", anchors=False)
        st.markdown(f"**{what}**", width="content", text_alignment="center")
        st.caption(why, width="content", text_alignment="center")
        if button and st.button(button, type="primary", key=f"empty_{what}") and on_click:
            on_click()


def stays_here() -> None:
    """The promise, where data goes in."""
    st.caption(STAYS_HERE)
