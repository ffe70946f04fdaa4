"""How an attempt ended, in words: its own result where it left one, else what its end looked like."""

import errno
import signal
import time

from sft_core.errors import DiskFullError
from sft_core.jobs.identity import boot_id
from sft_core.jobs.kinds import KINDS
from sft_core.jobs.rows import Job
from sft_core.records import Outcome, read_outcome

NO_ROOM = errno.ENOSPC  # exit code of a worker for which the disk was too full even to say how it ended
_SIGNALS = {
    signal.SIGKILL: "probably because memory ran out",
    signal.SIGSEGV: "by a crash inside a library",
    signal.SIGBUS: "by a crash inside a library or a full disk",
    signal.SIGABRT: "for a library gave up",
    signal.SIGILL: "by a library that does not fit this processor",
    signal.SIGTERM: "from outside",
}
_MEMORY_HINT = "Close other programs, or choose a smaller model or, under All settings, less at once."


def judge(job: Job, exit_code: int | None, *, asked_to_stop: bool, forced: bool = False) -> Outcome:
    """The outcome of an attempt whose processes are all gone. `exit_code` is None where nobody saw it end."""
    outcome = read_outcome(job.folder, job.attempt)
    if outcome is not None:
        return outcome
    if asked_to_stop:
        return _outcome(job, "stopped", _stop_message(forced), _again(job), 130)
    if exit_code is None:
        return _outcome(job, "lost", _lost_message(job), _again(job), 1)
    return _outcome(job, "failed", *_death(job, exit_code), 1)


def could_not_start(job: Job, error: OSError) -> Outcome:
    """The outcome of an attempt for which no process could be started."""
    reason = error.strerror or "unknown reason"
    return _outcome(job, "failed", f"It could not be started ({reason}).", _again(job), 1)


def _outcome(job: Job, state: str, message: str, hint: str, code: int) -> Outcome:
    return Outcome(job.attempt, state, message, hint, code, time.time())  # type: ignore[arg-type]


def _stop_message(forced: bool) -> str:
    if forced:
        return "It did not stop by itself in time and was ended."
    return "It was stopped."


def _lost_message(job: Job) -> str:
    if job.boot_id is not None and job.boot_id != boot_id():
        return "The machine restarted while this was at work."
    return "It ended while nobody was watching, and nobody knows why."


def _death(job: Job, code: int) -> tuple[str, str]:
    if code == NO_ROOM:
        full = DiskFullError()
        return full.message, full.hint
    if code >= 0:
        return f"It broke off before it could say why (code {code}).", "The log says more. " + _again(job)
    number = -code
    guess = _SIGNALS.get(signal.Signals(number), "") if number in set(signal.Signals) else ""
    message = f"It was ended before it was done, {guess or 'and nobody knows why'} (signal {number})."
    hint = f"{_MEMORY_HINT} {_again(job)}" if number == signal.SIGKILL else f"The log says more. {_again(job)}"
    return message, hint


def _again(job: Job) -> str:
    kind = KINDS.get(job.kind)
    if kind is not None and kind.place == "runs":
        return "Resume goes on from the last saved state."
    return "Resume does it again."
