"""Workers as processes of this machine, detached from the supervisor so that its death does not touch them."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sft_core.jobs import locks
from sft_core.jobs.family import RUN_ID, kill_all, members
from sft_core.jobs.identity import Identity, identify, is_alive, send_signal, worker_identity
from sft_core.jobs.kinds import get_kind
from sft_core.jobs.logs import open_log
from sft_core.jobs.rows import Job
from sft_core.jobs.slots import waiting
from sft_core.jobs.tasks import task_environment
from sft_core.records import LOCK

WORKER = (sys.executable, "-P", "-m", "sft_core.jobs.worker")
# What a worker may see of the environment: no secrets that it does not need.
_PASSED = frozenset(
    [
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "DO_NOT_TRACK"),
        *("LD_LIBRARY_PATH", "LD_PRELOAD", "REQUESTS_CA_BUNDLE"),
        *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    ]
)
_PASSED_PREFIXES = (
    *("LC_", "PYTHON", "NVIDIA_", "CUDA_", "HF_", "TRANSFORMERS_", "TOKENIZERS_", "TORCH", "ACCELERATE_"),
    *("OMP_", "GOMP_", "MKL_", "KMP_", "ONEDNN_", "LRU_CACHE_", "MALLOC_", "XDG_", "SSL_", "TUNEBOARD_"),
)
# What a worker gets unless the environment says otherwise. docs/decisions.md has the figures.
_USUAL = {
    "OPENBLAS_NUM_THREADS": "1",
    # Batches of texts have ever other shapes; programs kept for each of them are memory that only grows.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "32",
    "LRU_CACHE_CAPACITY": "32",  # PyTorch's own of the same kind
}
_SECRETS = frozenset({"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})


class LocalWorker:
    """A worker of this machine; `exits` is where the launcher notes how its own children ended."""

    def __init__(self, job_id: str, identity: Identity | None, exits: Mapping[int, int] | None) -> None:
        self._job_id = job_id
        self._identity = identity
        self._exits = exits

    @property
    def identity(self) -> Identity | None:
        return self._identity

    def ended(self) -> bool:
        if self._identity is None:
            return True
        if self._exits is not None:
            return self._identity.pid in self._exits
        return not is_alive(self._identity)

    def exit_code(self) -> int | None:
        if self._identity is None or self._exits is None:
            return None
        return self._exits.get(self._identity.pid)

    def ask_to_stop(self) -> None:
        if self._identity is not None:
            send_signal(self._identity, signal.SIGTERM)
            send_signal(self._identity, signal.SIGCONT)  # a frozen one shall hear it too

    def kill(self) -> bool:
        family = members(self._job_id, self._identity)
        kill_all(family)
        return not family


class LocalLauncher:
    """Starts workers as children of the supervisor, each in a session of its own with an empty working folder."""

    def __init__(self, command: Sequence[str] = WORKER) -> None:
        self._command = tuple(command)
        self._exits: dict[int, int] = {}
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, job: Job, environment: Mapping[str, str], niceness: int) -> LocalWorker:
        # A folder in the working folder that is named like a model of the hub would silently replace it.
        empty = job.folder / ".cwd"
        empty.mkdir(exist_ok=True, mode=0o700)
        log = open_log(job.folder)
        try:
            child = subprocess.Popen(
                [*self._command, str(job.folder)],
                stdin=subprocess.DEVNULL,  # transformers would ask questions on a terminal
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=empty,
                env=worker_environment(job, environment),
            )
        finally:
            os.close(log)
        _make_modest(child.pid, niceness)
        self._exits.pop(child.pid, None)
        self._children[child.pid] = child
        # a child stays in /proc until `reap`, so it can be identified even if it is dead already
        return LocalWorker(job.id, identify(child.pid) or Identity("", child.pid, -1), self._exits)

    def adopt(self, job: Job) -> LocalWorker | None:
        identity = worker_identity(job.folder, job.attempt)
        if identity is None or not is_alive(identity) or not locks.is_held(job.folder / LOCK):
            return None
        return LocalWorker(job.id, identity, None)

    def sweep(self, job: Job) -> bool:
        return LocalWorker(job.id, job.identity, None).kill()

    def reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)  # adopted orphans too: this is their subreaper
            except ChildProcessError:
                return
            if pid == 0:
                return
            child = self._children.pop(pid, None)
            if child is not None:
                child.returncode = self._exits[pid] = os.waitstatus_to_exitcode(status)


def worker_environment(job: Job, additions: Mapping[str, str]) -> dict[str, str]:
    """The environment of a job's worker: what it needs of ours, its kind's, its slot's, and its id."""
    kind = get_kind(job.kind)
    allowed = (_PASSED | set(kind.secrets)) - (_SECRETS - set(kind.secrets))
    kept = {name: value for name, value in os.environ.items() if name in allowed or _is_passed(name)}
    usual = {**_USUAL, **waiting(kept), **task_environment(job.folder)}
    always = {"PYTHONUNBUFFERED": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}
    return {**usual, **kept, **always, **kind.environment, **additions, RUN_ID: job.id}


def _make_modest(pid: int, niceness: int) -> None:
    with suppress(OSError):  # it may be gone already
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
        # when memory runs out, the kernel shall end a worker, which can be resumed, and not the dashboard
        Path(f"/proc/{pid}/oom_score_adj").write_text("300", encoding="ascii")


def _is_passed(name: str) -> bool:
    return name.startswith(_PASSED_PREFIXES) and name not in _SECRETS
