"""A workspace with real supervisors, and the means to kill what works in it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sft_core.jobs import store
from sft_core.jobs.family import kill_all, members
from sft_core.jobs.identity import is_alive, read_identity
from sft_core.jobs.rows import Job
from sft_core.jobs.starting import living_supervisor
from sft_core.records import EVENTS, PROC, read_events
from sft_core.workspace import Workspace

SUPERVISOR = Path(__file__).with_name("fault_supervisor.py")
Condition = Callable[[], bool]


def wait_for(condition: Condition, seconds: float = 20.0) -> float:
    """Wait until it holds; how long that took."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            pytest.fail(f"this did not come true within {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - begun


class House:
    """A workspace and the supervisors that were started in it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.supervisors: list[subprocess.Popen[bytes]] = []

    def supervise(self, *options: str, stop_grace: float = 20.0) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SUPERVISOR), str(self.workspace.root), "--stop-grace", str(stop_grace), *options]
        log = (self.workspace.root / "test-supervisor.log").open("ab")
        with log:
            child = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.supervisors.append(child)
        return child

    def kill_supervisor(self) -> None:
        child = self.supervisors[-1]
        child.kill()
        child.wait()

    def submit(self, kind: str, **request: object) -> Job:
        return store.submit(self.workspace, kind, request)

    def get(self, job: Job) -> Job:
        return store.get(self.workspace, job.id)

    def wait_for_state(self, job: Job, *states: str, seconds: float = 20.0) -> Job:
        wait_for(lambda: self.get(job).state in states, seconds)
        return self.get(job)

    def wait_for_event(self, job: Job, kind: str, count: int = 1) -> None:
        wait_for(lambda: len(self.events(job, kind)) >= count)

    def events(self, job: Job, kind: str) -> list[dict[str, object]]:
        return [event for event in read_events(job.folder / EVENTS)[0] if event["kind"] == kind]

    def family(self, job: Job) -> list[int]:
        return [identity.pid for identity in members(job.id, self.get(job).identity)]

    def kill_worker(self, job: Job) -> None:
        identity = read_identity(job.folder / PROC)
        os.kill(identity.pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(identity))

    def clear(self) -> None:
        for child in self.supervisors:
            if child.poll() is None:
                child.kill()
            child.wait()
        other = living_supervisor(self.workspace)
        if other is not None:
            kill_all([other])
            wait_for(lambda: not is_alive(other))
        for job in store.list_jobs(self.workspace):
            kill_all(members(job.id, job.identity))
