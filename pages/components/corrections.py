"""A label that is wrong in the data: correct it, or leave the row out. Either makes a new version of the data.

What was done stands in the steps of that version, so the list of rows shows it at once, and after a refresh too.
"""

from dataclasses import dataclass

import streamlit as st
from components import changes, session, work
from components.answered import Answered
from components.kinds.registry import rows_of
from components.layout import card
from components.trouble import caught
from components.wording import named, plain

from sft_core.data import steps
from sft_core.data.source_files import given_test
from sft_core.data.store import DatasetInfo

_ASKED = "rows_asked_to_change"
_KEPT = "This makes a new version of the data; this run and its score stay as they are. It can be undone."


@dataclass(frozen=True)
class Row:
    """One row of the source file, known by its file and its number."""

    source: str
    number: int
    text: str
    true: str
    said: str


@dataclass(frozen=True)
class Done:
    """What was done to a row since the run: it has another class now (`label`), or was left out (None).

    `step` is the place of that step among the steps, where it was made for this row alone and can be taken back.
    """

    label: str | None
    step: int | None


def data_of(answered: Answered) -> DatasetInfo | None:
    """The dataset in which the rows of these answers can be corrected; None where they lie in none."""
    return _dataset(answered) if answered.own else None


def done(info: DatasetInfo) -> dict[tuple[str, int], Done]:
    """The rows that were corrected or left out, by source and number."""
    found = dict(st.session_state.get(_ASKED, {}).get(info.id, {})) if changes.in_progress() else {}
    for place, one in enumerate(changes.steps_of(info)):
        if one["fix"] in ("relabel_rows", "drop_rows"):
            rows, label = one["params"]["rows"], one["params"].get("label")
            for source, number in rows:
                found[str(source), int(number)] = Done(label, place if len(rows) == 1 else None)
    return found


def offer(answered: Answered, info: DatasetInfo, row: Row, did: Done | None) -> None:
    """What can be done about a row; where it was done already, that, and the way back."""
    place = f"{answered.key}_{row.source}_{row.number}"
    if row.source == "test" and not same_test_file(answered, info):
        st.caption("Its test file is not part of the data any more.")
        return
    if did is not None and did.label != row.true:
        _mark(info, did, place)
        return
    if row.true and st.button("Label is wrong", key=f"wrong_{place}", type="tertiary"):
        ask(answered, info, row)
    if st.button("Leave out", key=f"out_{place}", type="tertiary", help=f"Take this row out of the data. {_KEPT}"):
        leave_out(info, row)


def instead(answered: Answered) -> str:
    """For rows that lie in no dataset here: why nothing can be corrected, and what to do instead."""
    if answered.own:
        return "The data of this run is not here, so its rows can be read and tried, but not corrected."
    return (
        f"These {answered.words[1]} come from a test file, not from your data: a wrong label cannot be corrected here. "
        "Correct it in the file and test that again; “Take home” has all answers as a table."
    )


def same_test_file(answered: Answered, info: DatasetInfo) -> bool:
    """Whether the data has the test file of this run still: in another file the same row number is another row."""
    version = ((work.read_if_there(answered.run.job.folder / "config.json") or {}).get("data") or {}).get("version")
    if version is None:
        return True
    return given_test(work.datasets().version(info.id, version).steps) == given_test(changes.steps_of(info))


def _mark(info: DatasetInfo, did: Done, place: str) -> None:
    """In the place of the question: what was done to the row, and the way back."""
    said = "left out" if did.label is None else f"corrected to {named(did.label, 40)}"
    st.badge(said, icon=":material/check:", color="green")
    if did.step is not None and st.button("Undo", key=f"undo_{place}", type="tertiary"):
        changes.undo(info, did.step)


def ask(answered: Answered, info: DatasetInfo, row: Row) -> None:
    """Which class is right, or away with the row."""

    @st.dialog("This label is wrong", icon=":material/edit:")
    @caught()
    def question() -> None:
        st.markdown(plain(row.text, 600))
        st.markdown(f"In the data it is **{named(row.true)}**. What is it really?")
        _choice(answered, info, row)

    question()


def offer_inside(answered: Answered, info: DatasetInfo, row: Row, did: Done | None) -> None:
    """The same as `offer` and the question after it in one, for a dialog that shows the row already."""
    if row.source == "test" and not same_test_file(answered, info):
        st.caption("Its test file is not part of the data any more.")
    elif did is not None and did.label != row.true:
        _mark(info, did, f"inside_{answered.key}_{row.source}_{row.number}")
    else:
        st.markdown("Is its class wrong in the data? What is it really?")
        _choice(answered, info, row)


def _choice(answered: Answered, info: DatasetInfo, row: Row) -> None:
    labels = list(dict.fromkeys([row.said, *answered.report["labels"]]))
    right = st.selectbox("The right class", labels, key="right_class", label_visibility="collapsed")
    st.caption(_KEPT)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(f"Leave this {rows_of(info.roles).ONE} out", key="row_out"):
            leave_out(info, row)
        if st.button("Correct it", key="row_correct", type="primary", disabled=right == row.true):
            correct(info, row, right)


def correct(info: DatasetInfo, row: Row, label: str) -> None:
    """Give the row this class, in a new version of the data; a second click finds it done."""
    _change(info, row, label, steps.step("relabel_rows", rows=[(row.source, row.number)], label=label))


def leave_out(info: DatasetInfo, row: Row) -> None:
    """Drop the row, in a new version of the data; a second click finds it done."""
    _change(info, row, None, steps.step("drop_rows", rows=[(row.source, row.number)]))


def _change(info: DatasetInfo, row: Row, label: str | None, step: changes.Step) -> None:
    place = (row.source, row.number)
    did = done(info).get(place)
    if did is None or did.label != label:
        _add(info, place, label, step)
    else:
        st.rerun()


def _add(info: DatasetInfo, place: tuple[str, int], label: str | None, step: changes.Step) -> None:
    if not changes.is_small(info):  # a job does it, and until it has, the row is marked by what was asked
        st.session_state.setdefault(_ASKED, {}).setdefault(info.id, {})[place] = Done(label, None)
        st.toast("The rows are being changed.", icon=":material/hourglass_top:")
    changes.add(info, step)


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
