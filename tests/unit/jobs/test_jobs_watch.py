import errno
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sft_core.errors import ConfigError, Stopped
from sft_core.jobs import logs, worker
from sft_core.jobs.folders import Order
from sft_core.jobs.identity import Identity
from sft_core.jobs.kinds import KINDS, JobKind
from sft_core.jobs.rows import Job
from sft_core.jobs.store import submit
from sft_core.jobs.verdicts import could_not_start, judge
from sft_core.jobs.watch import Patience, Watch
from sft_core.records import EVENTS, Outcome, Work, read_events, write_outcome
from sft_core.workspace import Workspace


class ToyWorker:
    """A worker whose end is told; it counts what is done to it."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.gone = False
        self.asked = 0
        self.family = 2

    identity = None

    def ended(self) -> bool:
        return self.gone

    def exit_code(self) -> int | None:
        return self.code

    def ask_to_stop(self) -> None:
        self.asked += 1

    def kill(self) -> bool:
        self.gone, self.code = True, self.code if self.gone else -9
        self.family = max(0, self.family - 1)
        return self.family == 0


class NoLauncher:
    def sweep(self, job: Job) -> bool:
        return True


@pytest.fixture
def job(workspace: Workspace) -> Job:
    return submit(workspace, "toy-run", {})


@pytest.fixture
def toy() -> ToyWorker:
    return ToyWorker()


@pytest.fixture
def watch(job: Job, toy: ToyWorker) -> Watch:
    return Watch(job, toy, NoLauncher(), Patience(stop=60, exit=10))


def test_a_worker_at_work_is_left_alone(watch: Watch, toy: ToyWorker) -> None:
    assert watch.step(0, False) is None and watch.step(10_000, False) is None
    assert toy.asked == 0 and not toy.gone


def test_stop_asks_once_and_kills_after_the_grace(watch: Watch, toy: ToyWorker) -> None:
    for now in (0, 30, 60):
        assert watch.step(now, True) is None
    assert toy.asked == 1 and not toy.gone
    assert watch.step(61, True) is None and toy.gone
    outcome = watch.step(62, True)
    assert outcome.state == "stopped" and "did not stop by itself" in outcome.message


def test_what_keeps_nothing_on_stop_is_ended_at_once(workspace: Workspace, toy: ToyWorker) -> None:
    measuring = submit(workspace, "preflight", {})
    watch = Watch(measuring, toy, NoLauncher(), Patience(stop=60))
    watch.step(0, True)
    assert toy.gone
    outcome = watch.step(0.2, True)
    assert outcome is not None and outcome.state == "stopped" and outcome.message == "It was stopped."


def test_the_verdict_waits_until_the_family_is_gone(watch: Watch, toy: ToyWorker) -> None:
    toy.gone, toy.code, toy.family = True, -9, 3
    assert watch.step(0, False) is None and watch.step(1, False) is None
    assert watch.step(2, False).state == "failed"


def test_after_its_result_a_worker_gets_a_moment_to_leave(watch: Watch, toy: ToyWorker, job: Job) -> None:
    write_outcome(job.folder, Outcome(1, "finished", exit=0))
    assert watch.step(0, False) is None and watch.step(9, False) is None
    assert not toy.gone
    watch.step(11, False)
    assert toy.gone and watch.step(12, False).state == "finished"


def test_a_job_without_a_worker_is_lost(job: Job) -> None:
    outcome = Watch(job, None, NoLauncher(), Patience()).step(0, False)
    assert outcome.state == "lost" and "nobody was watching" in outcome.message


def test_another_boot_is_a_restart(job: Job) -> None:
    rebooted = replace(job, boot_id="an earlier boot", pid=1, ticks=1)
    assert isinstance(rebooted.identity, Identity)
    assert "machine restarted" in judge(rebooted, None, asked_to_stop=False).message


def test_a_result_of_an_earlier_attempt_does_not_count(job: Job) -> None:
    write_outcome(job.folder, Outcome(1, "finished", exit=0))
    assert judge(replace(job, attempt=2), -9, asked_to_stop=False).state == "failed"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-signal.SIGKILL, "probably because memory ran out (signal 9)"),
        (-signal.SIGSEGV, "by a crash inside a library (signal 11)"),
        (-63, "nobody knows why (signal 63)."),
        (0, "broke off before it could say why (code 0)"),
        (3, "(code 3)"),
    ],
)
def test_a_death_without_a_result_is_failed_with_a_guess(job: Job, code: int, words: str) -> None:
    outcome = judge(job, code, asked_to_stop=False)
    assert outcome.state == "failed" and words in outcome.message and outcome.hint.endswith("the last saved state.")


def test_what_cannot_start_has_failed(job: Job) -> None:
    outcome = could_not_start(job, OSError(errno.ENOMEM, "Cannot allocate memory"))
    assert outcome.state == "failed" and "Cannot allocate memory" in outcome.message


def raises(error: BaseException) -> JobKind:
    """A kind whose handler raises this."""

    def handler(work: Work) -> None:
        raise error

    globals()["handler"] = handler
    return JobKind(f"{__name__}:handler", "light")


@pytest.mark.parametrize(
    ("error", "state", "code", "words"),
    [
        (ConfigError(["epochs: too many."]), "failed", 2, "epochs: too many."),
        (Stopped("Stopped at step 3."), "stopped", 130, "Stopped at step 3."),
        (OSError(errno.ENOSPC, "no"), "failed", 1, "The disk is full."),
        (MemoryError(), "failed", 1, "memory of this machine"),
        (ZeroDivisionError("secret"), "failed", 1, "should not have"),
        (SystemExit(0), "failed", 1, "should not have"),
    ],
)
def test_every_end_has_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, state: str, code: int, words: str
) -> None:
    monkeypatch.setitem(KINDS, "raises", raises(error))
    outcome = worker.attempt(tmp_path, Order("x", "raises", {}), threading.Event())
    assert (outcome.state, outcome.exit) == (state, code)
    assert words in outcome.message and "secret" not in outcome.message
    kinds = [event["kind"] for event in read_events(tmp_path / EVENTS)[0]]
    assert kinds == ["started", state]


def test_a_stop_before_the_work_begins_is_stopped(tmp_path: Path) -> None:
    stopping = threading.Event()
    stopping.set()
    assert worker.attempt(tmp_path, Order("x", "train", {}), stopping).state == "stopped"


def test_a_log_over_its_cap_keeps_its_end_and_goes_on(tmp_path: Path) -> None:
    import os

    handle = logs.open_log(tmp_path)
    os.write(handle, b"first\n" * 1000 + b"last of the flood\n")
    assert not logs.cap_log(tmp_path, cap=10_000)
    assert logs.cap_log(tmp_path, cap=1000)
    os.write(handle, b"after\n")
    os.close(handle)
    assert (tmp_path / "log.txt").read_bytes() == b"after\n"
    assert (tmp_path / logs.PREVIOUS).read_bytes().endswith(b"last of the flood\n")


def test_what_is_shown_of_a_log_holds_no_tokens(tmp_path: Path) -> None:
    assert logs.read_tail(tmp_path) == ""
    (tmp_path / "log.txt").write_text("one\ntwo\nToken hf_abcdefghijklmnop is wrong\n")
    assert logs.read_tail(tmp_path, 2) == "two\nToken hf_*** is wrong"
