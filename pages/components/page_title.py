"""The title of the browser's tab: how far a training is, and how it ended, also while another tab is looked at."""

from collections.abc import Sequence

import streamlit as st
from components import session
from components.live import live
from components.run_ends import Ended

from sft_core.jobs.store import Job

NAME = "Tuneboard"
_SHOWN = "page_title"
_AT_WORK = ("running", "stopping")


def now() -> str:
    """The title as it was set last, so that a page that is drawn again does not flicker."""
    return str(st.session_state.get(_SHOWN, NAME))


def show(jobs: Sequence[Job], ended: Sequence[Ended]) -> None:
    """Set it, where it has changed: what has just ended goes first, then the run that learns."""
    words = ended[-1].title if ended else _far(jobs)
    title = f"{words} · {NAME}" if words else NAME
    if title != now():
        st.session_state[_SHOWN] = title
        st.set_page_config(page_title=title)


def _far(jobs: Sequence[Job]) -> str:
    """ "42 %" of the current run, else of the first that learns; "" before its plan is known."""
    learning = [job for job in jobs if job.kind == "train" and job.state in _AT_WORK]
    job = next((job for job in learning if job.id == session.run_id()), next(iter(learning), None))
    share = live(job).learnt if job is not None else None
    return "" if share is None else f"{min(99, int(100 * share))} %"  # the end is told when it is there
