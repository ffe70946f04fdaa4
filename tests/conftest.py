"""What every test gets: fixed seeds, a workspace of its own, no telemetry, and the real data where it is there."""

import os
import random
from pathlib import Path

# Before numpy and torch are loaded: threads that spin while they wait take the processor from the other test process.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if "PYTEST_XDIST_WORKER" in os.environ:  # several processes share the cores: two threads each would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from once_imported import Importer

from sft_core.workspace import Workspace, open_workspace

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@pytest.fixture(autouse=True)
def _same_dice_and_own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    random.seed(0)
    np.random.seed(0)
    monkeypatch.setenv("TUNEBOARD_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def import_once(tmp_path_factory: pytest.TempPathFactory) -> Importer:
    """Imports a file for a test; the same file costs its second once."""
    return Importer(tmp_path_factory.mktemp("imported"))


@pytest.fixture
def workspace() -> Workspace:
    """An empty workspace, the one that TUNEBOARD_HOME names during this test."""
    return open_workspace()


def material(*parts: str) -> Path:
    """A path of the test material; skips visibly where it is absent, fails where it is required."""
    folder = Path(os.environ.get("TUNEBOARD_TEST_DATA", ROOT.parent / "shared"))
    path = folder.joinpath(*parts)
    if not path.exists():
        reason = f"test material {'/'.join(parts)} is not here (TUNEBOARD_TEST_DATA)"
        if os.environ.get("TUNEBOARD_TEST_DATA_REQUIRED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real data sets (`text/banking77`, `nasty/…`)."""
    return material("data")


@pytest.fixture(scope="session")
def shared_models() -> Path:
    """The folder with the real model weights."""
    return material("models")
