"""What runs and waits on this machine, each with a stop."""

import streamlit as st
from components import session
from components.layout import card, line
from components.live import live
from components.trouble import caught
from components.wording import plain, when

from sft_core.jobs import rows, store
from sft_core.jobs.store import Job

_KINDS = {
    "train": "Training",
    "preflight": "Measuring",
    "import": "Reading data",
    "prepare": "Preparing data",
    "evaluate": "Testing",
    "predict": "Answering a file",
    "export": "Packing a model",
    "download": "Download",
}


@st.fragment(run_every=2)
@caught()
def show() -> None:
    """A card for each; drawn again by itself."""
    jobs = store.list_jobs(session.workspace(), rows.ACTIVE)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("At work", anchor=False, width="content")
        if len(jobs) > 1 and st.button("Stop all", icon=":material/stop:", key="stop_all"):
            store.stop_all(session.workspace())
            st.rerun(scope="fragment")
    if not jobs:
        st.caption("Nothing runs or waits.")
        return
    store.ensure_supervisor(session.workspace())
    for job in jobs:
        _job(job)


def kind_of(job: Job) -> str:
    """What a job is called."""
    return _KINDS.get(job.kind, job.kind)


def _job(job: Job) -> None:
    state = live(job)
    with card(key=f"job_{job.id}"):
        name, progress, stop = st.columns([3, 4, 1.2], vertical_alignment="center")
        with name:
            line(plain(job.title or kind_of(job), 80), f"{kind_of(job)} · asked for {when(job.submitted)}")
        with progress:
            if state.done is None:
                st.markdown(f":gray[{plain(state.sentence)}]")
            else:
                st.progress(state.done, text=plain(state.sentence))
        stopping = job.state == "stopping" or job.desired == "stop"
        if stop.button("Stop", key=f"system_stop_{job.id}", disabled=stopping, width="stretch"):
            store.stop(session.workspace(), job.id)
            st.rerun(scope="fragment")
