"""A real dashboard in a process of its own, which a test can kill and start again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from sft_core.records import read_json

ROOT = Path(__file__).resolve().parents[2]


class Dashboard:
    """A server with a workspace of its own; its log lies beside the workspace."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start the server, on the same port each time; returns when it answers."""
        with (self.home.parent / f"{self.home.name}.log").open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "TUNEBOARD_HOME": str(self.home), "STREAMLIT_SERVER_HEADLESS": "true"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _wait_for(f"{self.address}/_stcore/health")

    def kill(self) -> None:
        """kill -9 of the server and all that belongs to it."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(timeout=20)

    def supervisor(self) -> int | None:
        """Who supervises its workspace, None where nobody has said so."""
        try:
            return int(read_json(self.home / "supervisor.json")["pid"])
        except (FileNotFoundError, KeyError):
            return None

    def close(self) -> None:
        """End the server, and the supervisor, which outlives it on purpose."""
        if self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait(timeout=20)
        supervisor = self.supervisor()
        if supervisor is not None:
            try:
                os.kill(supervisor, signal.SIGTERM)
            except ProcessLookupError:
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"nothing answers at {address}")
