"""Job folders that move: to the trash, or here from another place."""

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

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
    inside, part_of_run = job.folder.is_relative_to(workspace.root), get_kind(job.kind).place == "evaluations"
    return workspace.throw_away(job.folder, outside=part_of_run) if inside or part_of_run else None


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
