"""Keeping order on Home: names and notes, the same settings again, the trash, and gone for good."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_page import settle
from browser_server import Dashboard, supervised_by_this_test
from once_imported import Importer
from playwright.sync_api import Locator, Page, expect
from run_material import finished_run, write_messages

from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.records import Outcome, write_outcome
from sft_core.workspace import Workspace, open_workspace

pytestmark = pytest.mark.browser


@pytest.fixture
def home(own_dashboard: Dashboard) -> Iterator[Workspace]:
    """The workspace of a dashboard that no other test fills; nothing is trained in it, nor measured for a form."""
    workspace = open_workspace(own_dashboard.home)
    with supervised_by_this_test(workspace):
        yield workspace


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path, import_once: Importer) -> str:
    """Messages in it."""
    return import_once(home, "Messages", write_messages(tmp_path))


@pytest.fixture
def run(home: Workspace, dataset: str) -> Job:
    """A finished run of them, also by what its folder says."""
    job = finished_run(home, dataset)
    write_outcome(job.folder, Outcome(job.attempt, "finished", exit=0, ended=time.time()))
    return job


def choose(page: Page, thing: str, wish: str) -> None:
    """Click a line of the menu of a dataset or a run."""
    page.locator(f".st-key-menu_{thing} button").first.click()
    page.get_by_text(wish, exact=True).click()
    settle(page)


def give_name(page: Page, name: str, notes: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Notes").fill(notes)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    settle(page)


def open_runs(page: Page, dataset: str) -> Locator:
    box = page.locator(f".st-key-runs_of_{dataset}")
    box.get_by_text("All runs").click()
    settle(page)
    return page.locator(f".st-key-dataset_{dataset}")


def delete_and_confirm(page: Page, thing: str) -> None:
    choose(page, thing, "Move to the trash")
    page.get_by_role("dialog").get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    settle(page)


def test_names_and_notes_are_kept_and_shown(
    visit_own: Callable[..., Page], home: Workspace, dataset: str, run: Job
) -> None:
    page = visit_own()
    choose(page, dataset, "Name and notes")
    give_name(page, "October <b>messages</b>", "for the board")
    renamed = page.get_by_test_id("stMainBlockContainer").get_by_text("October <b>messages</b>", exact=True)
    expect(renamed).to_be_visible()
    expect(page.get_by_text("for the board")).to_be_visible()
    open_runs(page, dataset)
    choose(page, run.id, "Name and notes")
    give_name(page, "First try", "with wrong labels")
    expect(page.get_by_text("First try", exact=True)).to_be_visible()
    page.reload()
    settle(page)
    expect(renamed).to_be_visible()
    info = DatasetStore(home).get(dataset)
    assert (info.name, info.notes) == ("October <b>messages</b>", "for the board")
    assert store.get(home, run.id).title == "First try"


def test_the_settings_of_a_run_are_taken_over_by_a_new_one(
    visit_own: Callable[..., Page], dataset: str, run: Job
) -> None:
    page = visit_own()
    open_runs(page, dataset)
    choose(page, run.id, "New run with these settings")
    page.wait_for_url(re.compile("/train"))
    settle(page)
    expect(page.get_by_role("button", name=re.compile(r"^(\w+ )?Start$"))).to_be_visible()
    expect(page.locator(".st-key-preset_quick").get_by_text("Chosen")).to_be_visible()
    expect(page.get_by_text("where is my <b>parcel</b>?")).to_be_visible()

    page.get_by_text("All settings").click()
    passes = page.get_by_label("Passes over the data")
    passes.fill("3")
    passes.press("Enter")
    expect(page.get_by_text("1 setting differs from the preset")).to_be_visible()
    settle(page)
    expect(passes).to_be_visible()


def test_a_run_and_its_data_go_to_the_trash_come_back_and_go_for_good(
    visit_own: Callable[..., Page], home: Workspace, dataset: str, run: Job
) -> None:
    page = visit_own()
    open_runs(page, dataset)
    delete_and_confirm(page, run.id)
    assert not run.folder.exists()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    settle(page)
    assert run.folder.exists()

    open_runs(page, dataset)
    delete_and_confirm(page, run.id)
    delete_and_confirm(page, dataset)
    expect(page.get_by_text("Your work")).to_have_count(0)
    page.get_by_text("Trash", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Restore").last.click()  # the older one: the run
    settle(page)
    assert run.folder.exists() and DatasetStore(home).list() == []

    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)
    assert list(home.trash.iterdir()) == [] and list(home.datasets.iterdir()) == []
    assert [job.id for job in store.list_jobs(home, kinds=["train"])] == [run.id]
