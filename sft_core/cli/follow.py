"""Follow a job in the foreground: bars on a terminal, plain lines in a pipe; an interrupt means Stop."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from sft_core.cli.lines import event_line
from sft_core.errors import SFTError, Stopped
from sft_core.jobs import store
from sft_core.jobs.rows import ACTIVE, FINAL
from sft_core.records import EVENTS, read_events
from sft_core.workspace import Workspace

POLL_SECONDS = 0.2


def follow(workspace: Workspace, job: store.Job, *, resume_hint: str = "") -> store.Job:
    """Wait for the end of a job and show how it goes on stderr; the job as it ended.

    Raises Stopped where it was stopped, SFTError with the reason where it failed or was lost.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with _stop_on_signal(workspace, job), console.status("Waiting") as status:
        job = _watch(workspace, job, console, status)
    if job.state == "stopped":
        raise Stopped("Stopped; what was done so far is kept.", resume_hint)
    if job.state != "finished":
        raise SFTError(job.message or "The job did not finish.", resume_hint or job.hint)
    return job


def _watch(workspace: Workspace, job: store.Job, console: Console, status: Any) -> store.Job:
    offset, said_waiting = 0, False
    events_file = job.folder / EVENTS
    while True:
        store.ensure_supervisor(workspace)
        job = store.get(workspace, job.id)
        events, offset = read_events(events_file, offset)
        for event in events:
            _show(event, job.attempt, console, status)
        if job.state == "queued" and not said_waiting:
            said_waiting = _say_waiting(workspace, job, console)
        if job.state in FINAL and not events:
            return job
        time.sleep(POLL_SECONDS)


def _say_waiting(workspace: Workspace, job: store.Job, console: Console) -> bool:
    ahead = [other for other in store.list_jobs(workspace, states=ACTIVE) if other.lane == job.lane]
    ahead = [other for other in ahead if other.id != job.id and other.submitted <= job.submitted]
    if ahead:
        console.print(f"Waiting: {len(ahead)} before it in the queue.")
    return bool(ahead)


def _show(event: dict[str, Any], attempt: int, console: Console, status: Any) -> None:
    if event.get("attempt") != attempt:
        return
    line, lasting = event_line(event)
    if not line:
        return
    if lasting or not sys.stderr.isatty():
        if lasting:
            console.print(line, markup=False)
    else:
        status.update(line)


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
