"""The trash: what was thrown away, to bring back or to delete for good."""

from pathlib import Path
from typing import Literal

import streamlit as st
from components import layout, session, viewport, work
from components.trouble import caught
from components.wording import plain, when

from sft_core.jobs import store


def show() -> None:
    """What was thrown away: bring it back, or delete it for good."""
    thrown = sorted((path for path in session.workspace().trash.iterdir() if path.is_dir()), reverse=True)
    if not thrown:
        return
    box = st.expander("Trash", icon=":material/delete:", on_change="rerun", key="trash")  # another label would fold it
    if not box.open:
        return
    with box:
        for folder in thrown:
            _thrown_line(folder)


def _thrown_line(folder: Path) -> None:
    stamp, kind, _rest = folder.name.split("-", 2)
    about = work.read_if_there(folder / "about.json") or {}
    name, restore, remove = st.columns([5, 1.5, 2], vertical_alignment="center")
    width: Literal["stretch", "content"] = "content" if viewport.is_narrow() else "stretch"
    with name:
        what = {"datasets": "Data", "runs": "Run", "evaluations": "Evaluation"}.get(kind, "Job")
        layout.line(plain(about.get("name") or "Without a name", 80), f"{what} · thrown away {when(int(stamp) / 1000)}")
    if restore.button("Restore", key=f"restore_{folder.name}", width=width):
        _restore(folder, kind)
        st.rerun()
    if remove.button("Delete for good", key=f"remove_{folder.name}", width=width):
        _ask_for_good(folder, kind, str(about.get("name") or "this"))


def _restore(folder: Path, kind: str) -> None:
    if kind == "datasets":
        work.datasets().restore(folder)
    else:
        store.restore(session.workspace(), folder)


@st.dialog("Delete for good?", icon=":material/delete_forever:")
@caught()
def _ask_for_good(folder: Path, kind: str, name: str) -> None:
    st.markdown(f"**{plain(name)}** cannot be brought back after this. Its room on the disk becomes free.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it", key="for_good_no"):
            st.rerun()
        if st.button("Delete for good", key="for_good_yes", type="primary"):
            with st.spinner("Deleting it"):
                if kind == "datasets":
                    work.datasets().delete_for_good(folder)
                else:
                    store.delete_for_good(session.workspace(), folder)
            st.rerun()
