"""Which answers are looked at: the run's own test or one of the later files; and tests that are still at work."""

import streamlit as st
from components import answered as answers
from components import confirm, running, session, work
from components.answered import Answered
from components.layout import card
from components.naming import ask_name
from components.wording import plain

from sft_core.jobs import store
from sft_core.jobs.store import Job

ADDRESS = "answers"


def show(run: work.Run, own: Answered) -> Answered:
    """Draw the choice where there is one; what was chosen."""
    later = answers.later_files(run)
    waiting = _at_work(run)
    if not later:
        return own
    known = {one.key: one for one in (own, *later)}
    wanted, lines = st.query_params.get(ADDRESS), answers.lines(known)
    with st.container(horizontal=True, vertical_alignment="center"):
        key = st.pills(
            "Tested on",
            list(known),
            default=wanted if wanted in known else own.key,
            required=True,
            format_func=lambda key: plain(lines[key], 60),
            key=f"answers_{run.id}_{wanted}_{wanted in known}",  # anew once its result is there
            label_visibility="collapsed",
        )
        chosen = known[key]
        if not chosen.own:
            _menu(chosen)
    if chosen.own and wanted not in waiting:  # a test that was just started keeps its place: its result comes next
        st.query_params.pop(ADDRESS, None)
    elif not chosen.own:
        st.query_params[ADDRESS] = chosen.key
    return chosen


def _at_work(run: work.Run) -> list[str]:
    """Draw the tests that have no result yet, or never will have one; their ids."""
    waiting = [job for job in answers.jobs_of(run) if job.state != "finished"]
    for job in waiting:
        if job.active:
            with card(f"Testing on {plain(job.title, 60)}"):
                running.follow(job.id)
        elif job.id == st.query_params.get(ADDRESS):
            _not_finished(job)
    return [job.id for job in waiting]


def _not_finished(job: Job) -> None:
    with card():
        words, again, away = st.columns([5, 1.2, 1.2], vertical_alignment="center")
        words.markdown(
            f"**{plain(job.title, 60)}: {plain(job.message or 'the test was stopped')}**  \n:gray[{plain(job.hint)}]"
        )
        if again.button("Try again", key=f"again_{job.id}", width="stretch"):
            store.resume(session.workspace(), job.id)
            store.ensure_supervisor(session.workspace())
            st.rerun()
        if away.button("Remove", key=f"away_{job.id}", width="stretch"):
            store.delete(session.workspace(), job.id)
            st.rerun()


def _menu(chosen: Answered) -> None:
    place, job_id = session.workspace(), chosen.key
    wish = st.menu_button(
        ":material/more_horiz:", ["Name and notes", "Move to the trash"], key=f"answers_menu_{job_id}", type="tertiary"
    )
    if wish == "Name and notes":
        notes = str((work.read_if_there(chosen.folder / "about.json") or {}).get("notes") or "")
        ask_name(
            chosen.title,
            notes,
            lambda name, notes: (store.rename(place, job_id, name), store.set_notes(place, job_id, notes)),
        )
    elif wish == "Move to the trash":

        def delete() -> None:
            store.delete(place, job_id)

        confirm.ask_delete(chosen.title, "This test goes to the trash; the run and its own test stay.", delete)
