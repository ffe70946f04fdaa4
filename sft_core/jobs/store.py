"""Jobs as pages and the command line see them: submit, look, stop, resume, throw away. Nothing here starts a worker.

Only the supervisor writes states of living jobs; here are written the wish (`desired`) and the states of jobs that no
process works on.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sft_core.errors import InputError, StateError
from sft_core.jobs import rows
from sft_core.jobs.folders import (
    ABOUT,
    Order,
    default_folder,
    prepare_folder,
    publish_folder,
    read_order,
    write_order,
)
from sft_core.jobs.kinds import JobKind, get_kind
from sft_core.jobs.moving import remove_pointer, take_in, throw_away
from sft_core.jobs.rebuilding import from_folder, is_filled, rebuild, set_aside_if_damaged
from sft_core.jobs.rows import Job, State
from sft_core.jobs.starting import ensure_supervisor
from sft_core.records import JOB, Outcome, read_json, write_json, write_outcome
from sft_core.workspace import Workspace, at_once, new_id

__all__ = [
    "Job",
    "State",
    "delete",
    "delete_for_good",
    "ensure_register",
    "ensure_supervisor",
    "find",
    "get",
    "list_jobs",
    "rebuild",
    "rename",
    "restore",
    "resume",
    "set_notes",
    "stop",
    "stop_all",
    "submit",
]


def submit(
    workspace: Workspace,
    kind: str,
    request: dict[str, Any],
    *,
    title: str = "",
    folder: Path | None = None,
    idem: str | None = None,
    parent: str | None = None,
    began: float | None = None,
) -> Job:
    """Ask for a job: its complete folder first, then its row. The same `idem` again gives the same job.

    `folder` (absolute, absent or empty) may lie outside the workspace; `parent` is the id of the run that an
    evaluation belongs to, `began` when the command was started that asks for it. Raises InputError for an unknown
    kind, StateError for a folder that is not empty.
    """
    job_kind = get_kind(kind)
    order = Order(new_id(), kind, request, title, idem, parent, submitted=time.time(), began=began)
    final = _final_folder(workspace, order, job_kind, folder)
    if idem is not None and (known := _with_idem(workspace, idem)) is not None:
        return known
    aside = prepare_folder(final, order)
    try:
        with writing(workspace) as connection:
            if idem is not None and (taken := rows.select(connection, "idem = ?", [idem])):
                return taken[0]
            publish_folder(workspace, aside, final, order.id)
            job = from_folder(final)
            rows.insert(connection, job)
            return job
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def get(workspace: Workspace, job_id: str) -> Job:
    """The job of this id. Raises InputError."""
    with reading(workspace) as connection:
        return _one(connection, job_id)


def find(workspace: Workspace, folder: Path) -> Job | None:
    """The job of this folder, None where it holds none; one that was made elsewhere, moved or copied is added."""
    place = folder.expanduser().resolve()
    with reading(workspace) as connection:
        known = rows.select(connection, "folder = ?", [str(place)])
    if known or not (place / JOB).is_file():
        return known[0] if known else None
    with writing(workspace) as connection:
        return take_in(workspace, connection, place)


def list_jobs(
    workspace: Workspace,
    states: Iterable[State] | None = None,
    kinds: Iterable[str] | None = None,
    *,
    parent: str | None = None,
) -> list[Job]:
    """Jobs in the order in which they were submitted, of all states and kinds unless some are named."""
    conditions: list[str] = ["1"]
    values: list[str] = []
    for column, chosen in (("state", states), ("kind", kinds)):
        if chosen is not None:
            condition, these = rows.among(column, chosen)
            conditions.append(condition)
            values += these
    if parent is not None:
        conditions.append("parent = ?")
        values.append(parent)
    with reading(workspace) as connection:
        return rows.select(connection, " AND ".join(conditions), values)


def stop(workspace: Workspace, job_id: str) -> Job:
    """Wish a job to stop: a waiting one is stopped at once, a living one saves its state first. Ended ones stay."""
    with writing(workspace) as connection:
        job = _one(connection, job_id)
        if job.state == "queued":
            outcome = Outcome(job.attempt, "stopped", "It was stopped before it began.", exit=130, ended=time.time())
            if job.folder.is_dir():
                write_outcome(job.folder, outcome)
            rows.change(
                connection,
                job_id,
                ["queued"],
                state="stopped",
                desired="stop",
                message=outcome.message,
                ended=outcome.ended,
            )
        else:
            rows.change(connection, job_id, rows.LIVING, desired="stop")
        return _one(connection, job_id)


def stop_all(workspace: Workspace) -> list[Job]:
    """Wish all waiting and living jobs to stop; these jobs."""
    return [stop(workspace, job.id) for job in list_jobs(workspace, rows.ACTIVE)]


def resume(workspace: Workspace, job_id: str, *, began: float | None = None) -> Job:
    """Put a stopped, failed or lost job back into the queue as its next attempt. A job at work is left as it is.

    `began` is as for `submit`. Raises StateError where there is nothing to resume.
    """
    with writing(workspace) as connection:
        job = _one(connection, job_id)
        if job.active:
            return job
        if job.state == "finished" or not get_kind(job.kind).resumable:
            raise StateError("This job has ended and cannot be resumed.", "Start a new one with the same settings.")
        order = replace(read_order(job.folder), attempt=job.attempt + 1, submitted=time.time(), began=began)
        write_order(job.folder, order)
        rows.change(
            connection,
            job_id,
            rows.RESUMABLE,
            **{"state": "queued", "desired": "run", "attempt": order.attempt, "submitted": order.submitted},
            **{"message": "", "hint": "", "slot": None, "boot_id": None, "pid": None, "ticks": None},
            **{"started": None, "ended": None},
        )
        return _one(connection, job_id)


def rename(workspace: Workspace, job_id: str, title: str) -> Job:
    """Give a job another name: names are labels, the id stays."""
    with writing(workspace) as connection:
        job = _one(connection, job_id)
        write_order(job.folder, replace(read_order(job.folder), title=title))
        _change_about(job.folder, name=title)
        connection.execute("UPDATE jobs SET title = ? WHERE id = ?", (title, job_id))
        return _one(connection, job_id)


def set_notes(workspace: Workspace, job_id: str, notes: str) -> None:
    """Write notes to a job (`about.json` of its folder)."""
    _change_about(get(workspace, job_id).folder, notes=notes)


def delete(workspace: Workspace, job_id: str) -> Path | None:
    """Move an ended job to the trash, with what lies in its folder; where it went.

    A run outside the workspace is only forgotten (None). Raises StateError for a job that has not ended.
    """
    with writing(workspace) as connection:
        job = _one(connection, job_id)
        inside = [other for other in rows.select(connection) if other.folder.is_relative_to(job.folder)]
        if any(other.active for other in inside):
            raise StateError("This is still at work.", "Stop it first, then delete it.")
        thrown = throw_away(workspace, job)
        for other in inside:
            remove_pointer(workspace, other)
            connection.execute("DELETE FROM jobs WHERE id = ?", (other.id,))
        return thrown


def restore(workspace: Workspace, thrown: Path) -> Job:
    """Bring a deleted job back from the trash, with its evaluations; for an evaluation its run must be there."""
    order = read_order(thrown)
    was = None
    if order.parent is not None and get_kind(order.kind).place == "evaluations":
        was = default_folder(workspace, order.id, get_kind(order.kind), get(workspace, order.parent).folder)
    workspace.put_back(thrown, was=was)
    rebuild(workspace)
    return get(workspace, order.id)


def delete_for_good(workspace: Workspace, thrown: Path) -> None:
    """Delete a job that lies in the trash; the room on the disk is free afterwards."""
    if thrown.resolve().parent != workspace.trash:
        raise StateError("Only what lies in the trash can be deleted for good.", "Delete it first.")
    workspace.empty_trash(thrown)


@contextmanager
def reading(workspace: Workspace) -> Iterator[sqlite3.Connection]:
    """A short look at the register, which is made anew first where it was deleted, emptied or damaged."""
    with ExitStack() as until_the_end:
        connection = _whole(workspace, until_the_end)
        if connection is None:
            rebuild(workspace)
            connection = until_the_end.enter_context(workspace.connect())
        yield connection


@contextmanager
def writing(workspace: Workspace) -> Iterator[sqlite3.Connection]:
    """A transaction on the register, which is made anew first where it was deleted, emptied or damaged."""
    with reading(workspace) as connection, at_once(connection):
        yield connection


def ensure_register(workspace: Workspace) -> None:
    """Make the register anew where it was deleted, emptied or damaged: cheap enough for every rerun of a page."""
    with reading(workspace):
        pass


def _whole(workspace: Workspace, until_the_end: ExitStack) -> sqlite3.Connection | None:
    """A connection to the register, open as long as that stack; None where the register has to be made anew.

    It serves the check and what comes after: opening and closing the register is most of a look at it.
    """
    try:
        with ExitStack() as tried:
            if workspace.database.exists():
                connection = tried.enter_context(workspace.connect())
                if is_filled(connection):
                    connection.execute("SELECT 1 FROM jobs LIMIT 1")
                    until_the_end.enter_context(tried.pop_all())
                    return connection
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
    except sqlite3.DatabaseError:
        set_aside_if_damaged(workspace)
    return None


def _final_folder(workspace: Workspace, order: Order, kind: JobKind, folder: Path | None) -> Path:
    if folder is not None:
        final = folder.expanduser().resolve()
        if (final / JOB).exists() and (order.idem is None or read_order(final).idem != order.idem):
            raise StateError(
                f"There is already a job in the folder {final.name}.", "Resume it, or choose a new folder."
            )
        return final
    home = get(workspace, order.parent).folder if order.parent and kind.place == "evaluations" else None
    return default_folder(workspace, order.id, kind, home)


def _with_idem(workspace: Workspace, idem: str) -> Job | None:
    with reading(workspace) as connection:
        known = rows.select(connection, "idem = ?", [idem])
    return known[0] if known else None


def _one(connection: sqlite3.Connection, job_id: str) -> Job:
    found = rows.select(connection, "id = ?", [job_id])
    if not found:
        raise InputError("There is no such job any more.", "Go back to Home and choose again.")
    return found[0]


def _change_about(folder: Path, **values: str) -> None:
    path = folder / ABOUT
    about = read_json(path) if path.exists() else {"name": "", "notes": "", "created": time.time()}
    write_json(path, {**about, **values})
