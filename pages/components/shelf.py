"""What there is, as cards of one line: each dataset with its newest run, and all its runs."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st
from components import confirm, layout, session, viewport, work
from components.kinds.registry import rows_of
from components.live import live
from components.naming import ask_name
from components.run_head import other_data
from components.trouble import caught
from components.wording import count, in_100, likely, plain, when
from components.work import Run
from streamlit.delta_generator import DeltaGenerator

from sft_core.data.roles import errors
from sft_core.data.store import DatasetInfo
from sft_core.jobs import store

_MENU = ":material/more_horiz:"
_WIDTHS = [3.2, 2.6, 2, 1.5, 0.6]

Scores = Sequence[float | None]


def dataset_card(info: DatasetInfo, runs: list[Run], beside: Scores = ()) -> None:
    """A dataset: its size, how its newest run stands, the next thing to do, and a menu.

    `beside` are the scores on the cards around it: those that differ never read alike.
    """
    with layout.card(key=f"dataset_{info.id}"):
        name, state, score, action, menu = _places()
        with name:
            layout.line(plain(info.name, 80), _size(info) + (f" · {count(len(runs), 'run')}" if runs else ""))
        with state:
            _state(runs[0]) if runs else _readiness(info)
        with score:
            _newest_score(runs, beside)
        with action:
            _next(info.id, runs[0] if runs else None)
        with menu:
            _dataset_menu(info)
        if info.notes:
            st.caption(plain(info.notes))
        if runs:
            _all_runs(info.id, runs)


def lone_run_card(run: Run, beside: Scores = ()) -> None:
    """A run whose dataset is not here: brought as a zip, made by the command line, or its dataset was deleted."""
    with layout.card(key=f"run_card_{run.id}"):
        _run_line(run, "without its data", beside)


def _size(info: DatasetInfo) -> str:
    if info.rows is None:
        return "its rows are damaged: bring the file again"
    kind = rows_of(info.roles)
    return f"{count(info.rows, kind.ONE, kind.MANY)} · {count(info.classes or 0, 'class', 'classes')}"


def _places() -> Sequence[DeltaGenerator]:
    """Where name, state, score, action and menu go: one line, or on a phone one below the other."""
    if not viewport.is_narrow():
        return st.columns(_WIDTHS, vertical_alignment="center")
    name, state, score = (st.container() for _ in range(3))
    buttons = st.container(horizontal=True, vertical_alignment="center")
    return name, state, score, buttons, buttons


def _width() -> Literal["stretch", "content"]:
    return "content" if viewport.is_narrow() else "stretch"


def _readiness(info: DatasetInfo) -> None:
    forbidding = errors(work.datasets().facts(info.id, info.current), info.roles)
    st.markdown(f"Needs a look  \n:gray[{plain(forbidding[0].message, 120)}]" if forbidding else "Ready to train")


def _state(run: Run) -> None:
    if run.job.active:
        _live_state(run.id)
        return
    word = {"finished": "Finished", "stopped": "Stopped", "failed": "Failed", "lost": "Lost"}[run.job.state]
    st.markdown(f"{word} {when(run.job.ended)}")
    if run.job.state in ("failed", "lost") and run.job.message:
        st.caption(plain(run.job.message, 120))


@st.fragment(run_every=3)
@caught()
def _live_state(run_id: str) -> None:
    sentence = live(store.get(session.workspace(), run_id)).sentence
    st.markdown(plain(sentence.split(" · ")[0]))


def newest(runs: list[Run]) -> Run | None:
    """The newest run with a result; None where there is none."""
    return next((run for run in runs if run.score is not None), None)


def _newest_score(runs: list[Run], beside: Scores) -> None:
    """The newest result: while the next run is at work, or where it failed, that of the one before."""
    scored = newest(runs)
    _score(scored, beside, "" if scored is None or scored is runs[0] else ", the run before")


def _score(run: Run | None, beside: Scores, which: str = "") -> None:
    if run is None or run.score is None:
        st.markdown(":gray[no result yet]")
        return
    interval = f"  \n:gray[{likely(run.interval)}{which}]" if run.interval else ""
    st.markdown(f"**{in_100(run.score, *beside)}** right{interval}")


def _next(dataset_id: str | None, run: Run | None) -> None:
    key = f"next_{run.id if run else dataset_id}"
    if run is None:
        if st.button("Train", key=key, width=_width()):
            session.go("prepare.py", dataset=dataset_id)
    elif run.job.active:
        if st.button("Watch", key=key, width=_width()):
            session.go("training.py", dataset=dataset_id, run=run.id)
    elif run.job.state == "finished":
        if st.button("Evaluate", key=key, width=_width()):
            session.go("evaluation.py", dataset=dataset_id, run=run.id)
    elif (way := other_data(run)) is not None:
        label, page, address = way
        if st.button(label, key=key, width=_width()):
            session.go(page, dataset=dataset_id, run=run.id, **address)
    elif st.button("Resume", key=key, width=_width()):
        store.resume(session.workspace(), run.id)
        store.ensure_supervisor(session.workspace())
        session.go("training.py", dataset=dataset_id, run=run.id)


def _all_runs(dataset_id: str, runs: list[Run]) -> None:
    box = st.expander("All runs", type="compact", key=f"runs_of_{dataset_id}", on_change="rerun")
    if box.open:
        with box:
            scores = [run.score for run in runs]
            for run in runs:
                _run_line(run, plain(run.preset), scores)


def _run_line(run: Run, about: str, beside: Scores) -> None:
    name, state, score, action, menu = _places()
    with name:
        layout.line(plain(run.name, 80), " · ".join(part for part in (about, plain(run.notes, 120)) if part))
    with state:
        _state(run)
    with score:
        _score(run, beside)
    with action:
        _next_of_line(run)
    with menu:
        _run_menu(run)


def _next_of_line(run: Run) -> None:
    if st.button("Open", key=f"open_{run.id}", width=_width(), type="tertiary"):
        page = "evaluation.py" if run.job.state == "finished" else "training.py"
        session.go(page, dataset=run.dataset, run=run.id)


def _dataset_menu(info: DatasetInfo) -> None:
    wish = st.menu_button(
        _MENU, ["Name and notes", "Open the rows", "Move to the trash"], type="tertiary", key=f"menu_{info.id}"
    )
    keep = work.datasets()
    if wish == "Name and notes":
        ask_name(info.name, info.notes, lambda name, notes: (_rename(info, name), keep.set_notes(info.id, notes)))
    elif wish == "Open the rows":
        session.go("data.py", dataset=info.id)
    elif wish == "Move to the trash":
        confirm.ask_delete(
            info.name,
            "The rows and all their versions go to the trash. Runs made from them stay.",
            _delete_dataset(info.id),
        )


def _rename(info: DatasetInfo, name: str) -> None:
    """Rename a dataset, and those of its runs that bear its name ("Messages · quick")."""
    work.datasets().rename(info.id, name)
    for run in work.runs(info.id):
        if run.name.startswith(f"{info.name} · "):
            store.rename(session.workspace(), run.id, name + run.name.removeprefix(info.name))


def _run_menu(run: Run) -> None:
    options = ["Name and notes", "New run with these settings", "Move to the trash"]
    wish = st.menu_button(_MENU, options, type="tertiary", key=f"menu_{run.id}")
    place = session.workspace()
    if wish == "Name and notes":
        ask_name(
            run.name,
            run.notes,
            lambda name, notes: (store.rename(place, run.id, name), store.set_notes(place, run.id, notes)),
        )
    elif wish == "New run with these settings":
        session.go("training.py", dataset=run.dataset, settings_from=run.id)
    elif wish == "Move to the trash":
        confirm.ask_delete(
            run.name, "The model, its scores and its later evaluations go to the trash.", _delete_run(run.id)
        )


def _delete_dataset(dataset_id: str) -> Callable[[], Callable[[], None]]:
    keep = work.datasets()

    def delete() -> Callable[[], None]:
        thrown = keep.delete(dataset_id)
        if session.dataset_id() == dataset_id:
            session.choose_dataset(None)
        return lambda: keep.restore(thrown)

    return delete


def _delete_run(run_id: str) -> Callable[[], Callable[[], None] | None]:
    place = session.workspace()

    def delete() -> Callable[[], None] | None:
        thrown = store.delete(place, run_id)
        if session.run_id() == run_id:
            session.choose_run(None)
        return None if thrown is None else lambda: store.restore(place, thrown)

    return delete
