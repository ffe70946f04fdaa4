"""What this visitor works on, read from the workspace: datasets, and runs with their scores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from components import session
from components.wording import in_100, plain

from sft_core.data.store import DatasetInfo, DatasetStore
from sft_core.errors import InputError, SFTError
from sft_core.jobs import store
from sft_core.jobs.folders import ABOUT, read_order
from sft_core.jobs.store import Job
from sft_core.records import read_json


@dataclass(frozen=True)
class Run:
    """A run as the lists show it. `score` is the accuracy on its test rows, with its interval."""

    job: Job
    name: str
    notes: str
    dataset: str | None
    preset: str
    score: float | None
    interval: tuple[float, float] | None

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def in_a_line(self) -> str:
        """For choosing among runs: "Messages · quick · 84 in 100"."""
        return f"{self.name} · {in_100(self.score)}" if self.score is not None else self.name


def datasets() -> DatasetStore:
    """The datasets of this workspace."""
    return DatasetStore(session.workspace())


def dataset() -> DatasetInfo | None:
    """The current dataset, else the newest; None where there is none, or a run or an address speaks of another."""
    chosen = session.dataset_id()
    if chosen:
        return next((info for info in datasets().list() if info.id == chosen), None)
    if st.session_state.get(session.LOST):
        return None
    return of_run(run()) if session.run_id() else next(iter(datasets().list()), None)


def of_run(run: "Run | None") -> DatasetInfo | None:
    """The dataset that a run has learnt from; None where that is not here."""
    return next((info for info in datasets().list() if run is not None and info.id == run.dataset), None)


def runs(dataset_id: str | None = None) -> list[Run]:
    """Runs of this workspace (of one dataset), the newest first."""
    found = [as_run(job) for job in store.list_jobs(session.workspace(), kinds=["train"])]
    return [run for run in reversed(found) if dataset_id is None or run.dataset == dataset_id]


def run() -> Run | None:
    """The current run: the one of the address, else the newest of the current dataset."""
    if chosen := session.run_id():
        return next((one for one in runs() if one.id == chosen), None)
    info = dataset()
    return next(iter(runs(info.id)), None) if info else None


def finished() -> list[Run]:
    """All runs that ended well, the newest first."""
    return [one for one in runs() if one.job.state == "finished"]


def forget_lost() -> bool:
    """Drop ids of the address that lead nowhere, so that no page shows something else in their place.

    Whether there was one, until something is chosen. A run stays current after its data was deleted.
    """
    lost, run_id, dataset_id = False, session.run_id(), session.dataset_id()
    if run_id and not _is_known(run_id):
        session.choose_run(None)
        lost = True
    if dataset_id and not session.run_id() and not session.workspace().dataset(dataset_id).is_dir():
        session.choose_dataset(None)
        lost = True
    if lost:
        st.session_state[session.LOST] = True
    return bool(st.session_state.get(session.LOST))


def _is_known(job_id: str) -> bool:
    try:
        store.get(session.workspace(), job_id)
    except InputError:
        return False
    return True


def as_run(job: Job) -> Run:
    """A job of kind train as a run, with what its folder says."""
    request = _request(str(job.folder))
    about = read_if_there(job.folder / ABOUT) or {}
    score, interval = _score(report(job.folder))
    preset = str(request.get("preset") or "")
    name = str(about.get("name") or job.title or preset or "Run")
    return Run(job, name, str(about.get("notes") or ""), request.get("dataset"), preset, score, interval)


def report(folder: Path) -> dict[str, Any] | None:
    """`report.json` of a run or an evaluation, None where there is none yet."""
    return read_if_there(folder / "report.json")


def read_if_there(path: Path) -> dict[str, Any] | None:
    """A JSON file of the workspace, read again only when it has changed."""
    return _read(path) if path.is_file() else None


def section_title() -> str:
    """The name of the current dataset, for the navigation, which reads it as Markdown."""
    info = dataset()
    return plain(info.name, 60) if info else "Your data"


@st.cache_data(max_entries=512, show_spinner=False)
def _request(folder: str) -> dict[str, Any]:
    try:
        return read_order(Path(folder)).request
    except SFTError:
        return {}


def _state(path: Path) -> tuple[str, int, int]:
    """What tells the states of a file apart; one that is not there has one of its own."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


FILES = {type(Path()): _state}  # `hash_funcs=work.FILES`: what was made of a file is made anew once it has changed


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=FILES)
def _read(path: Path) -> dict[str, Any] | None:
    try:
        value = read_json(path)
    except (SFTError, OSError):
        return None
    return value if isinstance(value, dict) else None


def _score(found: dict[str, Any] | None) -> tuple[float | None, tuple[float, float] | None]:
    if not found:
        return None, None
    accuracy = ((found.get("metrics") or {}).get("test") or {}).get("accuracy")
    interval = ((found.get("intervals") or {}).get("test") or {}).get("accuracy")
    return accuracy, (interval[0], interval[1]) if interval else None
