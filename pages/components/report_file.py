"""The report of an evaluation as one file to hand on: whether rows of the data stand in it is asked first."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st
from components import work
from components.answered import Answered

from sft_core.data import steps as fix_steps
from sft_core.errors import SFTError
from sft_core.evaluation.tuned_run import training_counts
from sft_core.export.report_examples import MOST, examples_of
from sft_core.tasks.registry import get_task
from sft_core.workspace import RunFolder


def ask(answered: Answered) -> Callable[[], bytes]:
    """The question where there are texts that could stand in it; what makes the file as it was wished."""
    words, with_rows = answered.words[1], False
    if answered.scored and get_task(answered.report["task"]).input_kind == "text":
        with_rows = st.checkbox(f"With {words} that it got wrong", key=f"with_rows_{answered.key}")
    if with_rows:
        st.caption(
            f":material/warning: Up to {MOST} {words} of your data stand in it, word for word. E-mail addresses, phone "
            "numbers, IBANs and card numbers are masked; names and whatever else is private are not. Read it before "
            "you hand it on."
        )
    else:
        st.caption(f"One file to read, send or print. It holds figures only, none of the {words}.")

    def make() -> bytes:
        from sft_core.export.html_report import html_report

        return html_report(told(answered, with_rows=with_rows))

    return make


def told(answered: Answered, *, with_rows: bool = False) -> Any:
    """All that the report of these answers is made of; rows of the data only `with_rows`."""
    from sft_core.export.report_sections import Told

    run = RunFolder(answered.run.job.folder)
    found = answered.predictions() if with_rows else None
    return Told(
        name=answered.run.name,
        report=answered.report,
        config=work.read_if_there(run.config) or {},
        words=answered.words,
        file="" if answered.own else answered.title,
        own=None if answered.own else work.report(run.root),
        tested=_day(answered.asked or answered.run.job.submitted),
        training=training_counts(run),
        changes=_changes(answered),
        examples=examples_of(found, answered.texts(), answered.seen()) if found else (),
    )


def _day(stamp: float | None) -> str:
    if not stamp:
        return ""
    day = datetime.fromtimestamp(stamp)
    return f"{day.day} {day:%B %Y}"


def _changes(answered: Answered) -> tuple[str, ...]:
    """The steps of Prepare before the training, where the data is still here."""
    data = (work.read_if_there(RunFolder(answered.run.job.folder).config) or {}).get("data") or {}
    dataset, number, keep = answered.run.dataset, data.get("version"), work.datasets()
    info = next((info for info in keep.list() if info.id == dataset), None)
    if info is None or number is None:
        return ()
    with contextlib.suppress(SFTError):  # a version that is gone
        return tuple(fix_steps.describe(step, info.roles) for step in keep.version(info.id, number).steps)
    return ()
