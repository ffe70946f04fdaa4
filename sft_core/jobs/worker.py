"""One attempt of one job: `python -m sft_core.jobs.worker <job folder>`.

It takes the folder's lock before anything heavy is imported, says who it is, does the work and writes `result.json`
last: that file means the end of the attempt, and how.
"""

import argparse
import faulthandler
import logging
import os
import secrets
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from sft_core.errors import DiskFullError, InputError, SFTError, Stopped, is_disk_full
from sft_core.jobs import locks
from sft_core.jobs.folders import WAITED, Order, read_order
from sft_core.jobs.identity import own_identity, write_identity
from sft_core.jobs.kinds import get_kind, load_handler
from sft_core.jobs.verdicts import NO_ROOM
from sft_core.records import EVENTS, LOCK, PROC, EventLog, Outcome, Work, write_outcome

ALREADY_THERE = 3
EXIT_STOPPED = 130
_log = logging.getLogger("tuneboard.worker")


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry of the process; its exit code: 0 finished, 2 bad input, 130 stopped, 28 disk full, 1 anything else."""
    parser = argparse.ArgumentParser(prog="sft_core.jobs.worker", description="Do the job of a job folder.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder.resolve()
    faulthandler.enable()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, _setter(stopping))
    lock = locks.take(folder / LOCK, seconds=1.0)
    if lock is None:
        _log.error("another worker holds the lock of this job")
        return ALREADY_THERE
    order = read_order(folder)
    slot = os.environ.get("TUNEBOARD_SLOT")
    write_identity(folder / PROC, own_identity(), attempt=order.attempt, slot=slot)
    outcome = attempt(folder, order, stopping)
    try:
        write_outcome(folder, outcome)
    except OSError as error:
        if not is_disk_full(error):
            raise
        _log.error("no room to write how it ended: %s", outcome.message)
        return NO_ROOM  # the supervisor knows what this means
    finally:
        lock.release()
    return outcome.exit or 0


def attempt(folder: Path, order: Order, stopping: threading.Event) -> Outcome:
    """Do the work once; how it ended, in words. The events tell the same story."""
    events = EventLog(folder / EVENTS, order.attempt)
    work = Work(folder, order.request, order.attempt, events, stopping.is_set)
    try:
        events.add("started", asked=round(order.asked + float(os.environ.get(WAITED, 0.0)), 3))
        if work.should_stop():
            raise Stopped("It was stopped before it began.")
        load_handler(get_kind(order.kind))(work)
        outcome = Outcome(order.attempt, "finished", exit=0)
    except Stopped as stop:
        outcome = Outcome(order.attempt, "stopped", stop.message or "It was stopped.", stop.hint, EXIT_STOPPED)
    except SFTError as error:
        _log.info("failed: %s", error, exc_info=True)
        code = 2 if isinstance(error, InputError) else 1
        outcome = Outcome(order.attempt, "failed", error.message, error.hint, code)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the one place where anything may arrive
        outcome = _unexpected(order.attempt, error)
    with suppress(OSError):  # a full disk must not hide how it ended
        words = {"message": outcome.message, "hint": outcome.hint} if outcome.message else {}
        events.add(outcome.state, **words)
    return outcome


def _unexpected(number: int, error: BaseException) -> Outcome:
    """A full disk and too little memory have words of their own; anything else gets an id that the log explains."""
    with suppress(OSError):  # the log may lie on a disk without room, too
        traceback.print_exception(error)
    if is_disk_full(error):
        full = DiskFullError()
        return Outcome(number, "failed", full.message, full.hint, 1)
    if isinstance(error, MemoryError):
        hint = "Close other programs, or choose a smaller model or, under All settings, less at once."
        return Outcome(number, "failed", "The memory of this machine does not suffice.", hint, 1)
    name = secrets.token_hex(4)
    _log.error("error %s: %s", name, type(error).__name__)
    message = f"Something went wrong that should not have (error {name})."
    return Outcome(
        number,
        "failed",
        message,
        "Try again; if it happens again, its log, at the end of its Details, says more under that id.",
        1,
    )


def _setter(stopping: threading.Event) -> "signal._HANDLER":
    def handle(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    return handle


if __name__ == "__main__":
    sys.exit(main())
