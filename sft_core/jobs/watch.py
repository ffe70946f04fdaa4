"""One living job as its supervisor sees it: asked to stop, pressed after a grace, and swept when it is gone."""

from dataclasses import dataclass

from sft_core.jobs.identity import Identity, worker_identity
from sft_core.jobs.kinds import KINDS
from sft_core.jobs.launchers.seam import Launcher, Started
from sft_core.jobs.rows import Job
from sft_core.jobs.verdicts import judge
from sft_core.records import Outcome, read_outcome


@dataclass(frozen=True)
class Patience:
    """How long the supervisor waits, in seconds."""

    stop: float = 60.0
    exit: float = 10.0
    start: float = 3.0
    idle: float = 60.0
    settle: float = 3.0
    round: float = 0.2


class Watch:
    """Follows one attempt until nothing is left of it. Times come from the supervisor's own monotonic clock."""

    def __init__(self, job: Job, worker: Started | None, launcher: Launcher, patience: Patience) -> None:
        self.job = job
        self._worker = worker
        self._launcher = launcher
        self._patience = patience
        self._asked: float | None = None
        self._result_seen: float | None = None
        self._forced = False

    @property
    def is_over(self) -> bool:
        """Whether its worker is gone and only the verdict is due."""
        return self._worker is None or self._worker.ended()

    def began(self) -> Identity | None:
        """Who works on this attempt, once it has said so."""
        return worker_identity(self.job.folder, self.job.attempt)

    def step(self, now: float, wish_to_stop: bool) -> Outcome | None:
        """Do what is due; the outcome once no process is left, None before."""
        if wish_to_stop and self._asked is None and self._worker is not None:
            self._asked = now
            if self._keeps_on_stop():
                self._worker.ask_to_stop()
            else:
                self._worker.kill()
        if self._worker is not None and not self._worker.ended():
            self._press(now)
            return None
        # The lane is freed last: memory of a leftover process would spoil the next job.
        gone = self._launcher.sweep(self.job) if self._worker is None else self._worker.kill()
        if not gone:
            return None
        code = None if self._worker is None else self._worker.exit_code()
        return judge(self.job, code, asked_to_stop=wish_to_stop, forced=self._forced)

    def _keeps_on_stop(self) -> bool:
        kind = KINDS.get(self.job.kind)
        return kind is None or kind.keeps_on_stop

    def _press(self, now: float) -> None:
        assert self._worker is not None
        if self._asked is not None and now - self._asked > self._patience.stop:
            self._forced = True
            self._worker.kill()
        elif self._hangs_at_exit(now):
            self._worker.kill()

    def _hangs_at_exit(self, now: float) -> bool:
        """It has written its result, yet does not leave (a loader process that ignores signals, for example)."""
        if self._result_seen is None:
            if read_outcome(self.job.folder, self.job.attempt) is not None:
                self._result_seen = now
            return False
        return now - self._result_seen > self._patience.exit
