"""Four real data sets through the pages, nothing changed by hand: brought, used, started, learnt."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from arriving import arrive
from data_sets import BASELINES, DATA_SETS, DataSet
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.jobs import store, worker
from sft_core.jobs.folders import read_order
from sft_core.records import Outcome, read_json, read_outcome
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
Work = Callable[[Path], Outcome | None]


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor: the test has the jobs done, one after the other."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)


def by_worker(folder: Path) -> Outcome | None:
    """How a real worker ended this job."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-m", "sft_core.jobs.worker", str(folder)]
    subprocess.run(command, env=environment, check=False, capture_output=True)
    return read_outcome(folder)


def done_here(folder: Path) -> Outcome | None:
    """How this job ended, done as its worker does it, but in this process."""
    return worker.attempt(folder, read_order(folder), threading.Event())


def do(workspace: Workspace, kind: str, by: Work = by_worker) -> Path:
    """Have the newest job of a kind done; its folder."""
    job = store.list_jobs(workspace, kinds=[kind])[-1]
    outcome = by(job.folder)
    assert outcome is not None and (outcome.state, outcome.message) == ("finished", "")
    with workspace.writing() as connection:
        connection.execute("UPDATE jobs SET state = 'finished' WHERE id = ?", (job.id,))
    return job.folder


def use(
    open_page: Open, workspace: Workspace, data: DataSet, files: Mapping[str, Path], by: Work = by_worker
) -> AppTest:
    """Bring the training file and those that came with it, and use them as read; what was guessed is right."""
    app = open_page("data.py")
    arrive(app, "upload_train", files["train"].name, files["train"].read_bytes())
    draft = app.query_params["upload"]
    draft = draft[0] if isinstance(draft, list) else draft
    for split in ("validation", "test"):
        if split in files:
            arrive(app, f"upload_{split}_{draft}", files[split].name, files[split].read_bytes())
    app.button(key="use_data").click().run()
    assert not app.exception and not app.error
    do(workspace, "import", by)
    app.run()
    (kept,) = DatasetStore(workspace).list()
    assert (kept.roles.text, kept.roles.label, kept.classes) == ((data.text,), data.label, data.classes)
    return app


def start(app: AppTest, *, short: bool) -> None:
    """Go on to Train and start with every default; `short` makes it one pass."""
    for page in ("prepare.py", "training.py"):  # AppTest stays on its page where the dashboard goes on by itself
        app.switch_page(page).run()
        assert not app.exception and not app.error
    if short:
        app.session_state["all_settings"] = True
        app.run()
        next(box for box in app.number_input if box.label == "Passes over the data").set_value(1).run()
    app.button(key="start_run").click().run()
    assert not app.exception and not app.error


def check(report: dict, data: DataSet) -> None:
    """All three simple methods were measured, on all classes, and no row lies on two sides."""
    assert set(report["baselines"]) == BASELINES
    assert all(report["baselines"][name]["accuracy"] is not None for name in BASELINES)
    assert len(report["labels"]) == data.classes
    assert report["audit"]["duplicates_across_splits"] == 0


LEARNT = ("germeval2018",)  # all of them whole in `make slow`


@pytest.mark.parametrize("name", [name for name in DATA_SETS if name not in LEARNT])
def test_a_real_data_set_is_ready_to_learn_without_a_hand_on_it(
    open_page: Open, workspace: Workspace, shared_data: Path, tmp_path: Path, name: str
) -> None:
    data = DATA_SETS[name]
    start(use(open_page, workspace, data, data.short(shared_data, tmp_path / "short"), done_here), short=False)
    _asked(workspace)


@pytest.mark.usefixtures("in_a_child")
@pytest.mark.parametrize("name", LEARNT)
def test_a_real_data_set_is_learnt_without_a_hand_on_it(
    open_page: Open, workspace: Workspace, shared_data: Path, tmp_path: Path, name: str
) -> None:
    data = DATA_SETS[name]
    start(use(open_page, workspace, data, data.short(shared_data, tmp_path / "short")), short=True)
    _asked(workspace)
    report = read_json(RunFolder(do(workspace, "train")).report)
    check(report, data)
    assert report["rows"]["test"] == data.rows // 3


def _asked(workspace: Workspace) -> None:
    """One training was asked for, with the defaults."""
    (job,) = store.list_jobs(workspace, kinds=["train"])
    request = read_order(job.folder).request
    assert (request["preset"], request["model"], request["roles"]) == ("balanced", "bundled", None)


@pytest.mark.slow
@pytest.mark.usefixtures("in_a_child")
@pytest.mark.parametrize("name", DATA_SETS)
def test_the_whole_of_a_real_data_set_is_learnt_from_the_page(
    open_page: Open, workspace: Workspace, shared_data: Path, name: str
) -> None:
    data = DATA_SETS[name]
    start(use(open_page, workspace, data, data.whole(shared_data)), short=False)
    report = read_json(RunFolder(do(workspace, "train")).report)
    check(report, data)
    scores = {one: found["accuracy"] for one, found in report["baselines"].items()}
    assert report["metrics"]["test"]["accuracy"] >= max(scores["probe"], scores["majority"]) - 0.02
