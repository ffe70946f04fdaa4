"""Job folders: how one is written before its row, read again, and found.

`job.json` is all that a worker on any machine needs. A folder outside the workspace leaves a pointer inside it
(`jobs/<id>/elsewhere.json`), so that rebuilding the register finds it again.
"""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sft_core.errors import DataError, StateError
from sft_core.jobs.kinds import JobKind
from sft_core.records import JOB, SCHEMA_VERSION, publish, read_json, write_json
from sft_core.workspace import Workspace, checked_id

ABOUT, ELSEWHERE = "about.json", "elsewhere.json"
WAITED = "TUNEBOARD_WAITED"  # tells a worker for how many seconds its lane was another job's


@dataclass(frozen=True)
class Order:
    """What was asked (`job.json`). `attempt` is raised by each Resume.

    `began` is when the command that asks was started, where one was: it imports and checks before it asks.
    """

    id: str
    kind: str
    request: dict[str, Any]
    title: str = ""
    idem: str | None = None
    parent: str | None = None
    attempt: int = 1
    submitted: float = 0.0
    began: float | None = None

    @property
    def asked(self) -> float:
        """The moment from which on somebody waits for this attempt."""
        return self.submitted if self.began is None else min(self.began, self.submitted)


def default_folder(workspace: Workspace, job_id: str, kind: JobKind, parent: Path | None) -> Path:
    """Where the folder of a new job lies; an evaluation lies in the folder of its run."""
    if kind.place == "evaluations" and parent is not None:
        return parent / "evaluations" / checked_id(job_id)
    place = "jobs" if kind.place == "evaluations" else kind.place
    return workspace.root / place / checked_id(job_id)


def prepare_folder(final: Path, order: Order) -> Path:
    """Write a complete job folder aside, on the same disk as its final place; the folder aside."""
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = final.with_name(f".{final.name}.{secrets.token_hex(4)}.tmp")
    aside.mkdir(mode=0o700)
    write_order(aside, order)
    write_json(
        aside / ABOUT, {"schema_version": SCHEMA_VERSION, "name": order.title, "notes": "", "created": time.time()}
    )
    return aside


def publish_folder(workspace: Workspace, aside: Path, final: Path, job_id: str) -> None:
    """Give the folder its name. Raises StateError where something else lies there."""
    leave_pointer(workspace, final, job_id)
    try:
        publish(aside, final)
    except OSError as error:
        if not final.exists():
            raise
        shutil.rmtree(workspace.jobs / job_id, ignore_errors=True)
        raise StateError(
            f"The folder {final.name} is not empty.", "Choose a new folder, or resume the run that lies in it."
        ) from error


def leave_pointer(workspace: Workspace, folder: Path, job_id: str) -> None:
    """Note inside the workspace where a job folder outside lies."""
    if not folder.is_relative_to(workspace.root):
        pointer = workspace.jobs / checked_id(job_id) / ELSEWHERE
        write_json(pointer, {"schema_version": SCHEMA_VERSION, "folder": str(folder)})


def write_order(folder: Path, order: Order) -> None:
    """Write `job.json`."""
    write_json(folder / JOB, {"schema_version": SCHEMA_VERSION, **order.__dict__})


def read_order(folder: Path) -> Order:
    """Read `job.json`. Raises DataError where the folder holds no job."""
    try:
        value = read_json(folder / JOB)
        return Order(**{name: value[name] for name in Order.__dataclass_fields__ if name != "began" or name in value})
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError) as error:
        raise DataError(f"The folder {folder.name} holds no job.", "Choose the folder of a run.") from error


def job_folders(workspace: Workspace) -> Iterator[Path]:
    """All job folders that the workspace knows, each once."""
    for base in (workspace.runs, workspace.jobs, workspace.root / "studies"):
        for folder in _subfolders(base):
            home = _elsewhere(folder) or folder
            yield home
            yield from _subfolders(home / "evaluations")


def _subfolders(base: Path) -> list[Path]:
    if not base.is_dir():
        return []
    with os.scandir(base) as entries:
        return sorted(Path(entry) for entry in entries if entry.is_dir() and not entry.name.startswith("."))


def _elsewhere(folder: Path) -> Path | None:
    try:
        return Path(read_json(folder / ELSEWHERE)["folder"])
    except (OSError, DataError, KeyError, TypeError):
        return None
