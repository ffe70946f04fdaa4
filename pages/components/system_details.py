"""What an administrator looks for: the folder that is open for reading, versions, where things lie, and the logs."""

import os
import platform
from importlib import metadata
from pathlib import Path

import streamlit as st
from components import data_upload, session, system_jobs
from components.layout import card
from components.wording import plain, when

from sft_core.errors import InputError
from sft_core.jobs import logs, store
from sft_core.jobs.starting import SUPERVISOR_LOG, living_supervisor

SETTING = "data_root"
_PACKAGES = ("tuneboard", "streamlit", "torch", "transformers", "accelerate", "datasets", "scikit-learn", "duckdb")
_INFERENCE_LOG = "inference.log"
_TAIL, _LINES, _JOBS = 20_000, 60, 12


def settings() -> None:
    """The folder of this machine from which files may be named on the Data page; none unless somebody opens one."""
    st.subheader("Settings", anchor=False)
    with card(key="settings_root"):
        fixed = os.environ.get(data_upload.ROOT)
        known = str(fixed or session.workspace().settings().get(SETTING) or "")
        st.markdown("**A folder of this machine from which files may be read**")
        st.caption("Large files need no upload then: they are named by their path. No other folder can be read.")
        if fixed:
            st.markdown(f"{plain(known)}  \n:gray[Set by {data_upload.ROOT}; change it there.]")
            return
        with st.form("root_form", border=False):
            text = st.text_input("Folder", known, placeholder="none is open", key="root_path")
            if st.form_submit_button("Save"):
                session.workspace().save_settings(**{SETTING: checked_root(text)})
                st.toast("Saved.")


def checked_root(text: str) -> str | None:
    """The folder that was typed, whole; None closes it. Raises InputError."""
    if not text.strip():
        return None
    folder = Path(text.strip()).expanduser()
    if not folder.is_absolute() or not folder.is_dir():
        raise InputError("There is no such folder on this machine.", "Type the whole path of a folder that is there.")
    root = folder.resolve()
    own = session.workspace().root
    if own.is_relative_to(root) or root.is_relative_to(own):
        raise InputError("This folder holds Tuneboard's own workspace.", "Open one that holds only data.")
    return str(root)


def show() -> None:
    """Versions and logs, closed at first."""
    box = st.expander("Details", key="system_details", on_change="rerun")
    if not box.open:
        return
    with box:
        left, right = st.columns([2, 3])
        with left:
            st.markdown("**Versions**")
            st.table({name: plain(value) for name, value in versions().items()}, border="horizontal")
            alive = living_supervisor(session.workspace()) is not None
            st.caption(f"The process that starts jobs {'is there' if alive else 'rests; it wakes with the next job'}.")
            st.caption(f"Workspace: {plain(str(session.workspace().root))}")
        with right:
            _logs()


@st.cache_data(max_entries=1, show_spinner=False)
def versions() -> dict[str, str]:
    """What is installed, without importing it."""
    found = {"Python": platform.python_version(), "System": f"{platform.system()} {platform.machine()}"}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _logs() -> None:
    st.markdown("**Log**")
    jobs = {job.id: job for job in reversed(store.list_jobs(session.workspace())[-_JOBS:])}
    options = [SUPERVISOR_LOG, _INFERENCE_LOG, *jobs]
    chosen = st.selectbox("Log", options, format_func=lambda one: _name(one, jobs), label_visibility="collapsed")
    text = logs.read_tail(jobs[chosen].folder, _LINES) if chosen in jobs else _tail(session.workspace().root / chosen)
    st.code(text or "It is empty.", language=None, wrap_lines=True, height=360)


def _name(option: str, jobs: dict[str, store.Job]) -> str:
    if option == SUPERVISOR_LOG:
        return "The process that starts jobs"
    if option == _INFERENCE_LOG:
        return "The process that answers"
    job = jobs[option]
    return f"{job.title or system_jobs.kind_of(job)} · {system_jobs.kind_of(job).lower()} · {when(job.submitted)}"


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            return "\n".join(file.read().decode("utf-8", errors="replace").splitlines()[-_LINES:])
    except OSError:
        return ""
