"""Make sure that a supervisor lives: cheap enough for every rerun of a page."""

import sys

from sft_core.jobs.detaching import start_detached
from sft_core.jobs.identity import Identity, is_alive, read_identity
from sft_core.workspace import Workspace

SUPERVISOR, SUPERVISOR_LOCK, SUPERVISOR_LOG = "supervisor.json", "supervisor.lock", "supervisor.log"
_COMMAND = (sys.executable, "-P", "-m", "sft_core.jobs.supervisor")


def living_supervisor(workspace: Workspace) -> Identity | None:
    """Who supervises this workspace now, None where nobody does."""
    identity = read_identity(workspace.root / SUPERVISOR)
    return identity if identity is not None and is_alive(identity) else None


def ensure_supervisor(workspace: Workspace) -> None:
    """Start the supervisor of this workspace where none lives; it outlives this process and leaves when idle."""
    if living_supervisor(workspace) is None:
        start_detached(
            [*_COMMAND, str(workspace.root), "--detach"],
            cwd=workspace.root,
            log=workspace.root / SUPERVISOR_LOG,
            lock=workspace.root / SUPERVISOR_LOCK,
        )
