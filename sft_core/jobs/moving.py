"""Job folders that move: to the trash and back, or here from another place."""

import shutil
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

from sft_core.errors import StateError
from sft_core.jobs import locks, rows
from sft_core.jobs.folders import leave_pointer, read_order, write_order
from sft_core.jobs.kinds import get_kind
from sft_core.jobs.rebuilding import from_folder
from sft_core.jobs.rows import Job
from sft_core.records import LOCK, PROC, Outcome, read_outcome, write_outcome
from sft_core.workspace import Workspace, new_id


def throw_away(workspace: Workspace, job: Job) -> Path | None:
    """Move the folder of a job to the trash; None for a run outside the workspace, which stays where it is."""
    if not job.folder.is_dir():
        return None
    if job.folder.is_relative_to(workspace.root):
        return workspace.throw_away(job.folder)
    if get_kind(job.kind).place != "evaluations":
        return None
    target = workspace.trash / f"{int(time.time() * 1000)}-evaluations-{job.folder.name}"
    return Path(shutil.move(job.folder, target))


def put_back(workspace: Workspace, thrown: Path, parent: Path | None) -> Path:
    """Move a folder from the trash to where it was; `parent` is the folder of the run that an evaluation belongs to."""
    if parent is None:
        return workspace.put_back(thrown)
    target = parent / "evaluations" / thrown.name.split("-", 2)[2]
    if target.exists():
        raise StateError("There is already something in its old place.", "Rename or delete that first.")
    target.parent.mkdir(exist_ok=True, mode=0o700)
    return Path(shutil.move(thrown, target))


def take_in(workspace: Workspace, connection: sqlite3.Connection, place: Path) -> Job:
    """Register a job folder that was made elsewhere, moved or copied. A copy of a known one gets an id of its own.

    What never ended there is lost and can be resumed: nothing starts by itself because somebody copied a folder.
    """
    order = replace(read_order(place), idem=None)
    known = rows.select(connection, "id = ?", [order.id])
    if known and known[0].folder.is_dir():
        order = replace(order, id=new_id())
    elif known:
        connection.execute("DELETE FROM jobs WHERE id = ?", (order.id,))
    write_order(place, order)
    if not locks.is_held(place / LOCK):
        # it may name a worker that still works on the original
        (place / PROC).unlink(missing_ok=True)
        if read_outcome(place, order.attempt) is None:
            message = "This was copied from another place before it had ended."
            hint = "Resume goes on from what is there."
            write_outcome(place, Outcome(order.attempt, "lost", message, hint, 1))
    leave_pointer(workspace, place, order.id)
    job = from_folder(place)
    rows.insert(connection, job)
    return job


def remove_pointer(workspace: Workspace, job: Job) -> None:
    """Forget where a folder outside the workspace lies."""
    pointer = workspace.jobs / job.id
    if job.folder != pointer:
        shutil.rmtree(pointer, ignore_errors=True)
