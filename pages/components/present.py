"""Presenting a result: the address of it, the button that begins it, and the slides one below the other."""

import streamlit as st
from components import answered as answers
from components import (
    choose_answers,
    present_keys,
    present_matrix,
    present_rows,
    present_try,
    present_verdict,
    work,
)
from components.answered import Answered
from components.present_keys import Slides

ADDRESS = "present"


def wanted() -> bool:
    """Whether the address asks for it; it also names the run and the test, so that a bookmark shows the same again."""
    return ADDRESS in st.query_params


def button() -> None:
    """Begin to present what is looked at."""
    said = "For a projector: large, without buttons. Page Down shows the next slide, Esc leads back."
    forget()  # whichever way somebody came back from the slides
    if st.button("Present", icon=":material/slideshow:", key="to_present", help=said):
        st.query_params[ADDRESS] = "1"
        st.rerun()


def forget() -> None:
    """Each time anew: rows of the data are hidden, and nothing was asked."""
    present_rows.hide()
    present_try.forget()


def show(run: work.Run, own: Answered) -> None:
    """All slides, and the one button that leads back."""
    st.html(present_keys.STYLE)
    answered = chosen(run, own)
    with st.container(key="present", gap=None):
        with st.container(key="present_leave"):
            if st.button("Leave", icon=":material/close:", key="leave_present", shortcut="Escape", type="tertiary"):
                st.query_params.pop(ADDRESS, None)
                st.rerun()
        slides = Slides()
        with slides.one("How good is it?", titled=False):
            present_verdict.show(answered)
        if answered.confusion is not None:
            with slides.one(present_matrix.headline(answered)):
                present_matrix.show(answered)
        present_rows.show(slides, answered)
        if present_try.possible(run):
            with slides.one("What would it say?"):
                present_try.show(run)
        slides.listen()


def chosen(run: work.Run, own: Answered) -> Answered:
    """The test that the address names, else the run's own."""
    wish = st.query_params.get(choose_answers.ADDRESS)
    return next((one for one in answers.later_files(run) if one.key == wish), own)
