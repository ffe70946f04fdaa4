"""Deleting with a question before and an undo behind: to the trash first, for good from there."""

from collections.abc import Callable

import streamlit as st
from components import session
from components.trouble import caught
from components.wording import plain

_UNDO = "undo_of_last"


def ask_delete(name: str, what_goes: str, delete: Callable[[], Callable[[], None] | None]) -> None:
    """Ask, then call `delete`, which returns how to undo it (or None). The next run of the page offers the undo."""

    @st.dialog("Move to the trash?", icon=":material/delete:")
    @caught()
    def question() -> None:
        st.markdown(f"**{plain(name)}**")
        st.markdown(what_goes)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Keep it", key="delete_no"):
                st.rerun()
            if st.button("Move to the trash", key="delete_yes", type="primary"):
                before = _in_trash()
                undo = delete()
                st.session_state[_UNDO] = (name, undo, _in_trash() - before) if undo else None
                st.rerun()

    question()


def offer_undo() -> None:
    """A line with an undo button after something was thrown away; gone when it no longer lies in the trash."""
    waiting = st.session_state.get(_UNDO)
    if not waiting:
        return
    name, undo, thrown = waiting
    if thrown and not thrown & _in_trash():  # brought back or deleted for good elsewhere
        st.session_state[_UNDO] = None
        return
    if st.session_state.pop("undo_fresh", None) != name:
        st.toast(f"{plain(name)} is in the trash.", icon=":material/delete:")
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(name)}** is in the trash.", width="content")
        if st.button("Undo", key="undo", icon=":material/undo:"):
            st.session_state[_UNDO] = None
            undo()
            st.toast(f"{plain(name)} is back.", icon=":material/undo:")
            st.rerun()
    st.session_state["undo_fresh"] = name


def _in_trash() -> set[str]:
    return {path.name for path in session.workspace().trash.iterdir()}
