"""What a step shows where nothing was chosen: the newest data and result, said so, with a way to another one."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from components import data_upload, drafts, places, session, viewport, work
from components.wording import plain

_DATA, _RESULT = "newest_data", "newest_result"  # ids that were taken because nothing had been chosen
_OF_RESULTS = ("evaluation.py", "try_it.py")
_OF_DATA = ("data.py", "prepare.py", "model.py")


def take(file: str) -> None:
    """Make the newest the current one, where a step is opened without a choice; it then stays while one looks at it."""
    if file not in {step.file for step in places.STEPS} or st.session_state.get(session.LOST) or _brings(file):
        return
    if file in _OF_DATA and work.dataset() is None and _known():  # a model that came without data has none to prepare
        session.choose_dataset(None)
        session.choose_run(None)
    if not session.dataset_id() and not session.run_id():
        session.choose_dataset(_newest_data(_known(), file))
        st.session_state[_DATA] = session.dataset_id()
    if file in _OF_RESULTS and not session.run_id():
        session.choose_run(_newest_result())
        st.session_state[_RESULT] = session.run_id()


def say(file: str) -> None:
    """Name what was taken unasked, and offer the others; nothing where somebody has chosen, or there is one only."""
    data, result = session.dataset_id(), session.run_id()
    if file == "evaluation.py":
        if result and result == st.session_state.get(_RESULT):
            _offer("newest result", {run.id: run.in_a_line for run in work.finished()}, result, _choose_run)
    elif file != "try_it.py" and not _brings(file) and data and data == st.session_state.get(_DATA):  # it names its own
        _offer("newest data", {info.id: info.name for info in work.datasets().list()}, data, session.choose_dataset)


def _brings(file: str) -> bool:
    """Whether a new file is being brought."""
    return file == "data.py" and (data_upload.wanted() or drafts.current() is not None)


def _known() -> list[str]:
    """The ids of all data, the newest first. Not asked for where something was chosen: most reruns are of that kind."""
    return [info.id for info in work.datasets().list()]


def _newest_data(known: Sequence[str], file: str) -> str | None:
    """What was brought last; for a step about results, rather data that has one."""
    results = work.finished() if file in _OF_RESULTS else []
    with_result = {run.dataset for run in results}
    if not results or (known[:1] and known[0] in with_result):
        return next(iter(known), None)
    return results[0].dataset if results[0].dataset in known else None


def _newest_result() -> str | None:
    mine = session.dataset_id()
    return next((run.id for run in work.finished() if mine is None or run.dataset == mine), None)


def _offer(what: str, names: Mapping[str, str], now: str, choose: Callable[[str], None]) -> None:
    if now not in names or len(names) < 2:
        return
    with st.container(horizontal=not viewport.is_narrow(), vertical_alignment="center", key="newest"):
        st.caption(f":material/info: This is the {what}, **{plain(names[now], 80)}**. Another one:", width="content")
        others = [key for key in names if key != now]
        picked = st.selectbox(
            "Another one",
            others,
            index=None,
            format_func=names.__getitem__,
            placeholder="Choose",
            key=f"newest_{now}",
            label_visibility="collapsed",
            width="stretch" if viewport.is_narrow() else 300,
        )
    if picked:
        choose(picked)
        st.rerun()


def _choose_run(run_id: str) -> None:
    run = next((one for one in work.finished() if one.id == run_id), None)
    session.choose_dataset(run.dataset if run else None)
    session.choose_run(run_id)
