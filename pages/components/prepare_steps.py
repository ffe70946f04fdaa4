"""The changes made so far, each with its undo, and how the rows stand now."""

import streamlit as st
from components import changes, work
from components.layout import card
from components.wording import count, number, plain

from sft_core.data import preparing
from sft_core.data import steps as fix_steps
from sft_core.data.store import DatasetInfo


def state(info: DatasetInfo) -> None:
    """One sentence on how things stand, and the list of changes under it."""
    done = changes.steps_of(info)
    source = work.datasets().facts(info.id, 0)["rows"]
    with card():
        classes = f" in {count(info.classes, 'class', 'classes')}" if info.classes else ""
        came = f", of {number(source)} that came" if source != info.rows else ""
        st.markdown(f"**{count(info.rows, 'row')}{classes}**{came}. {_said(done)}")
        if done:
            with st.expander(f"{count(len(done), 'change')}, each can be taken back", type="compact", key="changes"):
                for position, step in enumerate(done):
                    _line(info, position, step)
        _again(info)


def _said(done: list[changes.Step]) -> str:
    if not done:
        return "The rows are as they came; the file itself is never changed."
    return f"Last change: {plain(fix_steps.describe(done[-1]), 120)}"


def _line(info: DatasetInfo, position: int, step: changes.Step) -> None:
    words, button = st.columns([6, 1.2], vertical_alignment="center")
    words.markdown(f"{position + 1}\\. {plain(fix_steps.describe(step), 200)}")
    if button.button("Undo", key=f"undo_{info.current}_{position}", icon=":material/undo:", width="stretch"):
        changes.undo(info, position)


def _again(info: DatasetInfo) -> None:
    """Redo: a change that was taken back last."""
    keep = work.datasets()
    later = preparing.redoable(keep, info.id)
    if later is None:
        return
    words = fix_steps.describe(keep.version(info.id, later).steps[-1])
    if st.button("Redo", key="redo", icon=":material/redo:", help=plain(words)):
        preparing.redo(keep, info.id)
        st.rerun()
