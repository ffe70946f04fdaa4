"""Any order of submit, stop, resume, death and restart keeps the promises, tried by chance and shrunk when it fails."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sft_core.jobs import rows, store
from sft_core.jobs.identity import own_identity, write_identity
from sft_core.jobs.kinds import KINDS, JobKind
from sft_core.jobs.rows import Job
from sft_core.jobs.supervisor import Supervisor
from sft_core.jobs.watch import Patience
from sft_core.records import PROC, Outcome, write_outcome
from sft_core.workspace import open_workspace

KINDS.setdefault("machine-run", JobKind("no:where", "train", place="runs"))
KINDS.setdefault("machine-light", JobKind("no:where", "light"))


class ToyProcess:
    """A worker that lives until it is told otherwise; it outlives its supervisor."""

    identity = None

    def __init__(self, job: Job) -> None:
        self.job = job
        self.alive = True
        self.code: int | None = None
        self.asked = False

    def ended(self) -> bool:
        return not self.alive

    def exit_code(self) -> int | None:
        return self.code

    def ask_to_stop(self) -> None:
        self.asked = True

    def kill(self) -> bool:
        was_alive, self.alive = self.alive, False
        self.code = -9 if was_alive else self.code
        return not was_alive

    def end(self, state: str | None) -> None:
        if state is not None:
            write_outcome(self.job.folder, Outcome(self.job.attempt, state, exit=0))  # type: ignore[arg-type]
        self.alive, self.code = False, 0 if state else -9


class ToyMachine:
    """All processes of the machine: they survive supervisors, not restarts."""

    def __init__(self) -> None:
        self.processes: dict[str, ToyProcess] = {}

    def start(self, job: Job, environment: object, niceness: int) -> ToyProcess:
        assert job.id not in self.living(), "a job was started twice"
        write_identity(job.folder / PROC, own_identity(), attempt=job.attempt)
        self.processes[job.id] = ToyProcess(job)
        return self.processes[job.id]

    def adopt(self, job: Job) -> ToyProcess | None:
        process = self.processes.get(job.id)
        return process if process is not None and process.alive and process.job.attempt == job.attempt else None

    def sweep(self, job: Job) -> bool:
        process = self.processes.get(job.id)
        return process is None or process.kill()

    def reap(self) -> None:
        pass

    def living(self) -> dict[str, ToyProcess]:
        return {name: process for name, process in self.processes.items() if process.alive}


class Jobs(RuleBasedStateMachine):
    """A workspace, its supervisors one after the other, and the processes of a toy machine."""

    @initialize()
    def begin(self) -> None:
        memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # much is written, and no disk is tested
        self.home = tempfile.TemporaryDirectory(dir=memory)
        self.workspace = open_workspace(Path(self.home.name))
        self.machine = ToyMachine()
        self.ended: dict[tuple[str, int], str] = {}
        self.start_supervisor()
        for kind in ("machine-run", "machine-run", "machine-run", "machine-light"):
            store.submit(self.workspace, kind, {})
        self.supervisor.round()

    @rule()
    def start_supervisor(self) -> None:
        self.supervisor = Supervisor(self.workspace, self.machine, Patience(stop=0, start=0), gpus=("GPU-a", "GPU-b"))

    @rule(kind=st.sampled_from(["machine-run", "machine-light"]))
    def submit(self, kind: str) -> None:
        store.submit(self.workspace, kind, {})

    @rule(data=st.data())
    @precondition(lambda self: store.list_jobs(self.workspace))
    def stop_or_resume(self, data: st.DataObject) -> None:
        jobs = store.list_jobs(self.workspace)
        job = jobs[data.draw(st.integers(0, len(jobs) - 1), label="job")]
        if job.state in rows.RESUMABLE:
            store.resume(self.workspace, job.id)
        else:
            store.stop(self.workspace, job.id)

    @rule(data=st.data(), state=st.sampled_from(["finished", "failed", "stopped", None]))
    @precondition(lambda self: self.machine.living())
    def a_process_ends(self, data: st.DataObject, state: str | None) -> None:
        living = list(self.machine.living().values())
        living[data.draw(st.integers(0, len(living) - 1), label="process")].end(state)

    @rule()
    def the_machine_restarts(self) -> None:
        for process in self.machine.living().values():
            process.end(None)
        self.start_supervisor()

    @rule()
    def the_database_is_deleted(self) -> None:
        for path in self.workspace.root.glob("app.db*"):
            path.unlink()

    @rule(rounds=st.integers(1, 3))
    def supervise(self, rounds: int) -> None:
        for _ in range(rounds):
            self.supervisor.round()

    @invariant()
    def no_lane_holds_more_than_it_has_slots(self) -> None:
        lanes = [process.job.lane for process in self.machine.living().values()]
        assert lanes.count("train") <= 2 and lanes.count("light") <= 4

    @invariant()
    def an_attempt_that_ended_stays_as_it_ended(self) -> None:
        for job in store.list_jobs(self.workspace):
            if job.state in rows.FINAL:
                assert self.ended.setdefault((job.id, job.attempt), job.state) == job.state

    def teardown(self) -> None:
        """After enough rounds every job is in its final state or at work, and shown as what it is."""
        if not hasattr(self, "home"):
            return
        for _ in range(4):
            self.supervisor.round()
        living = self.machine.living()
        for job in store.list_jobs(self.workspace):
            assert (job.state in rows.LIVING) == (job.id in living), (job.state, job.id in living)
        self.home.cleanup()


def test_a_database_deleted_before_the_worker_said_who_it_is_starts_nothing_twice() -> None:
    jobs = Jobs()
    jobs.begin()
    for process in jobs.machine.living().values():
        (process.job.folder / PROC).unlink()
    jobs.the_database_is_deleted()
    jobs.supervise(2)
    assert len(jobs.machine.living()) == 3
    jobs.teardown()


TestJobs = Jobs.TestCase
TestJobs.settings = settings(
    max_examples=12, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
