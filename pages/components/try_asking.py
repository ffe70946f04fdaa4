"""Asking a model: the field, the process that answers, and what it said last."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from components import answers_bars, journey, layout, session, try_answers, try_many, try_runs, viewport, work
from components import trouble as troubles
from components.layout import card
from components.trouble import caught
from components.try_runs import Asked
from components.wording import count, listing, number, plain

from sft_core.errors import InputError, SFTError
from sft_core.jobs.inference_client import InferenceClient
from sft_core.jobs.inference_protocol import MAX_CHARACTERS, MAX_TEXTS

GIVEN = "try_it_cells"  # a text that another page would like to be asked, in the order of the run's columns
_SAID, _AWAKE = "try_said", "try_awake"
_FIELDS = "try_fields"  # counts how often another page put down a text: the choice of one or many starts anew
ONE, MANY = "one", "many"


@dataclass(frozen=True)
class Said:
    """What a run answered last. `rows` holds the cells of each text, in the order of the run's columns."""

    run: str
    mode: str
    rows: tuple[tuple[str, ...], ...]
    answer: dict[str, Any]


def show(runs: list[work.Run]) -> None:
    """The whole screen."""
    with layout.page_head("What would it say?"):
        run = try_runs.choose(runs)
    asked = try_runs.asked(run)
    _awake(asked)
    _take_given(asked)
    _body(asked)
    layout.stays_here()
    answers_bars.get_ready(len(_labels(asked)))  # last: by now the page can be read


@st.fragment
@caught()
def _body(asked: Asked) -> None:
    """Field and answer; a question redraws only these."""
    if viewport.is_narrow() or st.session_state.get(_mode_key()) == MANY:  # a table needs the whole width
        _field(asked)
        _answers(asked)
        return
    left, right = st.columns([2, 3])
    with left:
        _field(asked)
    with right:
        _answers(asked)


def ask(asked: Asked, rows: list[tuple[str, ...]], mode: str) -> None:
    """Put texts to the model and keep what it says."""
    texts, pairs = asked.question(rows)
    client = InferenceClient(session.workspace())
    answer = client.predict(asked.run.job.folder, texts, pairs, compare_base=True)
    st.session_state[_SAID] = Said(asked.run.id, mode, tuple(rows), answer)
    st.session_state[_AWAKE] = asked.run.id
    journey.mark(asked.run, journey.ASKED)


def _awake(asked: Asked) -> None:
    """Have the process that answers started and the model loaded, before the first question."""
    if st.session_state.get(_AWAKE) == asked.run.id and InferenceClient(session.workspace()).is_alive():
        return
    if InferenceClient(session.workspace()).warm(asked.run.job.folder):
        st.session_state[_AWAKE] = asked.run.id


def _field(asked: Asked) -> None:
    one, many = asked.words
    with card(key="try_field"):
        mode = st.segmented_control(
            "How many",
            [ONE, MANY],
            default=ONE,
            required=True,
            format_func={ONE: f"One {one}", MANY: f"Many {many}"}.__getitem__,
            key=_mode_key(),
            label_visibility="collapsed",
        )
        with st.form("try_form", border=False):
            rows = _many(asked) if mode == MANY else _one(asked)
            pressed = st.form_submit_button("Ask", type="primary", icon=":material/send:")
        if mode == MANY and st.button("Answer a whole file", icon=":material/upload_file:", key="try_file"):
            session.go("evaluation.py", dataset=asked.run.dataset, run=asked.run.id, test_file="new")
        if pressed:
            _asked(asked, rows, mode or ONE)
        _state(asked)


def _mode_key() -> str:
    return f"try_mode_{st.session_state.get(_FIELDS, 0)}"


def _asked(asked: Asked, rows: list[tuple[str, ...]], mode: str) -> None:
    try:
        _check(rows, asked)
        with st.spinner("Asking the model"):
            ask(asked, rows, mode)
    except SFTError as error:
        st.session_state.pop(_SAID, None)
        troubles.show(error)


def _check(rows: list[tuple[str, ...]], asked: Asked) -> None:
    words = asked.words
    if not rows:
        raise InputError(f"There is no {words[0]} to ask about.", "Type or paste one first.")
    if len(rows) > MAX_TEXTS:
        hint = "Bring them as a file: “Answer a whole file”."
        raise InputError(f"These are {number(len(rows))} {words[1]}; {number(MAX_TEXTS)} go at once.", hint)
    if asked.roles.text_pair and any(not cells[-1] or not any(cells[:-1]) for cells in rows):
        which = "Fill both fields" if len(rows) == 1 else "Write both on each line, with a | between them"
        raise InputError("This model reads two texts at a time, and one is missing.", f"{which}.")
    if any(len(cell) > MAX_CHARACTERS for cells in rows for cell in cells):
        raise InputError(f"One {words[0]} is longer than {number(MAX_CHARACTERS)} characters.", "Shorten it.")


def _one(asked: Asked) -> list[tuple[str, ...]]:
    several = len(asked.columns) > 1
    cells = []
    for place, column in enumerate(asked.columns):
        text = st.text_area(
            plain(column, 60) if several else f"Your {asked.words[0]}",
            key=f"try_text_{place}",
            height=90 if several else 170,
            placeholder="" if several else "Type or paste it here",
            persist_state="session",
        )
        cells.append((text or "").strip())
    return [tuple(cells)] if any(cells) else []


def _many(asked: Asked) -> list[tuple[str, ...]]:
    several = len(asked.columns) > 1
    text = st.text_area(
        f"Your {asked.words[1]}, one a line",
        key="try_lines",
        height=200,
        placeholder=" | ".join(asked.columns) if several else "Paste them here, one a line",
        persist_state="session",
    )
    if several:
        st.caption(f"On each line {_columns(asked)}: copied from a spreadsheet, or with a | between them.")
    return try_many.rows_of(text or "", len(asked.columns))


def _columns(asked: Asked) -> str:
    """ "question and answer", as data."""
    return listing([plain(name, 40) for name in asked.columns])


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
    said = st.session_state.get(_SAID)
    if said is None or said.run != asked.run.id:
        _nothing_yet(asked)
    elif said.mode == MANY:
        try_many.show(asked, said.rows, said.answer)
    else:
        try_answers.show(asked, said.rows[0], said.answer)


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
    """A text that another page put down: it goes into the field and is asked at once."""
    given = st.session_state.pop(GIVEN, None)
    if not given:
        return
    cells = tuple(str(cell) for cell in given)[: len(asked.columns)]
    cells += ("",) * (len(asked.columns) - len(cells))
    for place, cell in enumerate(cells):
        st.session_state[f"try_text_{place}"] = cell
    st.session_state[_FIELDS] = st.session_state.get(_FIELDS, 0) + 1
    _asked(asked, [cells], ONE)
