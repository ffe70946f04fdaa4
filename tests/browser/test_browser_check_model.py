"""The third door: a model that was exported elsewhere, tested on a file in a workspace that holds nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from browser_page import settle
from browser_server import Dashboard
from playwright.sync_api import Page, expect
from tiny_base import write_base

from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.records import read_json
from sft_core.workspace import open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
CLASSES, SEEN = 3, 10


@pytest.fixture
def elsewhere(shared_data: Path, tmp_path: Path) -> Path:
    """A folder with `model.zip`, made in another workspace by the command line, and `later.csv` with some seen rows."""
    source = shared_data / "text" / "banking77"
    train, test = (pd.read_csv(source / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("train", "test"))
    names = list(dict.fromkeys(train["category"]))[:CLASSES]
    train = train[train["category"].isin(names)].groupby("category").head(40)
    test = test[test["category"].isin(names)].groupby("category").head(20)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    later = pd.concat([test, train.head(SEEN)]).rename(columns={"text": "question", "category": "topic"})
    later.to_csv(folder / "later.csv", index=False)
    run, data = str(folder / "run"), ["--data", str(folder / "train.csv"), "--test", str(folder / "test.csv")]
    tiny = ["--model", str(write_base(folder / "tiny")), "--preset", "quick", "--set", "epochs=1"]
    command_line(folder, "train", *data, *tiny, "--out", run)
    command_line(folder, "export", "--run", run, "--format", "zip", "--out", str(folder / "model.zip"))
    return folder


def command_line(folder: Path, *arguments: str) -> None:
    """A command in a workspace of its own."""
    command = [sys.executable, "-m", "sft_core", *arguments]
    subprocess.run(command, env={**os.environ, "TUNEBOARD_HOME": str(folder / "home")}, check=True, capture_output=True)


def test_an_exported_model_is_tested_on_a_file_in_a_fresh_workspace(
    visit_own: Callable[..., Page], own_dashboard: Dashboard, elsewhere: Path
) -> None:
    page = visit_own()
    page.get_by_role("button", name="Choose a model").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("No model has been trained here yet.")).to_be_visible()
    dialog.locator("input[type=file]").set_input_files(elsewhere / "model.zip")
    dialog.get_by_role("button", name="Test this model").click()

    expect(page.get_by_role("heading", name="Test it on a new file")).to_be_visible()
    settle(page)
    page.locator("input[type=file]").set_input_files(elsewhere / "later.csv")
    expect(page.get_by_text("All 3 classes of the model stand in this file by name.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Test it$")).click()
    expect(page.get_by_text(re.compile(r"[\d.]+ now, [\d.]+ then")).first).to_be_visible(timeout=180_000)

    home = open_workspace(own_dashboard.home)
    (job,) = store.list_jobs(home, kinds=["evaluate"])
    here, there = read_json(job.folder / "report.json"), read_json(elsewhere / "run" / "report.json")
    assert len(here["test_file"]["seen_rows"]) == SEEN
    assert here["metrics"]["test"]["accuracy"] == there["metrics"]["test"]["accuracy"]
    assert here["confusion"] == there["confusion"]
    assert DatasetStore(home).list() == []
