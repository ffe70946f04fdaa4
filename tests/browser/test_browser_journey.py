"""The whole journey as a new user walks it: file, training, a killed worker, the verdict, a later file, Try it."""

import os
import re
import signal
import time
from pathlib import Path

import pandas as pd
import pytest
from browser_page import settle, wait_for
from playwright.sync_api import Page, expect

from sft_core.jobs import store
from sft_core.jobs.rows import FINAL
from sft_core.records import read_json
from sft_core.workspace import RunFolder, Workspace, new_id, open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SECONDS_TO_NOTICE = 5.0
SECONDS_OF_A_TRAINING = 600  # of the first 1,000 rows, on a machine that has other work
SECONDS_OF_ALL_ROWS = 1800


def banking77(shared_data: Path, folder: Path, rows: int) -> tuple[Path, Path]:
    """The first rows of banking77 (its rows are sorted by class) and the test rows of the same classes."""
    source = shared_data / "text" / "banking77"
    train, test = (pd.read_csv(source / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("train", "test"))
    train = train.head(rows)
    test = test[test["category"].isin(set(train["category"]))]
    paths = folder / "train.csv", folder / "later.csv"
    train.to_csv(paths[0], index=False)
    test.to_csv(paths[1], index=False)
    return paths


def only_run(workspace: Workspace) -> store.Job:
    """The newest training."""
    return store.list_jobs(workspace, kinds=["train"])[-1]


def kill_worker_in_mid_run(workspace: Workspace) -> str:
    """kill -9 as soon as a checkpoint beyond the start was written; the state that is shown within five seconds."""
    job = only_run(workspace)
    checkpoints = RunFolder(job.folder).checkpoints
    wait_for(lambda: [p for p in checkpoints.glob("step-*") if p.name != "step-000000"], 300)
    pid = read_json(job.folder / "proc.json")["pid"]
    os.kill(pid, signal.SIGKILL)
    died = time.monotonic()
    ended = wait_for(lambda: (now := only_run(workspace)).state in FINAL and now, SECONDS_TO_NOTICE)
    assert time.monotonic() - died < SECONDS_TO_NOTICE
    return ended.state


def undisturbed_accuracy(workspace: Workspace, seconds: float) -> float:
    """The test accuracy of a second run with the same request that nobody touches."""
    request = read_json(only_run(workspace).folder / "job.json")["request"]
    job = store.submit(workspace, "train", request, folder=workspace.runs / new_id())
    store.ensure_supervisor(workspace)
    wait_for(lambda: store.get(workspace, job.id).state in FINAL, seconds)
    return read_json(RunFolder(job.folder).report)["metrics"]["test"]["accuracy"]


def start_with_all_defaults(page: Page, train: Path) -> None:
    """Three clicks after the file was chosen."""
    page.set_input_files("input[type=file]", train)
    page.get_by_role("button", name="Use this data").click()
    page.wait_for_url(re.compile("/prepare"))
    settle(page)
    page.get_by_role("button", name="Train", exact=False).first.click()
    page.wait_for_url(re.compile("/train"))
    settle(page)
    page.get_by_role("button", name=re.compile("^(play_arrow )?Start")).first.click()


def walk(visit, home: Path, train: Path, later: Path, seconds: float = SECONDS_OF_A_TRAINING) -> None:
    workspace = open_workspace(home)
    page = visit("data?new=data")
    start_with_all_defaults(page, train)
    expect(page.get_by_text("Learning from")).to_be_visible(timeout=120_000)

    assert kill_worker_in_mid_run(workspace) in ("failed", "lost")
    page.get_by_role("button", name=re.compile("Resume")).click(timeout=30_000)
    wait_for(lambda: only_run(workspace).attempt == 2)
    settle(page)
    there = page.url
    page.goto("about:blank")  # its drawings would take the processor from the training
    wait_for(lambda: only_run(workspace).state == "finished", seconds)
    run = RunFolder(only_run(workspace).folder)
    resumed = read_json(run.report)["metrics"]["test"]["accuracy"]
    assert resumed == undisturbed_accuracy(workspace, seconds)

    page.goto(there)
    page.get_by_role("button", name=re.compile("See how good it is")).click(timeout=60_000)
    expect(page.get_by_role("heading", name="How good is it?")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Right [\d.]+ times in 100"))).to_be_visible()

    page.get_by_role("button", name=re.compile("Test on a new file")).click()
    settle(page)
    page.set_input_files("input[type=file]", later)
    page.get_by_role("button", name=re.compile("Test it")).click(timeout=60_000)
    expect(page.get_by_text(re.compile(r"[\d.]+ now, [\d.]+ then")).first).to_be_visible(timeout=180_000)


def test_the_journey_from_a_file_to_a_later_test_survives_a_killed_worker(visit, dashboard, shared_data, tmp_path):
    walk(visit, dashboard.home, *banking77(shared_data, tmp_path, 1_000))


@pytest.mark.slow
@pytest.mark.timeout(3 * SECONDS_OF_ALL_ROWS)
def test_the_journey_on_the_whole_of_banking77(visit, dashboard, shared_data, tmp_path):
    walk(visit, dashboard.home, *banking77(shared_data, tmp_path, 20_000), SECONDS_OF_ALL_ROWS)
