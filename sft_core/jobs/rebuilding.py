"""The register made anew from the job folders: they are the truth, `app.db` only finds them fast."""

import logging
import sqlite3
import time
from pathlib import Path
from typing import Literal

from sft_core.errors import DataError, InputError
from sft_core.jobs import locks
from sft_core.jobs.folders import Order, job_folders, read_order
from sft_core.jobs.identity import Identity, is_alive, worker_identity
from sft_core.jobs.kinds import get_kind
from sft_core.jobs.rows import Job, State, insert
from sft_core.records import LOCK, PROC, Outcome, read_json, read_outcome
from sft_core.workspace import Workspace, open_workspace

# Stands in the database's header once the jobs were put in: a new or emptied database lacks it and is filled at once.
_FILLED = 0x54554E45
_log = logging.getLogger("tuneboard.rebuilding")


def is_filled(connection: sqlite3.Connection) -> bool:
    """Whether the jobs of this workspace stand in this database."""
    return int(connection.execute("PRAGMA application_id").fetchone()[0]) == _FILLED


def rebuild(workspace: Workspace) -> int:
    """Add a row for each job folder that has none; rows that are there stay. How many were added."""
    open_workspace(workspace.root)
    jobs = _found(workspace)
    with workspace.writing() as connection:
        made = sum(insert(connection, job) for job in sorted(jobs, key=lambda job: job.submitted))
        connection.execute(f"PRAGMA application_id = {_FILLED}")
    return made


def set_aside_if_damaged(workspace: Workspace) -> Path | None:
    """Move a database aside that SQLite cannot read, so that it is made anew; where it went."""
    try:
        with workspace.connect() as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok":
                return None
    except sqlite3.OperationalError:  # busy or no disk: not damage
        return None
    except sqlite3.DatabaseError:
        pass
    aside = workspace.database.with_name(f"app.db.damaged-{int(time.time())}")
    workspace.database.rename(aside)
    for suffix in ("-wal", "-shm"):
        workspace.database.with_name(f"app.db{suffix}").unlink(missing_ok=True)
    return aside


def from_folder(folder: Path) -> Job:
    """The row that a job folder stands for. Raises DataError or InputError where it is none."""
    order = read_order(folder)
    outcome = read_outcome(folder, order.attempt)
    worker = worker_identity(folder, order.attempt)
    state = _state(folder, outcome, worker)
    return Job(
        id=order.id,
        kind=order.kind,
        lane=get_kind(order.kind).lane,
        title=order.title,
        folder=folder,
        idem=order.idem,
        desired=_desired(outcome),
        state=state,
        message=(outcome.message or "") if outcome else "",
        hint=(outcome.hint or "") if outcome else "",
        attempt=order.attempt,
        slot=_slot(folder) if worker else None,
        boot_id=worker.boot_id if worker else None,
        pid=worker.pid if worker else None,
        ticks=worker.ticks if worker else None,
        parent=order.parent,
        submitted=order.submitted,
        started=_modified(folder, order) if worker else None,
        ended=outcome.ended if outcome else None,
    )


def _state(folder: Path, outcome: Outcome | None, worker: Identity | None) -> State:
    if outcome is not None:
        return outcome.state
    if worker is None:
        return "starting" if locks.is_held(folder / LOCK) else "queued"
    # without a living worker the supervisor finds it on its next round, sweeps and writes the verdict
    return "running" if is_alive(worker) and locks.is_held(folder / LOCK) else "starting"


def _desired(outcome: Outcome | None) -> Literal["run", "stop"]:
    return "stop" if outcome is not None and outcome.state == "stopped" else "run"


def _modified(folder: Path, order: Order) -> float:
    proc = folder / PROC
    return proc.stat().st_mtime if proc.exists() else order.submitted


def _slot(folder: Path) -> str | None:
    slot = read_json(folder / PROC).get("slot")
    return slot if isinstance(slot, str) else None


def _found(workspace: Workspace) -> list[Job]:
    jobs = []
    for folder in job_folders(workspace):
        try:
            jobs.append(from_folder(folder))
        except (DataError, InputError, OSError) as error:
            _log.warning("the folder %s holds no job that can be read: %s", folder, error)
    return jobs
