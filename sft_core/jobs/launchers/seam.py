"""The seam at which workers are started: local processes by default, a cluster engine in their place.

All that a worker needs is in the job folder, so a launcher only has to run `python -m sft_core.jobs.worker <folder>`
somewhere and to say what became of it.
"""

from collections.abc import Mapping
from typing import Protocol

from sft_core.jobs.identity import Identity
from sft_core.jobs.rows import Job


class Started(Protocol):
    """A worker that was started, or found again by a new supervisor."""

    @property
    def identity(self) -> Identity | None:
        """Who it is, where it is a process of this machine."""

    def ended(self) -> bool:
        """Whether its main process is gone."""

    def exit_code(self) -> int | None:
        """Its exit code, minus the signal that ended it, None where nobody could see it."""

    def ask_to_stop(self) -> None:
        """Ask it to save its state and to leave."""

    def kill(self) -> bool:
        """End all that is left of it at once; whether nothing is left. Called again until it is."""


class Launcher(Protocol):
    """Starts workers and finds them again."""

    def start(self, job: Job, environment: Mapping[str, str], niceness: int) -> Started:
        """Start the worker of a job. Raises OSError where that fails."""

    def adopt(self, job: Job) -> Started | None:
        """The worker of a job that an earlier supervisor started, None where it does not live."""

    def sweep(self, job: Job) -> bool:
        """End what is left of a job without a worker; whether nothing is left."""

    def reap(self) -> None:
        """Take note of what ended since the last call."""
