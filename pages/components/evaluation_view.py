"""The evaluation of a run on one set of rows, from the verdict down to the single row."""

import streamlit as st
from components import (
    choose_answers,
    class_table,
    confirm,
    corrections,
    glossary,
    later_facts,
    layout,
    matrix,
    present,
    rows_list,
    run_head,
    sureness,
    takeaway,
    test_file,
    verdict_card,
    viewport,
    work,
)
from components.answered import Answered
from components.kinds.registry import answers_of
from components.wording import plain

from sft_core.evaluation.honesty import doubts, proof
from sft_core.evaluation.verdict import verdict


def show(run: work.Run, own: Answered) -> None:
    """The whole screen."""
    head = layout.page_head("How good is it?")
    confirm.offer_undo()
    answered = choose_answers.show(run, own)
    with head:
        takeaway.button(answered)
        present.button()
        way_on = "secondary" if verdict(answered.report).useless else "primary"
        if st.button("Test on a new file", type=way_on, icon=":material/upload_file:", key="test_new"):
            st.query_params[test_file.ADDRESS] = test_file.NEW
            st.rerun()
        run_head.menu(run)
    st.caption(_what(run, answered))
    corrections.changed_since(answered)
    verdict_card.show(answered)
    _doubts(answered)
    later_facts.show(answered)
    _matrix_and_rows(answered)
    class_table.show(answered)
    answers_of(answered.roles).class_card(answered)
    sureness.show(answered)
    _audit(answered)
    layout.stays_here()


def _what(run: work.Run, answered: Answered) -> str:
    notes = f" · {plain(run.notes, 200)}" if run.notes else ""
    return f"{plain(run.name, 80)} · {plain('' if answered.own else answered.title, 80)}".rstrip(" ·") + notes


def _matrix_and_rows(answered: Answered) -> None:
    if answered.confusion is None:
        rows_list.show(answered, None)
        return
    if viewport.is_narrow():
        rows_list.show(answered, matrix.show(answered))
        return
    left, right = st.columns([3, 2])
    with left:
        cell = matrix.show(answered)
    with right:
        rows_list.show(answered, cell)


def _doubts(answered: Answered) -> None:
    """What of the test was not new to the model, beside the verdict."""
    for sentence in doubts(answered.report, answered.words) if answered.own else []:
        st.warning(plain(sentence), icon=":material/warning:")


def _audit(answered: Answered) -> None:
    """The proof that the test was honest, in a line."""
    if said := proof(answered.report, answered.words):
        st.caption(f":material/verified: {plain(said)}", help=glossary.said_in(said))
