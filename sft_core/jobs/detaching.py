"""Start a process that belongs to nobody: it outlives this one, and no zombie of it stays behind."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sft_core.jobs import locks
from sft_core.jobs.family import RUN_ID

_SECONDS_TO_START = 10.0
_LOG_CAP = 1 << 20


def start_detached(
    command: Sequence[str], *, cwd: Path, log: Path, lock: Path, usual: Mapping[str, str] | None = None
) -> bool:
    """Run a command that calls `leave_parent` at once and then takes `lock`, unless that is held or being started.

    `usual` is added to its environment where that does not say otherwise.

    Returns when the lock is held, or after ten seconds: the log then says why not. Whether it was this call's doing.
    """
    starting = locks.take(lock.with_name(f"{lock.stem}-start.lock"))
    if starting is None:  # somebody else is starting it this moment
        return False
    try:
        if locks.is_held(lock):
            return False
        # not part of the job that may have asked for it: it would be swept with that job
        environment = {**(usual or {}), **{name: value for name, value in os.environ.items() if name != RUN_ID}}
        with log.open("wb" if log.exists() and log.stat().st_size > _LOG_CAP else "ab") as output:
            subprocess.run(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=cwd,
                env=environment,
                check=False,
            )
        _wait_until_held(lock)
        return True
    finally:
        starting.release()


def leave_parent() -> None:
    """Go on as a child that belongs to nobody; the parent ends here. Call it before there are threads or locks."""
    if os.fork() > 0:
        os._exit(0)


def _wait_until_held(lock: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while not locks.is_held(lock) and time.monotonic() < deadline:
        time.sleep(0.02)
