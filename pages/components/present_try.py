"""The slide on which the model is asked something: one field, and its answer in large type."""

from typing import Any

import streamlit as st
from components import answers_bars, present_keys, try_answers, try_asking, try_runs, viewport, work
from components import trouble as troubles
from components.kinds.ready import ONE, Said
from components.kinds.registry import asking_of
from components.trouble import caught
from components.try_runs import Asked
from components.wording import named, percent

from sft_core.errors import SFTError
from sft_core.workspace import RunFolder

_SAID = "present_said"
_PICTURE = 105  # pixels of the picture that was asked about, before it is enlarged


def possible(run: work.Run) -> bool:
    """Whether its model is here."""
    return RunFolder(run.job.folder).model.is_dir()


def forget() -> None:
    """What was asked before does not stand on the screen when somebody begins anew."""
    st.session_state.pop(_SAID, None)


def show(run: work.Run) -> None:
    """Field and answer beside each other; a question redraws only these."""
    asked = try_runs.asked(run)
    try_asking.wake(asked)
    _body(asked)


@st.fragment
@caught()
def _body(asked: Asked) -> None:
    left, right = (st.container(), st.container()) if viewport.is_narrow() else st.columns([4, 5], gap="large")
    with left:
        wished = asking_of(asked.roles).one(asked)
        if wished is not None:
            _ask(asked, wished[0])
    with right:
        _answer(asked)


def _ask(asked: Asked, wish: Any) -> None:
    try:
        with st.spinner("Asking the model"):
            said: Said | SFTError = try_asking.said_to(asked, wish, ONE, compare_base=False)
    except SFTError as error:
        said = error
    st.session_state[_SAID] = said


def _answer(asked: Asked) -> None:
    said = st.session_state.get(_SAID)
    if isinstance(said, SFTError):
        troubles.show(said)
    elif said is None or said.run != asked.run.id:
        st.markdown(f":gray[Its answer is shown here. Ask it about a {asked.words[0]}.]")
    else:
        _large(asked, said)


def _large(asked: Asked, said: Said) -> None:
    shares = answers_bars.sorted_shares(said.answer["labels"], said.answer["probabilities"][0])
    label, share = shares[0]
    with asking_of(asked.roles).above(said, picture=round(_PICTURE * present_keys.enlarge())):
        if try_answers.sure_enough(share, asked.threshold or 0.0):
            st.markdown(f"# {named(label, 60)}", anchors=False)
            st.markdown(f"It is {percent(share)} sure.")
        else:
            st.markdown(f"# {try_answers.NONE}", anchors=False)
            st.markdown(f"It leans to {named(label, 60)}, but is only {percent(share)} sure: a person should decide.")
        if doubt := try_answers.doubts(said.answer, 0):
            st.markdown(f":orange[:material/warning:] {doubt}")
    answers_bars.show_large(shares, f"present_{asked.run.id}", present_keys.enlarge())
