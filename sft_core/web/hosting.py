"""A dashboard in a process of its own, with a workspace of its own: for scripts and tests that drive a browser."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from sft_core.errors import StateError
from sft_core.jobs import rows, store
from sft_core.jobs.inference_client import InferenceClient
from sft_core.jobs.starting import living_supervisor
from sft_core.workspace import open_workspace

_SECONDS_TO_START, _SECONDS_TO_END = 60.0, 20.0


class HostedDashboard:
    """A server for the workspace `home` on a free port of this machine; its log lies beside the workspace.

    As a context manager it ends what it has caused: the server, its jobs and the supervisor, which outlive it on
    purpose elsewhere.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start the server, on the same port each time; returns when it answers. Raises StateError."""
        command = [sys.executable, "-m", "sft_core.web", "--headless", "--port", str(self.port)]
        with self.home.with_name(f"{self.home.name}.log").open("ab") as log:
            self.server = subprocess.Popen(
                command,
                env={**os.environ, "TUNEBOARD_HOME": str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _SECONDS_TO_START
        while not self._answers():
            if self.server.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise StateError("The dashboard did not start.", f"Look into {self.home.name}.log beside its folder.")
            time.sleep(0.1)

    def kill(self) -> None:
        """kill -9 of the server and all that belongs to it; its jobs go on."""
        if self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(_SECONDS_TO_END)

    def close(self) -> None:
        """End the server, its jobs (they write their checkpoint), the supervisor and the process that answers."""
        if self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait(_SECONDS_TO_END)
        workspace = open_workspace(self.home)
        supervisor = living_supervisor(workspace)
        if supervisor is not None:
            store.stop_all(workspace)
            deadline = time.monotonic() + _SECONDS_TO_END
            while store.list_jobs(workspace, rows.ACTIVE) and time.monotonic() < deadline:
                time.sleep(0.1)
        for pid in (supervisor.pid if supervisor else None, InferenceClient(workspace).pid()):
            with suppress(ProcessLookupError):  # it was idle for long enough
                if pid is not None:
                    os.kill(pid, signal.SIGTERM)

    def __enter__(self) -> "HostedDashboard":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):
                return True
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
