"""Make sure that a supervisor lives: cheap enough for every rerun of a page."""

import os
import subprocess
import sys
import time

from sft_core.jobs import locks
from sft_core.jobs.family import RUN_ID
from sft_core.jobs.identity import Identity, is_alive, read_identity
from sft_core.workspace import Workspace

SUPERVISOR, SUPERVISOR_LOCK, SUPERVISOR_LOG = "supervisor.json", "supervisor.lock", "supervisor.log"
_START_LOCK = "supervisor-start.lock"
_SECONDS_TO_START = 10.0


def living_supervisor(workspace: Workspace) -> Identity | None:
    """Who supervises this workspace now, None where nobody does."""
    identity = read_identity(workspace.root / SUPERVISOR)
    return identity if identity is not None and is_alive(identity) else None


def ensure_supervisor(workspace: Workspace) -> None:
    """Start the supervisor of this workspace where none lives; it outlives this process and leaves when idle."""
    if living_supervisor(workspace) is not None:
        return
    start_lock = locks.take(workspace.root / _START_LOCK)
    if start_lock is None:  # another page is starting it this moment
        return
    try:
        if living_supervisor(workspace) is None and not locks.is_held(workspace.root / SUPERVISOR_LOCK):
            _start(workspace)
            _wait_until_it_lives(workspace)
    finally:
        start_lock.release()


def _start(workspace: Workspace) -> None:
    # It leaves its parent by a fork of its own, so this waits only for its first moment and leaves no zombie.
    command = [sys.executable, "-P", "-m", "sft_core.jobs.supervisor", str(workspace.root), "--detach"]
    environment = {name: value for name, value in os.environ.items() if name != RUN_ID}
    with (workspace.root / SUPERVISOR_LOG).open("ab") as log:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=workspace.root,
            env=environment,
            check=False,
        )


def _wait_until_it_lives(workspace: Workspace) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while living_supervisor(workspace) is None and time.monotonic() < deadline:
        time.sleep(0.02)
