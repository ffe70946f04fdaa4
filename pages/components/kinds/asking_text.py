"""Asking with texts: one in a field, or many as lines; a pair in two fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from components import try_answers, try_many, try_runs
from components.kinds.ready import FIELDS, MANY, ONE, Ready, Said
from components.try_runs import Asked
from components.wording import listing, number, plain

from sft_core.errors import InputError
from sft_core.evaluation.wording import visible
from sft_core.jobs.inference_protocol import MAX_CHARACTERS, MAX_TEXTS

Wish = list[tuple[str, ...]]


def field(asked: Asked) -> tuple[Wish, str] | None:
    """Draw the fields; what is asked, and whether as one or many, when that was just said."""
    one, many = asked.words
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
    if mode == MANY:
        try_runs.offer_whole_file(asked)
    return (rows, mode or ONE) if pressed else None


def one(asked: Asked) -> tuple[Wish, str] | None:
    """Only the field for one text, empty at first; what is asked when that was just said."""
    with st.form("present_form", border=False):
        rows = _one(asked, "present_text")
        pressed = st.form_submit_button("Ask", type="primary", icon=":material/send:")
    return (rows, ONE) if pressed else None


def needs_whole_width() -> bool:
    """A table of answers does."""
    return bool(st.session_state.get(_mode_key()) == MANY)


def take(asked: Asked, given: tuple[str, ...]) -> tuple[Wish, str]:
    """A text that another page put down goes into the field."""
    cells = given[: len(asked.columns)]
    cells += ("",) * (len(asked.columns) - len(cells))
    for place, cell in enumerate(cells):
        st.session_state[f"try_text_{place}"] = cell
    return [cells], ONE


def parts(asked: Asked, wish: Wish, most: int) -> list[Wish]:
    """The same question as several, of up to `most` texts each. Raises InputError where one cannot be answered."""
    _check(wish, asked)
    return [wish[start : start + most] for start in range(0, len(wish), most)]


@contextmanager
def ready(asked: Asked, wish: Wish) -> Iterator[Ready]:
    """The texts as the model reads them. Raises InputError."""
    _check(wish, asked)
    yield Ready(tuple(wish), *asked.question(wish))


def above(said: Said, *, picture: int = 0) -> Any:  # noqa: ARG001 - a text has none
    """The text that was answered; the place for the verdict below it."""
    st.caption(f"“{plain(' · '.join(cell for cell in said.rows[0] if cell), 300)}”")
    return st.container(gap="xsmall")


def show_many(asked: Asked, said: Said, threshold: float) -> None:
    """A table, a row for each text."""
    import pandas as pd

    answer = said.answer
    labels, shown = answer["labels"], []
    bases = answer.get("base") or [None] * len(said.rows)
    for cells, shares, base in zip(said.rows, answer["probabilities"], bases, strict=True):
        share = max(shares)
        label = labels[shares.index(share)]
        before = visible(labels[base.index(max(base))]) if base else ""
        words = visible(label) if try_answers.sure_enough(share, threshold) else try_answers.NONE
        shown.append([*cells, words, round(share, 2), before, try_answers.doubts(answer, len(shown))])
    names = [f"column {place}" for place in range(len(asked.columns))]
    st.dataframe(
        pd.DataFrame(shown, columns=[*names, "said", "sure", "before", "doubt"]),
        hide_index=True,
        column_config={
            **{
                name: st.column_config.TextColumn(title, width="large" if len(names) == 1 else "medium")
                for name, title in zip(names, asked.columns, strict=True)
            },
            "said": st.column_config.TextColumn("it says", width="medium" if len(names) == 1 else "small"),
            "sure": st.column_config.ProgressColumn(
                "how sure", min_value=0.0, max_value=1.0, format="percent", width="small"
            ),
            "before": st.column_config.TextColumn("before training"),
            "doubt": st.column_config.TextColumn("doubts") if any(row[-1] for row in shown) else None,
        },
        height="auto" if len(shown) < 12 else 420,
        alt="The answers, a row for each text",
    )


def _mode_key() -> str:
    return f"try_mode_{st.session_state.get(FIELDS, 0)}"


def _check(rows: Wish, asked: Asked) -> None:
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


def _one(asked: Asked, key: str = "try_text") -> Wish:
    several = len(asked.columns) > 1
    cells = []
    for place, column in enumerate(asked.columns):
        text = st.text_area(
            plain(column, 60) if several else f"Your {asked.words[0]}",
            key=f"{key}_{place}",
            height=90 if several else 170,
            placeholder="" if several else "Type or paste it here",
            persist_state="session",
        )
        cells.append((text or "").strip())
    return [tuple(cells)] if any(cells) else []


def _many(asked: Asked) -> Wish:
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
