"""The server stays light: after a visit to every page with something on it, it has imported none of the heavy ones."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_page import go_to, settle, wait_for
from browser_server import Dashboard, supervised_by_this_test
from once_imported import Importer
from screens import EMPTY, PARTS, fill

from sft_core.workspace import open_workspace

pytestmark = pytest.mark.browser

HEAVY = {"torch", "transformers", "accelerate", "peft", "captum", "evaluate", "onnxruntime"}
# Python imports it at the start of the server: asked by a signal, the process writes down what it has imported.
TELLING = """
import os, signal, sys
def tell(*_):
    with open("{told}.part", "w") as file:
        file.write("\\n".join(sys.modules))
    os.rename("{told}.part", "{told}")
signal.signal(signal.SIGUSR1, tell)
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a server that starts from now on writes what it has imported."""
    place = tmp_path / "imported.txt"
    (tmp_path / "telling").mkdir()
    (tmp_path / "telling" / "sitecustomize.py").write_text(TELLING.format(told=place))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "telling"))
    return place


@pytest.fixture
def own_dashboard(told: Path, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard that can be asked."""
    home = tmp_path / "home"
    home.mkdir()
    running = Dashboard(home)
    with supervised_by_this_test(open_workspace(home)):
        yield running
    running.close()


def imported(server: int, told: Path) -> set[str]:
    """The packages in the memory of the server."""
    os.kill(server, signal.SIGUSR1)
    wait_for(told.exists)
    return {name.partition(".")[0] for name in told.read_text().splitlines()}


def test_no_page_brings_a_heavy_library_into_the_server(
    visit_own, own_dashboard, told, tmp_path, import_once: Importer
):
    page = visit_own()
    filled = fill(open_workspace(own_dashboard.home), tmp_path, import_once)
    for screen in [*EMPTY, *(screen for part in PARTS for screen in filled[part])]:
        go_to(page, screen.address)
        settle(page)
        assert page.get_by_test_id("stException").count() == 0, screen.name
    names = imported(own_dashboard.server.pid, told)
    assert {"sft_core", "pandas", "streamlit"} <= names
    assert names & HEAVY == set()
