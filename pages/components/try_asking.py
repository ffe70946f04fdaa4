"""Asking a model: the field, the process that answers, and what it said last."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from components import (
    answers_bars,
    journey,
    layout,
    session,
    try_answers,
    try_in_parts,
    try_many,
    try_runs,
    viewport,
    work,
)
from components import trouble as troubles
from components.kinds.ready import FIELDS, MANY, SAID, Said
from components.kinds.registry import asking_of
from components.layout import card
from components.trouble import caught
from components.try_runs import Asked
from components.wording import count, plain

from sft_core.errors import SFTError
from sft_core.jobs.inference_client import InferenceClient

GIVEN = "try_it_cells"  # what another page would like to be asked, as the kind of input takes it
_AWAKE = "try_awake"


@dataclass(frozen=True)
class Failed:
    """Why a run gave no answer last."""

    run: str
    error: SFTError


def show(runs: list[work.Run]) -> None:
    """The whole screen."""
    with layout.page_head("What would it say?"):
        run = try_runs.choose(runs)
    asked = try_runs.asked(run)
    wake(asked)
    _take_given(asked)
    _body(asked)
    layout.stays_here()
    answers_bars.get_ready(len(_labels(asked)))  # last: by now the page can be read


@st.fragment
@caught()
def _body(asked: Asked) -> None:
    """Field and answer; a question redraws only these."""
    if viewport.is_narrow() or asking_of(asked.roles).needs_whole_width():
        _field(asked)
        _answers(asked)
        return
    left, right = st.columns([2, 3])
    with left:
        _field(asked)
    with right:
        _answers(asked)


def ask(asked: Asked, wish: Any, mode: str) -> None:
    """Put texts or pictures to the model and keep what it says."""
    st.session_state[SAID] = said_to(asked, wish, mode)


def said_to(asked: Asked, wish: Any, mode: str, *, compare_base: bool = True) -> Said:
    """What the model says to these texts or pictures. Raises SFTError."""
    with asking_of(asked.roles).ready(asked, wish) as ready:
        client = InferenceClient(session.workspace())
        answer = client.predict(asked.run.job.folder, ready.inputs, ready.pairs, compare_base=compare_base)
    st.session_state[_AWAKE] = asked.run.id
    journey.mark(asked.run, journey.ASKED)
    return Said(asked.run.id, mode, ready.rows, answer, ready.shown, ready.left_out)


def wake(asked: Asked) -> None:
    """Have the process that answers started and the model loaded, before the first question."""
    if st.session_state.get(_AWAKE) == asked.run.id and InferenceClient(session.workspace()).is_alive():
        return
    if InferenceClient(session.workspace()).warm(asked.run.job.folder):
        st.session_state[_AWAKE] = asked.run.id


def _field(asked: Asked) -> None:
    with card(key="try_field"):
        wished = asking_of(asked.roles).field(asked)
        if wished is not None:
            _asked(asked, *wished)
        _state(asked)


def _asked(asked: Asked, wish: Any, mode: str) -> None:
    try:
        if not try_in_parts.begin(asked, wish, mode):
            with st.spinner("Asking the model"):
                ask(asked, wish, mode)
    except SFTError as error:
        st.session_state[SAID] = Failed(asked.run.id, error)


def _state(asked: Asked) -> None:
    """Whether it is awake; looked at until it is."""
    if st.session_state.get(_AWAKE) == asked.run.id:
        st.caption(":material/bolt: Ready: it answers at once.")
    else:
        st.caption(":material/hourglass_top: The model is waking up; you may ask already.")
        _watch(asked)


@st.fragment(run_every=1)
@caught()
def _watch(asked: Asked) -> None:
    if InferenceClient(session.workspace()).warm(asked.run.job.folder):
        st.session_state[_AWAKE] = asked.run.id
        st.rerun()


def _answers(asked: Asked) -> None:
    said = st.session_state.get(SAID)
    if try_in_parts.at_work(asked):
        with card(key="try_at_work"):
            try_in_parts.follow(asked, said_to)
    elif said is None or said.run != asked.run.id:
        _nothing_yet(asked)
    elif isinstance(said, Failed):
        troubles.show(said.error)
    elif said.mode == MANY:
        try_many.show(asked, said)
    else:
        try_answers.show(asked, said)


def _nothing_yet(asked: Asked) -> None:
    with card(key="try_nothing"):
        st.markdown("### Its answer is shown here", anchors=False)
        st.markdown(
            f"How likely each of its {count(len(_labels(asked)), 'class', 'classes')} is, and whether to believe it."
        )
        st.caption(f"Asked is {plain(asked.run.name, 80)}.")


def _labels(asked: Asked) -> list[str]:
    return list(asked.report.get("labels") or asked.config.get("labels") or [])


def _take_given(asked: Asked) -> None:
    """What another page put down: it is asked at once, and the fields begin anew."""
    given = st.session_state.pop(GIVEN, None)
    if given:
        st.session_state[FIELDS] = st.session_state.get(FIELDS, 0) + 1
        _asked(asked, *asking_of(asked.roles).take(asked, tuple(str(cell) for cell in given)))
