"""A run belongs to no tab, no server and no supervisor: each of them is really closed or killed while it learns."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from browser_page import settle, wait_for
from browser_server import Dashboard
from playwright.sync_api import Page, expect
from small_effort import wish_tiny

from sft_core.data.importing import import_files
from sft_core.jobs import store
from sft_core.jobs.rows import FINAL
from sft_core.records import EVENTS, PROC, read_events, read_json
from sft_core.workspace import Workspace, open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Visit = Callable[..., Page]
ROWS, PASSES = 450, 3
START, STOP, RESUME = (re.compile(rf"^(\w+ )?{word}$") for word in ("Start", "Stop", "Resume"))


@pytest.fixture
def home(own_dashboard: Dashboard) -> Workspace:
    """The workspace of the dashboard that this test may kill."""
    return open_workspace(own_dashboard.home)


@pytest.fixture
def dataset(home: Workspace, shared_data: Path, tmp_path: Path) -> str:
    """Some rows of banking77, in place, to be learnt in many small steps by a tiny model."""
    table = pd.read_csv(shared_data / "text" / "banking77" / "train.csv", dtype=str, keep_default_na=False)
    table.head(ROWS).to_csv(tmp_path / "banking.csv", index=False)
    dataset = import_files(home, "Banking", {"train": tmp_path / "banking.csv"})
    wish_tiny(home, dataset, tmp_path, epochs=PASSES, batch_size=1)
    return dataset


def runs(home: Workspace) -> list[store.Job]:
    """All trainings that were ever asked for."""
    return store.list_jobs(home, kinds=["train"])


def steps(job: store.Job) -> int:
    """How many times the run has told of its steps, in all attempts."""
    return sum(event["kind"] == "step" for event in read_events(job.folder / EVENTS)[0])


def it_learns(job: store.Job) -> None:
    """The run goes on: it takes further steps from now on."""
    now = steps(job)
    wait_for(lambda: steps(job) > now, 120)


def worker(job: store.Job) -> int:
    """The process that trains."""
    return int(read_json(job.folder / PROC)["pid"])


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """The process stands still meanwhile: others take their time to start, and it shall not be done by then."""
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)


def stopped_in_one_tab_and_resumed_in_both(first: Page, second: Page, home: Workspace) -> None:
    """Both tabs see the stop; two clicks on Resume make one attempt."""
    for tab in (first, second):
        expect(tab.get_by_text(re.compile("Learning, pass|Right in 100")).first).to_be_visible()
    second.get_by_role("button", name=STOP).dblclick()
    for tab in (second, first):
        expect(tab.get_by_text("Stopped: what it has learnt so far is kept")).to_be_visible()
        expect(tab.get_by_role("button", name=STOP)).to_have_count(0)

    for tab in (first, second):  # both before either has seen what the other did
        tab.get_by_role("button", name=RESUME).dispatch_event("click")
    for tab in (first, second):
        expect(tab.get_by_role("button", name=STOP)).to_be_visible()
    settle(first)
    (job,) = runs(home)
    assert job.attempt == 2


def test_two_tabs_follow_a_run_that_outlives_its_supervisor_its_tabs_and_its_server(
    visit_own: Visit, own_dashboard: Dashboard, home: Workspace, dataset: str
) -> None:
    first = visit_own(f"train?dataset={dataset}&new=run")
    first.get_by_role("button", name=START).dblclick()
    expect(first.get_by_role("button", name=STOP)).to_be_visible()
    second = visit_own(f"train?dataset={dataset}")
    expect(second.get_by_role("button", name=STOP)).to_be_visible()
    (job,) = runs(home)
    it_learns(job)
    stopped_in_one_tab_and_resumed_in_both(first, second, home)
    second.close()

    it_learns(job)
    pid = worker(job)
    with frozen(pid):
        killed = own_dashboard.supervisor()
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: own_dashboard.supervisor() not in (None, killed))  # the open page has seen to it
        assert store.get(home, job.id).state == "running"
        first.close()
    it_learns(job)
    own_dashboard.kill()
    it_learns(job)
    with frozen(pid):
        assert worker(job) == pid
        own_dashboard.start()
        later = visit_own(f"train?dataset={dataset}")
        expect(later.get_by_role("button", name=STOP)).to_be_visible()

    wait_for(lambda: store.get(home, job.id).state in FINAL, 300)
    ended = store.get(home, job.id)
    assert (ended.state, ended.attempt, ended.pid) == ("finished", 2, pid)
    expect(later.get_by_role("button", name=re.compile("See how good it is"))).to_be_visible()
    assert [one.id for one in runs(home)] == [job.id]
