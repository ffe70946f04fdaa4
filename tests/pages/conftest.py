"""What the page tests share: the app as a script, and a small dataset in place."""

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from once_imported import Importer
from reading_here import read_here
from run_material import finished_run
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.workspace import Workspace

PAGES = Path(__file__).resolve().parents[2] / "pages"

TOPICS = {
    "Billing": ("invoice", "charge", "refund"),
    "Delivery": ("parcel", "courier", "address"),
    "Praise": ("thanks", "great", "kind"),
}


@pytest.fixture(scope="session", autouse=True)
def _packages_are_searched_once() -> Iterator[None]:
    """Each AppTest searches all installed packages for components, half of its time: once is enough for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def _the_end_of_a_run_is_waited_for() -> Iterator[None]:
    """AppTest asks each millisecond whether the script has ended, and takes the processor from it so."""

    def ended(runner: LocalScriptRunner, timeout: float = 3) -> None:
        runner._script_thread.join(timeout)
        asked(runner, 1)  # says at once that it has ended, or stops it and says that it took too long

    asked = local_script_runner.require_widgets_deltas
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", ended)
        yield


@pytest.fixture
def in_a_child() -> None:
    """Asks for the child with limits in which the dashboard reads a file, which `read_here` does without."""


@pytest.fixture(autouse=True)
def _files_are_read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "in_a_child" not in request.fixturenames:
        read_here(monkeypatch)


@pytest.fixture
def component(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A module of pages/components, found as the dashboard finds it."""
    monkeypatch.syspath_prepend(str(PAGES))
    return lambda name: importlib.import_module(f"components.{name}")


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens a page of the dashboard by its file, with the address given."""
    monkeypatch.syspath_prepend(str(PAGES))

    def open_(file: str = "home.py", **address: str) -> AppTest:
        app = AppTest.from_file(str(PAGES / "main.py"), default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        return app if file == "home.py" else app.switch_page(file).run()

    return open_


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    """A small table with an exact duplicate and one class written in two ways."""
    rows = [
        f"{label}: the {word} number {n},{label}"
        for n in range(12)
        for label, words in TOPICS.items()
        for word in words
    ]
    rows += [rows[0], "another invoice question,billing"]
    path = tmp_path / "messages.csv"
    path.write_text("message,topic\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def dataset(workspace: Workspace, messages: Path, import_once: Importer) -> str:
    """The id of a dataset made of these messages."""
    return import_once(workspace, "Messages", messages)


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor: a job stays in the state that the test gives it."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda workspace: None)


@pytest.fixture
def run(workspace: Workspace, dataset: str) -> Job:
    """A finished run of the test dataset."""
    return finished_run(workspace, dataset)
