"""The changes made so far, each with its undo, how the rows stand now, and the way to make them on another file."""

import streamlit as st
from components import changes, drafts, session, viewport, work
from components.kinds.registry import rows_of
from components.layout import card
from components.prepare_findings import in_words
from components.wording import count, number, plain

from sft_core.data import preparing
from sft_core.data import steps as fix_steps
from sft_core.data.replaying import can_carry
from sft_core.data.source_files import given_test
from sft_core.data.store import DatasetInfo, VersionInfo


def state(info: DatasetInfo) -> None:
    """One sentence on how things stand, and the list of changes under it."""
    version = work.datasets().version(info.id, info.current)
    kind = rows_of(info.roles)
    with card():
        classes = f" in {count(info.classes, 'class', 'classes')}" if info.classes else ""
        rows = count(info.rows, kind.ONE, kind.MANY)
        st.markdown(f"**{rows}{classes}**{_came(info, version)}. {_said(info, version)}")
        if version.steps or version.like:
            _list(info, version)
        _again(info)


def _came(info: DatasetInfo, version: VersionInfo) -> str:
    """How many rows came, where these are others; a test file that came or went later is not counted among them."""
    first, now = (work.datasets().facts(info.id, n).get("sources") or {} for n in (0, info.current))
    later = given_test(version.steps)
    left_out = ("test",) if later is not None else ()
    came, own = (sum(n for name, n in rows.items() if name not in left_out) for rows in (first, now))
    whose = f", {number(now.get('test', 0))} of them in the test file" if later else ""
    return whose + (f", of {number(came)} that came" if came != own and not whose else "")


def _said(info: DatasetInfo, version: VersionInfo) -> str:
    if version.like:
        return _taken_over(version)
    if not version.steps:
        return f"The {rows_of(info.roles).MANY} are as they came; the file itself is never changed."
    return f"Last change: {in_words(fix_steps.describe(version.steps[-1], info.roles), 120)}"


def _taken_over(version: VersionInfo) -> str:
    like = version.like or {}
    lost = len(like["left_out"])
    said = f"Changed like **{plain(like['name'], 80)}**"
    return f"{said}; {count(lost, 'change')} of it could not be made here." if lost else f"{said}."


def _list(info: DatasetInfo, version: VersionInfo) -> None:
    title = f"{count(len(version.steps), 'change')}, each can be taken back" if version.steps else "What was left out"
    with st.expander(title, type="compact", key="changes"):
        for position in range(len(version.steps)):
            _line(info, version, position)
        for one in (version.like or {}).get("left_out", []):
            st.markdown(f":material/block: Not made: {in_words(one['step'], 200)}  \n:gray[{plain(one['why'], 300)}]")
        if any(can_carry(step) for step in version.steps):
            about = "Next month's file, for example. Changes made by hand on single rows, and a separate test file, are"
            about += " left out there."
            if st.button("Make these changes on a new file", key="replay", icon=":material/replay:", help=about):
                _bring_another(info)


def _bring_another(info: DatasetInfo) -> None:
    """To the Data page, for a file that is to be changed like this one."""
    drafts.leave()
    session.go("data.py", like=info.id)


def _line(info: DatasetInfo, version: VersionInfo, position: int) -> None:
    widths = [1] if viewport.is_narrow() else [5, 0.5, 1.2]
    columns = st.columns(widths, vertical_alignment="center")
    did = f"  \n:gray[{in_words(version.did[position], 300)}]" if version.did[position] else ""
    words = in_words(fix_steps.describe(version.steps[position], info.roles), 200)
    columns[0].markdown(f"{position + 1}\\. {words}{did}")
    buttons = columns[0].container(horizontal=True) if viewport.is_narrow() else None
    up, undo = (buttons, buttons) if buttons else (columns[1], columns[2])
    key = f"{info.current}_{position}"
    earlier = "Make this change before the one above"
    movable = preparing.moved_up(version.steps, position) is not None
    if movable and up.button("", key=f"up_{key}", icon=":material/arrow_upward:", type="tertiary", help=earlier):
        changes.move_up(info, position)
    if undo.button("Undo", key=f"undo_{key}", icon=":material/undo:", width="content" if buttons else "stretch"):
        changes.undo(info, position)


def _again(info: DatasetInfo) -> None:
    """Redo: a change that was taken back last."""
    keep = work.datasets()
    later = preparing.redoable(keep, info.id)
    if later is None:
        return
    words = fix_steps.describe(keep.version(info.id, later).steps[-1], info.roles)
    if st.button("Redo", key="redo", icon=":material/redo:", help=in_words(words)):
        preparing.redo(keep, info.id)
        st.rerun()
