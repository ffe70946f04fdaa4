"""The journey with pictures: a zip of class folders, training by defaults, the walls behind the matrix, Try it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from browser_page import settle, wait_for
from playwright.sync_api import Page, expect
from shape_pictures import draw, write_folders

from sft_core.jobs import store
from sft_core.records import read_json
from sft_core.workspace import RunFolder, Workspace, open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def zipped(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder), "zip", folder))


def start_with_all_defaults(page: Page, pictures: Path) -> None:
    """Three clicks after the zip was chosen."""
    page.set_input_files("input[type=file]", pictures)
    page.get_by_role("button", name="Use this data").click(timeout=120_000)
    page.wait_for_url(re.compile("/prepare"), timeout=120_000)
    settle(page)
    page.get_by_role("button", name="Train", exact=False).first.click()
    page.wait_for_url(re.compile("/train"))
    settle(page)
    page.get_by_role("button", name=re.compile("^(play_arrow )?Start")).first.click()


def finished_run(workspace: Workspace, seconds: float) -> RunFolder:
    def newest() -> store.Job | None:
        return next(iter(store.list_jobs(workspace, kinds=["train"])[-1:]), None)

    wait_for(newest, 60)
    wait_for(lambda: (job := newest()) and job.state in ("finished", "failed", "lost"), seconds)
    job = newest()
    assert job is not None and job.state == "finished", job
    return RunFolder(job.folder)


def see_the_matrix_and_its_pictures(page: Page) -> None:
    page.get_by_role("button", name=re.compile("See how good it is")).click(timeout=60_000)
    expect(page.get_by_role("heading", name="How good is it?")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Right [\d.]+ times in 100")).first).to_be_visible()
    settle(page)
    expect(page.get_by_role("img", name=re.compile("was|said", re.I)).first).to_be_visible()


def try_a_picture(page: Page, picture: Path) -> None:
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Try it").first.click()
    settle(page)
    page.set_input_files("input[type=file]", picture)
    expect(page.get_by_text(re.compile(r"[\d.]+% sure")).first).to_be_visible(timeout=120_000)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_zip_of_pictures_becomes_a_model_that_is_asked_with_a_picture(visit_own, own_dashboard, tmp_path):
    pictures = zipped(write_folders(tmp_path / "shapes", each=15))
    page = visit_own("data?new=data")
    start_with_all_defaults(page, pictures)
    run = finished_run(open_workspace(own_dashboard.home), 400)
    assert read_json(run.report)["task"] == "image-classification"
    see_the_matrix_and_its_pictures(page)
    another = tmp_path / "another.png"
    draw("circle", 999_999).save(another)
    try_a_picture(page, another)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_sign_digits_by_defaults_reaches_97_in_100(visit_own, own_dashboard, shared_data, tmp_path):
    source = shared_data / "image" / "sign_digits"
    train = Path(shutil.make_archive(str(tmp_path / "train"), "zip", source / "train"))
    later = Path(shutil.make_archive(str(tmp_path / "later"), "zip", source / "test"))
    page = visit_own("data?new=data")
    start_with_all_defaults(page, train)
    run = finished_run(open_workspace(own_dashboard.home), 2400)
    see_the_matrix_and_its_pictures(page)
    page.get_by_role("button", name=re.compile("Test on a new file")).click()
    settle(page)
    page.set_input_files("input[type=file]", later)
    page.get_by_role("button", name=re.compile("Test it")).click(timeout=120_000)
    expect(page.get_by_text(re.compile(r"[\d.]+ now, [\d.]+ then")).first).to_be_visible(timeout=300_000)
    reports = [json.loads(path.read_text()) for path in run.root.glob("evaluations/*/report.json")]
    assert len(reports) == 1 and reports[0]["metrics"]["test"]["accuracy"] >= 0.97
    try_a_picture(page, next((source / "test" / "3").iterdir()))
