"""A label that is wrong in the data: correct it, or leave the row out. Either makes a new version of the data."""

from dataclasses import dataclass

import streamlit as st
from components import changes, session, work
from components.answered import Answered
from components.layout import card
from components.trouble import caught
from components.wording import named, plain

from sft_core.data import steps
from sft_core.data.store import DatasetInfo


@dataclass(frozen=True)
class Row:
    """One row of the source file, known by its file and its number."""

    source: str
    number: int
    text: str
    true: str
    said: str


def possible(answered: Answered) -> bool:
    """Whether the rows of these answers lie in a dataset that is still there."""
    return answered.own and _dataset(answered) is not None


def ask(answered: Answered, row: Row) -> None:
    """Which class is right, or away with the row."""
    info = _dataset(answered)
    assert info is not None, "asked without a dataset"
    labels = list(dict.fromkeys([row.said, *answered.report["labels"]]))

    @st.dialog("This label is wrong", icon=":material/edit:")
    @caught()
    def question() -> None:
        st.markdown(plain(row.text, 600))
        st.markdown(f"In the data it is **{named(row.true)}**. What is it really?")
        right = st.selectbox("The right class", labels, key="right_class", label_visibility="collapsed")
        st.caption("This makes a new version of the data; this run and its score stay as they are. It can be undone.")
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Leave this row out", key="row_out"):
                leave_out(info, row)
            if st.button("Correct it", key="row_correct", type="primary", disabled=right == row.true):
                correct(info, row, right)

    question()


def correct(info: DatasetInfo, row: Row, label: str) -> None:
    """Give the row this class, in a new version of the data."""
    changes.add(info, steps.step("relabel_rows", rows=[(row.source, row.number)], label=label))


def leave_out(info: DatasetInfo, row: Row) -> None:
    """Drop the row, in a new version of the data."""
    changes.add(info, steps.step("drop_rows", rows=[(row.source, row.number)]))


def changed_since(answered: Answered) -> None:
    """A line where the data has another version by now, with the way to learn from it."""
    info = _dataset(answered)
    trained = (work.read_if_there(answered.run.job.folder / "config.json") or {}).get("data") or {}
    if info is None or not answered.own or trained.get("version") in (None, info.current):
        return
    with card(key="data_changed"):
        words, button = st.columns([5, 1.6], vertical_alignment="center")
        words.markdown(
            f"**The data has changed since this run.**  \n:gray[It learnt from version {trained['version']}, "
            f"now there is version {info.current}.]"
        )
        if button.button("Train again", key="train_again", width="stretch"):
            run = answered.run.id
            session.go("training.py", dataset=info.id, new="run", settings_from=run)


def _dataset(answered: Answered) -> DatasetInfo | None:
    wanted = answered.run.dataset
    return next((info for info in work.datasets().list() if info.id == wanted), None) if wanted else None
