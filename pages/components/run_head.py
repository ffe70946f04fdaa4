"""The head of a run's page: title, the one button that comes next, and the menu of the run."""

from collections.abc import Callable

import streamlit as st
from components import confirm, layout, replay, session, told_when_done, work
from components.naming import ask_name
from components.story import Story
from components.wording import number

from sft_core.data.gathering import GATHERED
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.rows import RESUMABLE
from sft_core.jobs.store import Job
from sft_core.records import read_outcome

BAD_INPUT = 2  # the exit code of a job that could not use what it was given
NAME, AGAIN, ANOTHER, TRASH = "Name and notes", "New run with these settings", "New run", "Move to the trash"


def show(run: work.Run, story: Story) -> None:
    """Title and buttons while it learns and after it."""
    place, job = session.workspace(), run.job
    with layout.page_head(_title(job, story)):
        if job.active:
            told_when_done.ask()
            stopping = job.state == "stopping" or job.desired == "stop"
            if st.button("Stop", key="stop_run", icon=":material/stop:", disabled=stopping):
                store.stop(place, job.id)
                st.rerun()
        elif (way := other_data(run)) is not None:
            label, page, address = way
            if st.button(label, key="other_data", type="primary", icon=":material/arrow_forward:"):
                session.go(page, dataset=run.dataset, **address)
        elif job.state in RESUMABLE:
            if st.button("Resume", key="resume_run", type="primary", icon=":material/play_arrow:"):
                store.resume(place, job.id)
                store.ensure_supervisor(place)
                st.rerun()
        elif st.button("See how good it is", key="to_evaluate", type="primary", icon=":material/arrow_forward:"):
            session.go("evaluation.py", dataset=run.dataset, run=run.id)
        if not job.active:
            replay.offer(story)
        menu(run)


def other_data(run: work.Run) -> tuple[str, str, dict[str, str]] | None:
    """What to do where a run could not learn from its rows: button, page and address. None where that is not it.

    Resume would meet the same rows again. Once they have changed, a new run is next.
    """
    folder = run.job.folder
    if run.job.state != "failed" or run.dataset is None or (folder / GATHERED).exists():
        return None
    outcome = read_outcome(folder, run.job.attempt)
    info = next((one for one in work.datasets().list() if one.id == run.dataset), None)
    if outcome is None or outcome.exit != BAD_INPUT or info is None:
        return None
    if read_order(folder).request.get("version") == info.current:
        return "Change the data", "prepare.py", {}
    return "Train on the changed data", "training.py", {"new": "run"}


def menu(run: work.Run) -> None:
    """What else can be done with a run."""
    options = [NAME] + ([AGAIN, ANOTHER] if run.dataset else []) + ([] if run.job.active else [TRASH])
    wish = st.menu_button(":material/more_horiz:", options, key=f"run_menu_{run.id}")
    place = session.workspace()
    if wish == NAME:
        ask_name(
            run.name,
            run.notes,
            lambda name, notes: (store.rename(place, run.id, name), store.set_notes(place, run.id, notes)),
        )
    elif wish == AGAIN:
        session.go("training.py", dataset=run.dataset, new="run", settings_from=run.id)
    elif wish == ANOTHER:
        session.go("training.py", dataset=run.dataset, new="run")
    elif wish == TRASH:
        what = "The model, its scores and its later evaluations go to the trash."
        confirm.ask_delete(run.name, what, _delete(run.id))


def _delete(run_id: str) -> Callable[[], Callable[[], object] | None]:
    place = session.workspace()

    def delete() -> Callable[[], object] | None:
        thrown = store.delete(place, run_id)
        session.choose_run(None)
        return None if thrown is None else lambda: store.restore(place, thrown)

    return delete


def _title(job: Job, story: Story) -> str:
    rows = story.rows()
    words = f"{number(rows)} {story.words[1]}" if rows is not None else f"your {story.words[1]}"
    if job.state == "finished":
        return f"It has learnt from {words}"
    if job.state in RESUMABLE:
        return f"Not finished: learning from {words}"
    return f"Learning from {words}"
