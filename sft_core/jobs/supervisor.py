"""The one process that starts, watches, stops and judges the jobs of a workspace.

`python -m sft_core.jobs.supervisor <workspace>`. It belongs to no browser and no server; when it dies, the workers go
on and the next supervisor finds them. A second one for the same workspace exits with code 3.
"""

import argparse
import ctypes
import logging
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from sft_core.errors import DiskFullError
from sft_core.jobs import locks, rows, store
from sft_core.jobs.detaching import leave_parent
from sft_core.jobs.folders import WAITED
from sft_core.jobs.identity import is_alive, own_identity, write_identity
from sft_core.jobs.kinds import Lane
from sft_core.jobs.launchers.registry import make_launcher
from sft_core.jobs.launchers.seam import Launcher
from sft_core.jobs.logs import cap_log
from sft_core.jobs.rows import Job
from sft_core.jobs.slots import NICENESS, gpu_ids, slot_environment, slots_of
from sft_core.jobs.starting import SUPERVISOR, SUPERVISOR_LOCK
from sft_core.jobs.verdicts import could_not_start
from sft_core.jobs.watch import Patience, Watch
from sft_core.records import RESULT, Outcome, read_outcome, write_outcome
from sft_core.workspace import Workspace, open_workspace

ALREADY_THERE = 3
_PR_SET_CHILD_SUBREAPER = 36
_log = logging.getLogger("tuneboard.supervisor")


class Supervisor:
    """Runs rounds: note what ended, adopt what is unknown, press what shall stop, start what waits."""

    def __init__(self, workspace: Workspace, launcher: Launcher, patience: Patience, gpus: Sequence[str] = ()) -> None:
        self._workspace = workspace
        self._launcher = launcher
        self._patience = patience
        self._slots = slots_of(gpus)
        self._watches: dict[str, Watch] = {}
        self._unclear_since: dict[str, float] = {}
        self._free_since: dict[str, float] = {}  # by slot
        self._begun = time.time()
        self._complaint = ""
        self.leaving = False

    def run(self, announce: Callable[[], None]) -> None:
        """Rounds until it is idle or asked to leave.

        `announce` is called once what an earlier supervisor left is judged, so that who waits for it sees true states.
        """
        begun = busy_at = time.monotonic()
        announced = False
        while not self.leaving and self._workspace.root.is_dir():
            busy = self._round_or_complain()
            now = time.monotonic()
            busy_at = now if busy else busy_at
            if not announced and (not self._verdict_is_due() or now - begun > self._patience.settle):
                announced = True
                announce()
            if now - busy_at > self._patience.idle:
                return
            time.sleep(self._patience.round if announced else self._patience.round / 4)

    def _round_or_complain(self) -> bool:
        try:
            self._workspace.keep_spare()
            busy = self.round()
            self._complaint = ""
            return busy
        except (sqlite3.Error, OSError, DiskFullError) as error:  # no room, a database in other hands: it may pass
            if str(error) != self._complaint:
                self._complaint = str(error)
                _log.exception("this round failed")
            return True

    def _verdict_is_due(self) -> bool:
        return any(watch.is_over for watch in self._watches.values())

    def leave(self, *_signal: object) -> None:
        """Leave after this round. Workers go on, and the next supervisor finds them."""
        self.leaving = True

    def round(self) -> bool:
        """One round; whether there is anything to do or to watch."""
        self._launcher.reap()
        active = self._active()
        for job in active:
            if job.state in rows.LIVING and job.id not in self._watches:
                self._adopt(job)
        for job in active:
            if job.id in self._watches:
                self._attend(self._watches[job.id], job)
        self._start_waiting([job for job in active if job.state == "queued" and job.id not in self._watches])
        return bool(active)

    def _active(self) -> list[Job]:
        with store.reading(self._workspace) as connection:
            condition, states = rows.among("state", rows.ACTIVE)
            return rows.select(connection, condition, states)

    def _adopt(self, job: Job) -> None:
        worker = self._launcher.adopt(job)
        if worker is None and self._may_still_begin(job):
            return
        self._unclear_since.pop(job.id, None)
        _log.info("job %s of an earlier supervisor: %s", job.id, "alive" if worker else "gone")
        self._watches[job.id] = Watch(job, worker, self._launcher, self._patience)

    def _may_still_begin(self, job: Job) -> bool:
        """Between its start and its lock a worker looks dead: it gets a moment."""
        if job.state != "starting" or (job.identity is not None and not is_alive(job.identity)):
            return False
        now = time.monotonic()
        return now - self._unclear_since.setdefault(job.id, now) < self._patience.start

    def _attend(self, watch: Watch, job: Job) -> None:
        outcome = watch.step(time.monotonic(), job.desired == "stop")
        if outcome is not None:
            self._end(job, outcome)
            return
        cap_log(job.folder)
        if job.desired == "stop":
            self._change(job, ["starting", "running"], state="stopping")
        elif job.state == "queued":  # the register was made anew before the worker had said who it is
            self._change(job, ["queued"], state="starting", slot=watch.job.slot)
        elif job.state == "starting" and (worker := watch.began()) is not None:
            self._change(job, ["starting"], state="running", **worker.__dict__)

    def _end(self, job: Job, outcome: Outcome) -> None:
        cap_log(job.folder)
        with suppress(OSError):  # the folder may be gone, the disk may be full: the row still tells
            if job.folder.is_dir() and read_outcome(job.folder, job.attempt) is None:
                write_outcome(job.folder, outcome)
        ended = outcome.ended or time.time()
        if job.slot is not None:
            self._free_since[job.slot] = ended
        words = {"message": outcome.message or "", "hint": outcome.hint or ""}
        self._change(job, rows.LIVING, state=outcome.state, ended=ended, slot=None, **words)
        self._watches.pop(job.id, None)
        _log.info("job %s %s %s", job.id, outcome.state, outcome.message)

    def _start_waiting(self, waiting: list[Job]) -> None:
        for lane, slots in self._slots.items():
            for slot in slots:
                if any(job.lane == lane for job in waiting) and slot not in self._busy(lane):
                    self._start_next(lane, slot)

    def _busy(self, lane: Lane) -> set[str]:
        with store.reading(self._workspace) as connection:
            condition, states = rows.among("state", rows.LIVING)
            living = rows.select(connection, f"lane = ? AND {condition}", [lane, *states])
        known = {job.slot for job in living if job.slot is not None}
        # jobs whose slot nobody knows any more (the register was made anew) take one each
        free = [slot for slot in self._slots[lane] if slot not in known]
        return known | set(free[: sum(job.slot is None for job in living)])

    def _start_next(self, lane: Lane, slot: str) -> None:
        busy = self._busy("train")
        with store.writing(self._workspace) as connection:
            job = rows.claim(connection, lane, slot, time.time())
        if job is None:
            return
        self._clear(job)
        environment = {"TUNEBOARD_HOME": str(self._workspace.root), "TUNEBOARD_SLOT": slot}
        environment[WAITED] = f"{self._waited(job, slot):.3f}"
        environment |= slot_environment(slot, self._slots["train"], busy)
        try:
            (job.folder / RESULT).unlink(missing_ok=True)  # of an earlier attempt
            worker = self._launcher.start(job, environment, NICENESS[lane])
        except OSError as error:
            self._end(job, could_not_start(job, error))
            return
        identity = worker.identity
        if identity is not None:
            job = replace(job, **identity.__dict__)
            self._change(job, ["starting"], **identity.__dict__)
        self._watches[job.id] = Watch(job, worker, self._launcher, self._patience)
        _log.info("job %s (%s) started in %s", job.id, job.kind, slot)

    def _waited(self, job: Job, slot: str) -> float:
        """Seconds in which this job could not start: another one was in its slot, or nobody supervised (machine off).

        A supervisor that is started for the job itself is there within ten seconds: they belong to the job.
        """
        could_start = self._free_since.get(slot, self._begun - 10)
        return max(0.0, could_start - job.submitted)

    def _clear(self, job: Job) -> None:
        """End what may be left of the job before it starts: two workers must never write into one folder."""
        deadline = time.monotonic() + self._patience.start
        while not self._launcher.sweep(job) and time.monotonic() < deadline:
            self._launcher.reap()
            time.sleep(0.02)

    def _change(self, job: Job, from_states: Sequence[rows.State], **values: object) -> None:
        with store.writing(self._workspace) as connection:
            rows.change(connection, job.id, from_states, **values)


