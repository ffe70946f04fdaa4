"""From when on somebody waits for a job: told to its worker, without the time that was another job's."""

import threading
import time
from pathlib import Path

import pytest

from sft_core.jobs import store, supervisor, worker
from sft_core.jobs.folders import WAITED, Order, read_order
from sft_core.jobs.identity import command_began
from sft_core.jobs.kinds import KINDS, JobKind
from sft_core.jobs.launchers.local import LocalWorker
from sft_core.jobs.rows import Job
from sft_core.jobs.supervisor import Supervisor
from sft_core.jobs.watch import Patience
from sft_core.records import EVENTS, Outcome, read_events, read_json, write_json, write_outcome
from sft_core.workspace import Workspace


class ToyWorker(LocalWorker):
    """A worker that has ended as soon as its folder says so."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.id, None, None)
        self._folder = job.folder

    def ended(self) -> bool:
        return (self._folder / "result.json").is_file()


class ToyLauncher:
    """Notes what each worker is told."""

    def __init__(self) -> None:
        self.told: dict[str, float] = {}

    def start(self, job: Job, environment: dict[str, str], niceness: int) -> ToyWorker:
        self.told[job.id] = float(environment[WAITED])
        return ToyWorker(job)

    def adopt(self, job: Job) -> None:
        return None

    def sweep(self, job: Job) -> bool:
        return True

    def reap(self) -> None:
        pass


def test_time_behind_another_job_is_not_counted_and_time_until_a_start_is(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = ToyLauncher()
    boss = Supervisor(workspace, launcher, Patience(stop=0, start=0))
    first = store.submit(workspace, "toy-run", {})
    second = store.submit(workspace, "toy-run", {})
    boss.round()
    assert launcher.told == {first.id: 0.0}
    later = time.time() + 500
    write_outcome(first.folder, Outcome(1, "finished", exit=0, ended=later))
    monkeypatch.setattr(supervisor.time, "time", lambda: later + 1)
    boss.round()
    boss.round()
    assert launcher.told[second.id] == pytest.approx(500, abs=2)


def test_a_job_that_lay_there_while_the_machine_was_off_has_not_been_at_work(workspace: Workspace) -> None:
    launcher = ToyLauncher()
    job = store.submit(workspace, "toy-run", {})
    boss = Supervisor(workspace, launcher, Patience(stop=0, start=0))
    boss._begun = job.submitted + 3600
    boss.round()
    assert launcher.told[job.id] == pytest.approx(3590, abs=1)


def test_a_command_is_waited_for_from_its_own_start(workspace: Workspace) -> None:
    assert 0 < time.time() - command_began() < 24 * 3600
    job = store.submit(workspace, "toy-run", {}, began=time.time() - 7)
    order = read_order(job.folder)
    assert order.submitted - order.asked == pytest.approx(7, abs=0.5)
    store.stop(workspace, job.id)
    store.resume(workspace, job.id)
    assert read_order(job.folder).asked == read_order(job.folder).submitted > order.asked


def test_the_worker_tells_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "nothing", JobKind("builtins:id", "light"))
    monkeypatch.setenv(WAITED, "20.5")
    worker.attempt(tmp_path, Order("x", "nothing", {}, submitted=1000.0, began=990.0), threading.Event())
    assert read_events(tmp_path / EVENTS)[0][0]["asked"] == 1010.5


def test_a_folder_of_an_earlier_version_is_read(workspace: Workspace) -> None:
    job = store.submit(workspace, "toy-run", {})
    order = read_json(job.folder / "job.json")
    write_json(job.folder / "job.json", {name: value for name, value in order.items() if name != "began"})
    assert read_order(job.folder).began is None
