"""Runs that ended while this visitor looked on: each is noted once, and forgotten when it was seen."""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st
from components import session, work

from sft_core.errors import InputError
from sft_core.evaluation import wording
from sft_core.jobs import store
from sft_core.jobs.store import Job

_WATCHED, _ENDED = "runs_watched", "runs_ended"
_MOST_SIGNS = 160


@dataclass(frozen=True)
class Ended:
    """How a run ended, in plain text, never Markdown: it goes to the browser. `key` is the same for each who looks."""

    key: str
    title: str
    about: str
    good: bool


def look(jobs: Iterable[Job]) -> list[Ended]:
    """Note which runs have ended since the last look; all that were not seen yet, the oldest first.

    `jobs` are those that wait or work now. Only what was among them once can end: what was over before is not news.
    """
    now = {(job.id, job.attempt) for job in jobs if job.kind == "train"}
    before = st.session_state.get(_WATCHED, set())
    st.session_state[_WATCHED] = now
    new = [ended for one in sorted(before - now) if (ended := _ended(*one)) is not None]
    st.session_state[_ENDED] = [*st.session_state.get(_ENDED, []), *new]
    return list(st.session_state[_ENDED])


def seen() -> None:
    """All that has ended was looked at."""
    st.session_state[_ENDED] = []


def _ended(job_id: str, attempt: int) -> Ended | None:
    try:
        job = store.get(session.workspace(), job_id)
    except InputError:  # it was deleted
        return None
    if job.active or job.attempt != attempt:  # it goes on
        return None
    run, key = work.as_run(job), f"{job_id}-{attempt}"
    name = run.name.strip()
    if job.state == "finished":
        title = "Done" if run.score is None else f"Done: {wording.in_100(run.score)} in 100"
        return Ended(key, title, _one_line(f"{name} has learnt."), good=True)
    if job.state == "stopped":
        return Ended(key, "Stopped", _one_line(f"{name}: what it has learnt so far is kept."), good=False)
    why = job.message or "The process that trained it is gone."
    return Ended(key, "Not finished", _one_line(f"{name}: {why}"), good=False)


def _one_line(text: str) -> str:
    line = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return line if len(line) <= _MOST_SIGNS else f"{line[: _MOST_SIGNS - 1]}…"
