"""Changing the rows of a dataset: each change makes a new version; large tables are changed by a job."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from components import imports, session, work
from components.layout import card
from components.running import follow
from components.trouble import show as show_error
from components.wording import plain

from sft_core.data import preparing
from sft_core.data import steps as fix_steps
from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job

AT_ONCE = 50_000
_WHERE = "prepare"

Step = dict[str, Any]


def steps_of(info: DatasetInfo) -> list[Step]:
    """The steps that lead from the source file to the current version."""
    return work.datasets().version(info.id, info.current).steps


def add(info: DatasetInfo, step: Step) -> None:
    """Apply one more step to the current rows and use the result; redraws the page."""
    if info.rows > AT_ONCE:
        _as_job(info, [*steps_of(info), step])
    with st.spinner("Changing the rows"):
        preparing.apply_step(work.datasets(), info.id, step)
    _say(fix_steps.describe(step, info.roles))
    st.rerun()


def add_with_file(info: DatasetInfo, step: Step, file: dict[str, Any]) -> None:
    """The same for a step that brings a file ({path, read}): a job reads it and puts it beside the dataset."""
    request = {"dataset": info.id, "parent": info.current, "steps": [*steps_of(info), step], "file": file}
    _submit(info, request, "reading the test file")


def undo(info: DatasetInfo, position: int) -> None:
    """Take one step back and keep the others; redraws the page."""
    _job_if_long(info, preparing.without(steps_of(info), position))
    with st.spinner("Taking the change back"):
        preparing.undo(work.datasets(), info.id, position)
    _say("Taken back.")
    st.rerun()


def move_up(info: DatasetInfo, position: int) -> None:
    """Make one step before the one above it; redraws the page."""
    wanted = preparing.moved_up(steps_of(info), position)
    if wanted is not None:
        _job_if_long(info, wanted)
    with st.spinner("Making the changes in this order"):
        preparing.move_up(work.datasets(), info.id, position)
    _say("The order is changed.")
    st.rerun()


def _job_if_long(info: DatasetInfo, wanted: list[Step]) -> None:
    """Leave it to a job where the table is large and no version with just these steps is there already."""
    if info.rows > AT_ONCE and preparing.known_version(work.datasets(), info.id, wanted) is None:
        _as_job(info, wanted)


def rows_now(info: DatasetInfo) -> pd.DataFrame:
    """The current rows in memory: for previews of tables that are small enough."""
    return _rows(info.id, info.current, info.created)


def is_small(info: DatasetInfo) -> bool:
    """Whether a change is made while one waits."""
    return info.rows <= AT_ONCE


def ask_preview(info: DatasetInfo, step: Step, where: str, file: dict[str, Any] | None = None) -> None:
    """Ask a job what a step would do to a large table. `where` is the place that shows it; redraws the page."""
    title = f"{info.name}: looking at a change"
    request = _look_at(info, step, file)
    imports.remember(where, store.submit(session.workspace(), "prepare", request, title=title))
    store.ensure_supervisor(session.workspace())
    st.rerun()


def preview_asked(
    info: DatasetInfo, step: Step, where: str, file: dict[str, Any] | None = None
) -> tuple[Job | None, dict[str, Any] | None]:
    """The job that looks at this very step, while it works, and what it found (see `previews`).

    A job that failed is told of, and forgotten.
    """
    job = imports.remembered(where)
    if job is None or read_order(job.folder).request != _look_at(info, step, file):
        return None, None
    if not job.active and job.state != "finished":
        imports.forget(where)
        if job.state != "stopped":
            show_error(SFTError(job.message or "It could not be found out.", job.hint or "Try again."))
        return None, None
    return (job if job.active else None), work.read_if_there(job.folder / preparing.PREVIEW)


def _look_at(info: DatasetInfo, step: Step, file: dict[str, Any] | None) -> dict[str, Any]:
    return {"dataset": info.id, "parent": info.current, "step": step, "file": file}


def in_progress() -> bool:
    """Whether a job is changing the rows now."""
    job = imports.remembered(_WHERE)
    if job is None:
        return False
    if job.active:
        return True
    imports.forget(_WHERE)
    if job.state not in ("finished", "stopped"):
        show_error(SFTError(job.message or "The rows could not be changed.", job.hint or "Try again."))
    return False


def follow_progress() -> None:
    """The progress of that job."""
    job = imports.remembered(_WHERE)
    if job is not None:
        with card("Changing the rows" if "steps" in read_order(job.folder).request else "Looking for problems"):
            follow(job.id)


def once(key: str, make: Callable[[], Any]) -> Any:
    """A value that is made once for the session and this key: previews that are costly to make."""
    slot = "made_once"
    kept = st.session_state.setdefault(slot, {})
    if key not in kept:
        if len(kept) > 16:
            kept.clear()
        kept[key] = make()
    return kept[key]


def look_through(info: DatasetInfo) -> None:
    """Have a large table looked through for problems by a job; redraws the page."""
    _submit(info, {"dataset": info.id, "parent": info.current}, "looking for problems")


def _as_job(info: DatasetInfo, steps: list[Step]) -> None:
    _submit(info, {"dataset": info.id, "parent": info.current, "steps": steps}, "changing rows")


def _submit(info: DatasetInfo, request: dict[str, Any], what: str) -> None:
    job = store.submit(session.workspace(), "prepare", request, title=f"{info.name}: {what}")
    store.ensure_supervisor(session.workspace())
    imports.remember(_WHERE, job)
    st.rerun()


def _say(message: str) -> None:
    st.toast(plain(message), icon=":material/check:")


@st.cache_data(max_entries=4, show_spinner=False)
def _rows(dataset_id: str, version: int, _created: float) -> pd.DataFrame:
    return work.datasets().read_rows(dataset_id, version)
