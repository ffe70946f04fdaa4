"""A launcher that does a job at once, in the process of the test, in place of a worker of its own.

For tests of what a command asks for and says: the same supervisor, the same job folder and the same attempt, without
the seconds that each new process needs to import its libraries.
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from sft_core.jobs.folders import read_order
from sft_core.jobs.rows import Job
from sft_core.jobs.supervisor import Supervisor
from sft_core.jobs.watch import Patience
from sft_core.jobs.worker import attempt
from sft_core.records import write_outcome
from sft_core.workspace import Workspace


class DoneWorker:
    """One that has ended."""

    identity = None

    def __init__(self, code: int) -> None:
        self._code = code

    def ended(self) -> bool:
        return True

    def exit_code(self) -> int:
        return self._code

    def ask_to_stop(self) -> None:
        """It has ended."""

    def kill(self) -> bool:
        return True


class LauncherHere:
    """Whoever starts a job gets it back done."""

    def start(self, job: Job, environment: Mapping[str, str], niceness: int) -> DoneWorker:
        outcome = attempt(job.folder, read_order(job.folder), threading.Event())
        write_outcome(job.folder, outcome)
        return DoneWorker(outcome.exit or 0)

    def adopt(self, job: Job) -> None:
        return None

    def sweep(self, job: Job) -> bool:
        return True

    def reap(self) -> None:
        """No process is there to be waited for."""


def supervise_here() -> Callable[[Workspace], None]:
    """What stands in for `ensure_supervisor`: one round of a workspace's supervisor, in this process."""
    known: dict[Path, Supervisor] = {}

    def supervise(workspace: Workspace) -> None:
        fresh = Supervisor(workspace, LauncherHere(), Patience(stop=0, start=0))
        known.setdefault(workspace.root, fresh).round()

    return supervise
