import hashlib
import random
import re
from pathlib import Path

import pytest
from browser_page import settle, wait_for
from browser_server import Dashboard
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

FIELD = "input[type=file]"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 30 MB of rows that no one has seen before."""
    dice = random.Random(0)
    path = tmp_path_factory.mktemp("large") / "large table.csv"
    with path.open("w") as file:
        file.write("message,topic\n")
        for n in range(30_000):
            file.write(f"message {n} {dice.randbytes(480).hex()},{'ab'[n % 2]}\n")
    return path


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parts(dashboard: Dashboard) -> list[Path]:
    return list((dashboard.home / "uploads").glob(".part-*/data"))


def brought(dashboard: Dashboard, name: str) -> Path:
    return next((dashboard.home / "uploads").glob(f"*/train/{name}"))


def hold_after(page: Page, slices: int, held: list[Route] | None = None) -> list[str]:
    """Let some slices through and none after them; the offsets that were sent."""
    sent: list[str] = []

    def handle(route: Route) -> None:
        if route.request.method == "PUT":
            if len(sent) >= slices:
                return None if held is None else held.append(route)  # not answered, as over a dead line
            sent.append(route.request.url.rpartition("=")[2])
        return route.continue_()

    page.route("**/api/uploads/*", handle)
    return sent


def test_a_cut_upload_goes_on_after_a_reload_and_a_restart(visit_own, own_dashboard, table):
    page = visit_own("data?new=data")
    hold_after(page, 2)
    page.set_input_files(FIELD, table)
    expect(page.get_by_text(re.compile("17 of 29 MB"))).to_be_visible()
    page.reload()
    page.unroute("**/api/uploads/*")
    settle(page)
    expect(page.get_by_text("17 of 29 MB of “large table.csv” are here already")).to_be_visible()
    own_dashboard.kill()
    own_dashboard.start()
    page.reload()
    settle(page)
    sent = hold_after(page, 10)
    page.set_input_files(FIELD, table)
    expect(page.get_by_role("heading", name="large table.csv")).to_be_visible()
    assert sent[0] == str(2 * 8 * 2**20)  # nothing was sent twice
    assert sha256(brought(own_dashboard, "large table.csv")) == sha256(table)
    assert not list((own_dashboard.home / "uploads").glob(".*"))


def test_it_can_be_stopped_gone_on_with_and_removed_by_keyboard(visit, dashboard, table):
    page = visit("data?new=data")
    hold_after(page, 1)
    choose = page.get_by_role("button", name="Choose files")
    with page.expect_file_chooser() as chooser:
        choose.press("Enter")
    chooser.value.set_files(table)
    stop = page.get_by_role("button", name="Stop")
    expect(page.get_by_text(re.compile("8 of 29 MB"))).to_be_visible()
    expect(stop).to_be_focused()
    expect(page.get_by_role("progressbar", name="Sending large table.csv")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stopped at 8 of 29 MB").first).to_be_visible()
    page.unroute("**/api/uploads/*")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Remove
    expect(choose).to_be_visible()
    wait_for(lambda: not parts(dashboard))


def test_while_it_is_sent_the_server_may_end_and_another_page_be_looked_at(visit_own, own_dashboard, table):
    page = visit_own("data?new=data")
    held: list[Route] = []
    hold_after(page, 2, held)
    page.set_input_files(FIELD, table)
    expect(page.get_by_text(re.compile("17 of 29 MB"))).to_be_visible()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="System").click()
    expect(page.get_by_role("heading", name="Room on the disk")).to_be_visible()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Data").click()
    expect(page.get_by_text(re.compile("17 of 29 MB"))).to_be_visible()
    own_dashboard.kill()
    held.pop().continue_()
    expect(page.get_by_text("The dashboard does not answer; trying again").first).to_be_visible()
    page.unroute("**/api/uploads/*")
    own_dashboard.start()
    expect(page.get_by_role("heading", name="large table.csv")).to_be_visible()
    assert sha256(brought(own_dashboard, "large table.csv")) == sha256(table)


def test_what_cannot_be_taken_says_why(visit, tmp_path):
    page = visit("data?new=data")
    page.route("**/api/uploads", lambda route: route.fulfill(status=507, json={"message": "No room.", "hint": "Make."}))
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    page.set_input_files(FIELD, path)
    expect(page.get_by_role("alert").filter(has_text="No room.")).to_contain_text("Make.")
    page.unroute("**/api/uploads")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="a.csv")).to_be_visible()


def test_a_folder_comes_with_its_paths(visit, dashboard, tmp_path):
    files = {f"{name}/{n}.jpg": f"{name} {n}".encode() for name in ("cat", "dog") for n in range(3)}
    for name, content in files.items():
        path = tmp_path / "my animals" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    page = visit("data?new=data")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(tmp_path / "my animals")
    expect(page.get_by_role("heading", name="my animals")).to_be_visible()
    here = brought(dashboard, "my animals")
    assert {str(path.relative_to(here)): path.read_bytes() for path in here.rglob("*.jpg")} == files


def test_a_file_can_be_dropped(visit):
    page = visit("data?new=data")
    given = page.evaluate_handle(
        """() => {
            const given = new DataTransfer()
            const rows = Array.from({ length: 40 }, (_, n) => `message ${n},${"ab"[n % 2]}`)
            given.items.add(new File([["text,label", ...rows].join("\\n")], "dropped.csv"))
            return given
        }"""
    )
    page.locator("[data-part=zone]").dispatch_event("drop", {"dataTransfer": given})
    expect(page.get_by_role("heading", name="dropped.csv")).to_be_visible()
    expect(page.get_by_text("40 rows").first).to_be_visible()
