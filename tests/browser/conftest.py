"""A real dashboard and a real browser: the server in a process of its own, Debian's chromium driven by Playwright."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser_page import settle
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sft_core.records import read_json

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@dataclass
class Dashboard:
    """A running server with a workspace of its own."""

    address: str
    home: Path


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The dashboard on a free port, with its log beside its workspace."""
    home, logs = tmp_path_factory.mktemp("browser_home"), tmp_path_factory.mktemp("browser_logs")
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "TUNEBOARD_HOME": str(home), "STREAMLIT_SERVER_HEADLESS": "true"},
        stdin=subprocess.DEVNULL,
        stdout=(logs / "server.log").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield Dashboard(f"http://127.0.0.1:{port}", home)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
        _end_supervisor(home)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium. Skips visibly where it is not installed."""
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        expect.set_options(timeout=60_000)  # two cores may have other things to do
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, dashboard: Dashboard) -> Iterator[Callable[..., Page]]:
    """Opens a path of the dashboard in a fresh browser context and waits until the page is drawn."""
    contexts = []

    def open_(path: str = "", *, width: int = 1440, height: int = 1000, scheme: str = "light") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{dashboard.address}/{path}")
        settle(page)
        return page

    yield open_
    for context in contexts:
        context.close()


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


def _end_supervisor(home: Path) -> None:
    """The supervisor outlives the server on purpose; the test ends the one that it caused."""
    try:
        pid = int(read_json(home / "supervisor.json")["pid"])
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, KeyError, ProcessLookupError):
        return
