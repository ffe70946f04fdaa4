"""Follow a job in the foreground: bars on a terminal, plain lines in a pipe; an interrupt means Stop."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from rich.console import Console
from rich.text import Text

from sft_core.cli.lines import event_line
from sft_core.errors import InputError, SFTError, Stopped
from sft_core.evaluation.wording import marked
from sft_core.jobs import store
from sft_core.jobs.rows import ACTIVE, FINAL
from sft_core.records import EVENTS, read_events, read_outcome
from sft_core.workspace import Workspace

POLL_SECONDS = 0.2
SECONDS_BETWEEN_LINES = 15.0  # in a pipe
EXIT_BAD_INPUT = 2


def follow(workspace: Workspace, job: store.Job, *, resume_hint: str = "", quiet: bool = False) -> store.Job:
    """Wait for the end of a job and show how it goes; the job as it ended.

    The lines go to stdout, or to stderr where stdout is wanted for the result alone (`quiet`): stderr is then left
    to errors. Raises Stopped where it was stopped, InputError where the input was no good, else SFTError.
    """
    with _stop_on_signal(workspace, job), _Screen(quiet) as screen:
        job = _watch(workspace, job, screen)
    if job.state == "stopped":
        raise Stopped("Stopped; what was done so far is kept.", resume_hint)
    if job.state != "finished":
        raise _failure(job, resume_hint)
    return job


def _failure(job: store.Job, resume_hint: str) -> SFTError:
    """Input that is no good stays so: its own hint helps, going on does not."""
    outcome = read_outcome(job.folder, job.attempt)
    if outcome is not None and outcome.exit == EXIT_BAD_INPUT:
        return InputError(outcome.message, outcome.hint)
    return SFTError(job.message or "The job did not finish.", resume_hint or job.hint)


class _Screen:
    """What is going on in one line that changes; in a pipe, where no line can change, a line now and then."""

    def __init__(self, quiet: bool) -> None:
        self._console = Console(stderr=quiet, highlight=False, soft_wrap=True)
        self._status = self._console.status("Waiting")
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._status.stop()

    def passing(self, line: str) -> None:
        """Show a line until the next one comes."""
        if self._console.is_terminal:
            self._status.update(Text(marked(line)))  # not markup: it may quote names that people gave
        elif time.monotonic() - self._said > SECONDS_BETWEEN_LINES:
            self.lasting(line)

    def lasting(self, line: str) -> None:
        """Show a line that stays."""
        self._console.print(marked(line), markup=False)
        self._said = time.monotonic()


def _watch(workspace: Workspace, job: store.Job, screen: _Screen) -> store.Job:
    offset, said_waiting = 0, False
    events_file = job.folder / EVENTS
    while True:
        store.ensure_supervisor(workspace)
        job = store.get(workspace, job.id)
        events, offset = read_events(events_file, offset)
        for event in events:
            if event.get("attempt") == job.attempt:
                _show(event, screen)
        if job.state == "queued" and not said_waiting:
            said_waiting = _say_waiting(workspace, job, screen)
        if job.state in FINAL and not events:
            return job
        time.sleep(POLL_SECONDS)


def _say_waiting(workspace: Workspace, job: store.Job, screen: _Screen) -> bool:
    ahead = [other for other in store.list_jobs(workspace, states=ACTIVE) if other.lane == job.lane]
    ahead = [other for other in ahead if other.id != job.id and other.submitted <= job.submitted]
    if ahead:
        screen.lasting(f"Waiting: {len(ahead)} before it in the queue.")
    return bool(ahead)


def _show(event: dict[str, Any], screen: _Screen) -> None:
    line, lasting = event_line(event)
    if line:
        (screen.lasting if lasting else screen.passing)(line)


@contextmanager
def _stop_on_signal(workspace: Workspace, job: store.Job) -> Iterator[None]:
    def wish(_signal: int, _frame: object) -> None:
        store.stop(workspace, job.id)

    before = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