def supervise(workspace: Workspace, launcher: Launcher, patience: Patience) -> int:
    """Supervise this workspace until there is nothing to do; 3 where another process does so already."""
    while True:
        lock = locks.take(workspace.root / SUPERVISOR_LOCK, seconds=1.0)
        if lock is None:
            return ALREADY_THERE
        supervisor = Supervisor(workspace, launcher, patience, gpu_ids())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, supervisor.leave)
        try:
            supervisor.run(partial(write_identity, workspace.root / SUPERVISOR, own_identity()))
        finally:
            (workspace.root / SUPERVISOR).unlink(missing_ok=True)
            lock.release()
        # A job that was submitted while this one was leaving saw a living supervisor: look once more.
        if supervisor.leaving or not workspace.root.is_dir() or not store.list_jobs(workspace, rows.ACTIVE):
            return 0


def become_subreaper() -> None:
    """Orphans among the descendants come to this process, which can end and reap them."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def main(arguments: Sequence[str] | None = None, launcher: Launcher | None = None) -> int:
    """The entry of the process; tests give a launcher of their own."""
    parser = argparse.ArgumentParser(prog="sft_core.jobs.supervisor", description="Supervise the jobs of a workspace.")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--detach", action="store_true", help="go on in the background")
    parser.add_argument("--stop-grace", type=float, default=Patience.stop, help="seconds to save the state on Stop")
    parser.add_argument("--exit-grace", type=float, default=Patience.exit, help="seconds to leave after the result")
    parser.add_argument("--idle", type=float, default=Patience.idle, help="seconds without work until it leaves")
    options = parser.parse_args(arguments)
    if options.detach:
        leave_parent()
    workspace = open_workspace(options.workspace)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    become_subreaper()
    chosen = launcher or make_launcher(workspace.settings().get("launcher", "local"))
    return supervise(workspace, chosen, Patience(options.stop_grace, options.exit_grace, idle=options.idle))


if __name__ == "__main__":
    sys.exit(main())
