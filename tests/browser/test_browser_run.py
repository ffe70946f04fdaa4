"""From a square of the matrix to its rows, and from a row to a corrected label, with a real click."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser_page import settle
from once_imported import Importer
from playwright.sync_api import Page, expect
from run_material import finished_run, write_messages

from sft_core.data.store import DatasetStore
from sft_core.evaluation.predictions import read_predictions
from sft_core.jobs.store import Job
from sft_core.records import read_json
from sft_core.workspace import RunFolder, Workspace, open_workspace

pytestmark = pytest.mark.browser


@pytest.fixture
def home(dashboard: object) -> Workspace:
    """The workspace of the running dashboard."""
    return open_workspace(dashboard.home)


@pytest.fixture
def run(home: Workspace, tmp_path: Path, import_once: Importer) -> Job:
    """A finished run in it."""
    return finished_run(home, import_once(home, "Messages", write_messages(tmp_path)))


def squares(page: Page, run: Job):
    """The filled squares of the matrix."""
    found = page.locator(f".st-key-matrix_own_{run.id}_counts_size g.mark-rect path")
    found.first.wait_for()
    return found


def filled(run: Job) -> list[tuple[str, str, int]]:
    """The squares as they are drawn, the largest class first: (true, said, rows)."""
    confusion = read_json(RunFolder(run.folder).report)["confusion"]
    labels, matrix = confusion["labels"], confusion["matrix"]
    place = sorted(range(len(labels)), key=lambda i: (-sum(matrix[i]), labels[i]))
    return [(labels[i], labels[j], matrix[i][j]) for i in place for j in place if matrix[i][j]]


def test_a_click_on_each_square_shows_as_many_rows_as_it_says(visit: Callable[..., Page], run: Job) -> None:
    page = visit(f"evaluate?run={run.id}")
    expected = filled(run)
    assert squares(page, run).count() == len(expected) > 3
    for number, (true, said, rows) in enumerate(expected[:4]):
        squares(page, run).nth(number).click(force=True)
        settle(page)
        title = f"{true}, and it said so" if true == said else f"{true} taken for {said}"
        card = page.locator(f".st-key-rows_card_own_{run.id}")
        expect(card).to_contain_text(f"{title} · {rows} message")


def test_a_wrong_label_is_corrected_from_the_list(visit: Callable[..., Page], home: Workspace, run: Job) -> None:
    page = visit(f"evaluate?run={run.id}")
    mistake = read_predictions(RunFolder(run.folder).predictions).mistakes().iloc[0]
    page.get_by_role("button", name="Label is wrong").first.click()
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_text("The data has changed since this run")).to_be_visible()
    rows = DatasetStore(home).read_rows(read_json(run.folder / "job.json")["request"]["dataset"])
    assert list(rows.loc[rows["_row"] == mistake["row"], "topic"]) == [mistake["prediction"]]


def test_on_a_phone_the_page_is_as_narrow_as_the_screen(visit: Callable[..., Page], run: Job) -> None:
    page = visit(f"evaluate?run={run.id}", width=390, height=844, scheme="dark")
    expect(page.get_by_text("How good is it?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
