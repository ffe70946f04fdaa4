"""The pill in the sidebar: what runs now, on every page; and the progress of one job, followed to its end."""

from urllib.parse import urlsplit

import streamlit as st
from components import session, told_when_done
from components.live import Live, live
from components.trouble import caught
from components.wording import plain

from sft_core.jobs import rows, store
from sft_core.jobs.store import Job

_SHOWN = 3
_LINK = 23  # characters of a bold line in the sidebar

_AT_WORK = "jobs_at_work"


def pill() -> None:
    """Jobs that wait or work. When one of them ends, the whole page is drawn again, once."""
    # The page was drawn just now, so nothing of it is old. A rerun asked for in a full run would also undo a page
    # switch of that run: whoever clicked to another page in the moment in which a job ended would stay where he was.
    st.session_state[_AT_WORK] = _ids(store.list_jobs(session.workspace(), rows.ACTIVE))
    _pill()


def _ids(jobs: list[Job]) -> frozenset[str]:
    return frozenset(job.id for job in jobs)


@st.fragment(run_every=3)
@caught()
def _pill() -> None:
    jobs = store.list_jobs(session.workspace(), rows.ACTIVE)
    before = st.session_state.get(_AT_WORK, frozenset())
    st.session_state[_AT_WORK] = _ids(jobs)
    if before - _ids(jobs):
        st.rerun()
    told_when_done.follow(jobs)
    if jobs:
        store.ensure_supervisor(session.workspace())
    for job in jobs[:_SHOWN]:
        _draw(job, live(job))
    if len(jobs) > _SHOWN:
        st.caption(f"and {len(jobs) - _SHOWN} more")


def _draw(job: Job, state: Live) -> None:
    with st.container(border=True, gap="xsmall"):
        name = job.title or job.kind.capitalize()
        if job.kind == "train" and not _is_shown(job):
            address = {**session.address_of_now(), "run": job.id}
            label = f"**{plain(name, _LINK)}**"  # a link is one line and would be cut off
            st.page_link("training.py", label=label, icon="", query_params=address, help=plain(name, 120))
        else:
            st.markdown(f"**{plain(name, 60)}**")
        if state.done is None:
            st.caption(plain(state.sentence))
        else:
            st.progress(state.done, text=plain(state.sentence))


def _is_shown(job: Job) -> bool:
    """Whether its own page is open: a link to where one is would be drawn as if it were chosen."""
    return session.run_id() == job.id and urlsplit(st.context.url or "").path.rstrip("/").endswith("/train")


@st.fragment(run_every=1)
@caught()
def follow(job_id: str) -> None:
    """The progress of one job with a way to stop it; redraws the page when it has ended."""
    job = store.get(session.workspace(), job_id)
    if not job.active:
        st.rerun()
    store.ensure_supervisor(session.workspace())
    state = live(job)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.progress(state.done or 0.0, text=plain(state.sentence))
    if row.button("Stop", key=f"stop_{job_id}", icon=":material/stop:", disabled=job.state == "stopping"):
        store.stop(session.workspace(), job_id)
        st.rerun(scope="fragment")
