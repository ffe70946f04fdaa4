"""Make sure that a supervisor lives: cheap enough for every rerun of a page."""

import sys
import time

from sft_core.jobs.detaching import start_detached
from sft_core.jobs.identity import Identity, is_alive, read_identity
from sft_core.workspace import Workspace

SUPERVISOR, SUPERVISOR_LOCK, SUPERVISOR_LOG = "supervisor.json", "supervisor.lock", "supervisor.log"
_SECONDS_TO_SETTLE = 5.0
_COMMAND = (sys.executable, "-P", "-m", "sft_core.jobs.supervisor")


def living_supervisor(workspace: Workspace) -> Identity | None:
    """Who supervises this workspace now, None where nobody does."""
    identity = read_identity(workspace.root / SUPERVISOR)
    return identity if identity is not None and is_alive(identity) else None


def ensure_supervisor(workspace: Workspace) -> None:
    """Start the supervisor of this workspace where none lives; it outlives this process and leaves when idle.

    When this returns after a start, the states of jobs that died unwatched are true again.
    """
    if living_supervisor(workspace) is not None:
        return
    started = start_detached(
        [*_COMMAND, str(workspace.root), "--detach"],
        cwd=workspace.root,
        log=workspace.root / SUPERVISOR_LOG,
        lock=workspace.root / SUPERVISOR_LOCK,
    )
    deadline = time.monotonic() + _SECONDS_TO_SETTLE
    while started and living_supervisor(workspace) is None and time.monotonic() < deadline:
        time.sleep(0.02)
