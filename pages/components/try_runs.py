"""The runs that can be asked, and what one of them needs to be asked: its columns, its words, its threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from components import session, viewport, work
from components.answered import roles_of
from components.story import row_words
from components.wording import plain

from sft_core.config import Roles
from sft_core.data.examples import join
from sft_core.workspace import RunFolder


@dataclass(frozen=True)
class Asked:
    """A run that is asked. `threshold` is the confidence below which it says "none of these", None where not learnt."""

    run: work.Run
    roles: Roles
    report: dict[str, Any]
    config: dict[str, Any]

    @property
    def words(self) -> tuple[str, str]:
        """How the task calls a row and rows."""
        if self.roles.text_pair:
            return "pair", "pairs"
        return row_words(self.config.get("task") or self.report.get("task"))

    @property
    def threshold(self) -> float | None:
        return self.report.get("threshold")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are asked for: those that the model reads, the one of a pair's second text last."""
        return self.roles.inputs() or ("text",)

    def question(self, rows: Sequence[tuple[str, ...]]) -> tuple[list[str], list[str] | None]:
        """Cells in the order of `columns` as what the model reads: texts, and second texts where it reads pairs."""
        if self.roles.text_pair is None:
            return [self._text(cells) for cells in rows], None
        return [self._text(cells[:-1]) for cells in rows], [cells[-1] for cells in rows]

    def _text(self, cells: tuple[str, ...]) -> str:
        return join(self.roles.text, cells) if len(cells) > 1 else cells[0]


def finished() -> list[work.Run]:
    """Runs whose model is there, the newest first."""
    return [run for run in work.runs() if run.job.state == "finished" and RunFolder(run.job.folder).model.is_dir()]


def choose(runs: list[work.Run]) -> work.Run:
    """The run that is asked: the current one, else the newest of the current dataset, else the newest.

    Where the current one cannot be asked, that is said: another model's answer must not pass for its own.
    """
    known = {run.id: run for run in runs}
    mine = [run.id for run in runs if run.dataset == session.dataset_id()]
    first = session.run_id() if session.run_id() in known else (mine or list(known))[0]
    if session.run_id() not in (None, first) and (lacking := work.run()) is not None:
        name, other = plain(lacking.name, 60), plain(known[first].name, 60)
        st.caption(f":material/info: “{name}” has no model yet: **{other}** answers.")
    if len(known) == 1:
        return known[first]
    ids = list(known)
    chosen = st.selectbox(
        "Model",
        ids,
        index=ids.index(first),
        format_func=lambda run_id: known[run_id].in_a_line,
        key=f"try_run_{first}",
        label_visibility="collapsed",
        width="stretch" if viewport.is_narrow() else 340,
    )
    if chosen != first:
        session.choose_run(chosen)
        st.rerun()
    return known[chosen]


def asked(run: work.Run) -> Asked:
    """What is needed to ask a run."""
    config = work.read_if_there(RunFolder(run.job.folder).config) or {}
    return Asked(run, roles_of(run), work.report(run.job.folder) or {}, config)


def offer_whole_file(asked: Asked, label: str = "Answer a whole file") -> None:
    """The way to answers for more than fits here."""
    if st.button(label, icon=":material/upload_file:", key="try_file", type="tertiary"):
        session.go("evaluation.py", dataset=asked.run.dataset, run=asked.run.id, test_file="new")
