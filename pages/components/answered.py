"""The reports that can be looked at for a run: its own test, and each later file; with the answers row by row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from components import session, work
from components.story import row_words
from components.wording import in_100, when

from sft_core.config import Roles
from sft_core.data.pictures.keeping import PICTURES
from sft_core.errors import SFTError
from sft_core.evaluation.predictions import Predictions, read_predictions
from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.workspace import RunFolder


@dataclass(frozen=True)
class Answered:
    """One set of answers of a run: `key` names it in fields and in the address, `own` means the run's own test."""

    key: str
    run: work.Run
    folder: Path
    title: str
    report: dict[str, Any]
    roles: Roles
    own: bool
    asked: float | None = None

    @property
    def words(self) -> tuple[str, str]:
        """How the task calls a row and rows."""
        return row_words(self.report.get("task"))

    @property
    def scored(self) -> bool:
        """Whether there are labels to judge by."""
        return self.report["metrics"]["test"]["accuracy"] is not None

    @property
    def confusion(self) -> dict[str, Any] | None:
        """Labels and matrix; None where nothing was judged."""
        found: dict[str, Any] = self.report.get("confusion") or {}
        return found if found.get("matrix") else None

    def predictions(self) -> Predictions | None:
        """The answers row by row, read once; None where the run came without them."""
        path = self.folder / "predictions.parquet"
        return _read(path) if path.is_file() else None

    def seen(self) -> list[int]:
        """Row numbers of a later file that the model has met while it was made."""
        return list((self.report.get("test_file") or {}).get("seen_rows") or [])

    @property
    def pictures(self) -> Path:
        """The folder with the stored pictures that its rows name."""
        return self.folder / PICTURES

    def inputs(self) -> list[str]:
        """The columns of the file that the model reads, in the words of that file."""
        theirs = (self.report.get("test_file") or {}).get("columns") or {}
        return [theirs.get(name) or name for name in self.roles.inputs()]

    def texts(self) -> list[str]:
        """Those of them that hold text, which can be read where they stand."""
        return [] if self.roles.image else self.inputs()


def own_test(run: work.Run) -> Answered | None:
    """The run on its own test rows; None before there is a report."""
    report = work.report(run.job.folder)
    if report is None:
        return None
    return Answered(f"own_{run.id}", run, run.job.folder, "Its own test", report, roles_of(run), True)


def later_files(run: work.Run) -> list[Answered]:
    """Finished tests on later files, the newest first."""
    found = []
    for job in reversed(jobs_of(run)):
        report = work.report(job.folder) if job.state == "finished" else None
        if report is not None:
            title = (work.read_if_there(job.folder / "about.json") or {}).get("name") or job.title or "A later file"
            found.append(Answered(job.id, run, job.folder, str(title), report, roles_of(run), False, job.submitted))
    return found


def jobs_of(run: work.Run) -> list[Job]:
    """All tests on later files, in the order in which they were asked for."""
    found = [job for job in store.list_jobs(session.workspace(), kinds=["evaluate"]) if _belongs(job, run)]
    return sorted(found, key=lambda job: job.submitted)


def roles_of(run: work.Run) -> Roles:
    """What the columns of the run's rows are for."""
    config = work.read_if_there(RunFolder(run.job.folder).config) or {}
    return Roles.model_validate(config.get("roles") or {})


def lines(known: Mapping[str, Answered]) -> dict[str, str]:
    """A line for each, for choosing; where several files bear the same name, with the time of the test.

    "March.csv · 84 in 100 · 20 min ago". What is still the same then is numbered, the newest first.
    """
    titles = Counter(one.title for one in known.values())
    shown = {
        key: line(one) + (f" · {when(one.asked)}" if titles[one.title] > 1 and one.asked else "")
        for key, one in known.items()
    }
    alike, met = Counter(shown.values()), Counter[str]()
    for key, said in shown.items():
        met[said] += 1
        if alike[said] > 1:
            shown[key] = f"{said} · {met[said]}"
    return shown


def line(answered: Answered) -> str:
    """ "March.csv · 84 in 100"."""
    accuracy = answered.report["metrics"]["test"]["accuracy"]
    score = f" · {in_100(accuracy)}" if accuracy is not None else " · no labels"
    return f"{answered.title}{score}"


def _belongs(job: Job, run: work.Run) -> bool:
    return job.parent == run.id or job.folder.is_relative_to(run.job.folder)


BY_KEY = {Answered: lambda one: one.key}  # `hash_funcs=answered.BY_KEY`: what was made of answers, which never change


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=work.FILES)
def _read(path: Path) -> Predictions | None:
    try:
        return read_predictions(path)
    except SFTError:
        return None
