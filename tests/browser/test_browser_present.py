"""Presenting in a real browser: slides as high as the screen in large type, keys of a clicker, reload, Escape."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser_page import settle, wait_for
from once_imported import Importer
from playwright.sync_api import Page, expect
from run_material import finished_run, write_messages

from sft_core.jobs.store import Job
from sft_core.workspace import Workspace, open_workspace

pytestmark = pytest.mark.browser
SLIDES = '[class*="st-key-slide_"]'
LETTERS = """() => [...document.querySelectorAll('.st-key-present :is(p, h1, h2, svg text)')]
    .filter(one => one.textContent.trim() && !one.closest('.st-key-present_leave'))
    .map(one => parseFloat(getComputedStyle(one).fontSize))"""


@pytest.fixture
def run(dashboard: object, tmp_path: Path, import_once: Importer) -> Job:
    """A finished run in the running dashboard."""
    home: Workspace = open_workspace(dashboard.home)
    return finished_run(home, import_once(home, "Messages", write_messages(tmp_path)))


def top(page: Page, place: int) -> float:
    """Where a slide begins, in pixels from the top of the screen."""
    return page.locator(SLIDES).nth(place).bounding_box()["y"]


def test_a_result_is_presented_and_left(visit: Callable[..., Page], run: Job) -> None:
    page = visit(f"evaluate?run={run.id}", width=1280, height=720)
    page.get_by_role("button", name="Present").click()
    settle(page)
    expect(page.get_by_role("heading", name="Right ")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button", name="Take home")).to_have_count(0)
    page.locator(f"{SLIDES} svg.marks text").nth(1).wait_for()
    assert page.locator(SLIDES).first.bounding_box()["height"] >= 720
    assert min(page.evaluate(LETTERS)) >= 28

    page.keyboard.press("PageDown")
    wait_for(lambda: abs(top(page, 1)) < 3)
    page.reload()
    settle(page)
    assert f"run={run.id}" in page.url and "present=" in page.url
    expect(page.get_by_role("heading", name="mixed up")).to_be_visible()
    page.locator(f"{SLIDES} svg.marks text").nth(1).wait_for()  # all of it is drawn, and its keys are heard
    settle(page)

    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Present")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert f"run={run.id}" in page.url and "present" not in page.url


def test_a_replay_goes_on_by_itself(visit: Callable[..., Page], run: Job) -> None:
    page = visit(f"train?run={run.id}")
    page.get_by_role("button", name="Replay in 30 seconds").click()
    bar = page.locator(".st-key-replay_bar [role=progressbar]")
    bar.wait_for()
    first = int(bar.get_attribute("aria-valuenow"))
    wait_for(lambda: int(bar.get_attribute("aria-valuenow")) > first)
    page.get_by_role("button", name="To the end").click()
    expect(page.get_by_role("button", name="Once more")).to_be_visible()
    expect(page.get_by_role("heading", name="Right ")).to_be_visible()
