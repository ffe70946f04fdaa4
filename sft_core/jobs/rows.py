"""The rows of the register `app.db` that stand for jobs: reading them, and changing a state only from a known one."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from sft_core.jobs.identity import Identity

State = Literal["queued", "starting", "running", "stopping", "finished", "stopped", "failed", "lost"]

LIVING: tuple[State, ...] = ("starting", "running", "stopping")
ACTIVE: tuple[State, ...] = ("queued", *LIVING)
RESUMABLE: tuple[State, ...] = ("stopped", "failed", "lost")
FINAL: tuple[State, ...] = ("finished", *RESUMABLE)


@dataclass(frozen=True)
class Job:
    """One row of the register, as it was when it was read. Times are seconds since the epoch."""

    id: str
    kind: str
    lane: str
    title: str
    folder: Path
    idem: str | None
    desired: Literal["run", "stop"]
    state: State
    message: str
    hint: str
    attempt: int
    slot: str | None
    boot_id: str | None
    pid: int | None
    ticks: int | None
    parent: str | None
    submitted: float
    started: float | None
    ended: float | None

    @property
    def active(self) -> bool:
        """Waiting or at work."""
        return self.state in ACTIVE

    @property
    def identity(self) -> Identity | None:
        """Who its worker is, as far as the supervisor has seen."""
        if self.boot_id is None or self.pid is None or self.ticks is None:
            return None
        return Identity(self.boot_id, self.pid, self.ticks)


COLUMNS = tuple(field.name for field in fields(Job))


def as_job(row: sqlite3.Row) -> Job:
    """A row of the table `jobs` as a Job."""
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    return Job(**{**values, "folder": Path(values["folder"])})


def insert(connection: sqlite3.Connection, job: Job) -> bool:
    """Add a row; False where a row with its id or its idempotency key is there already."""
    values = [str(job.folder) if name == "folder" else getattr(job, name) for name in COLUMNS]
    marks = ", ".join("?" * len(COLUMNS))
    sql = f"INSERT INTO jobs ({', '.join(COLUMNS)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    return connection.execute(sql, values).rowcount == 1


def select(connection: sqlite3.Connection, where: str = "1", values: Iterable[Any] = ()) -> list[Job]:
    """The jobs for which `where` (SQL of ours, never of a user) holds, first come first."""
    sql = f"SELECT * FROM jobs WHERE {where} ORDER BY submitted, rowid"
    return [as_job(row) for row in connection.execute(sql, tuple(values))]


def among(column: str, values: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """SQL and values for "column is one of these"."""
    chosen = tuple(values)
    return f"{column} IN ({', '.join('?' * len(chosen))})", chosen


def change(connection: sqlite3.Connection, job_id: str, from_states: Iterable[State], **values: Any) -> bool:
    """Compare and set: change the row only where its state is still one of `from_states`; whether it was."""
    condition, states = among("state", from_states)
    assignments = ", ".join(f"{name} = ?" for name in values)
    sql = f"UPDATE jobs SET {assignments} WHERE id = ? AND {condition}"
    return connection.execute(sql, (*values.values(), job_id, *states)).rowcount == 1


def claim(connection: sqlite3.Connection, lane: str, slot: str, now: float) -> Job | None:
    """Take the job that has waited longest in this lane; it is `starting` from now on, in this slot."""
    sql = """
        UPDATE jobs SET state = 'starting', slot = ?, started = ?, ended = NULL, message = '', hint = '',
                        boot_id = NULL, pid = NULL, ticks = NULL
        WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND desired = 'run' AND lane = ?
                    ORDER BY submitted, rowid LIMIT 1)
        RETURNING *
    """
    row = connection.execute(sql, (slot, now, lane)).fetchone()
    return None if row is None else as_job(row)
