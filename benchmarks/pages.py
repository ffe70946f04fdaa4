"""From click to paint: the time of a rerun of every page, with banking77 loaded and a run going on.

    python benchmarks/pages.py --train FILE.csv [--clicks 20]

Prints for each page the median and the slowest of the clicks, what a click costs the processor in the server and in the
browser's tab (these two hold on a busy machine as well), and the time of the first page, cold and warm.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from in_browser import BROWSER, server_clock, tab_clock
from playwright.sync_api import ElementHandle, Page, sync_playwright

from sft_core.config import TrainRequest
from sft_core.data.importing import import_files
from sft_core.jobs import store
from sft_core.web.hosting import HostedDashboard
from sft_core.workspace import open_workspace

PAGES = ("home", "data", "prepare", "model", "train", "evaluate", "try", "compare", "system")
# the click, the script's start and end as the page shows them, and the frame in which the result is painted
CLICK = """(link) => new Promise((resolve) => {
  const app = document.querySelector('[data-testid=stApp]');
  let began = 0, seen = false;
  const watch = new MutationObserver(() => {
    const state = app.getAttribute('data-test-script-state');
    seen = seen || state === 'running';
    if (seen && state === 'notRunning') {
      watch.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began)));
    }
  });
  watch.observe(app, {attributes: true});
  began = performance.now();
  link.click();
})"""


def first_page(page: Page, address: str) -> float:
    """Seconds until Home is drawn."""
    began = time.monotonic()
    page.goto(address)
    page.get_by_role("heading", name="What would you like to do?").wait_for()
    return time.monotonic() - began


def opened(page: Page, address: str, place: str, query: str) -> ElementHandle:
    """Open a page; the link in the sidebar by which it is drawn anew."""
    page.goto(f"{address}/{place}?{query}")
    page.wait_for_timeout(3000)
    return page.get_by_test_id("stSidebarNavLink").nth(PAGES.index(place)).element_handle()


def reruns(page: Page, link: ElementHandle, clicks: int) -> list[float]:
    """Milliseconds from the click on the page's own link to the paint."""
    times = []
    for _ in range(clicks):
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.wait_for_timeout(150)
        times.append(float(page.evaluate(CLICK, link)))
    return times


def measure(page: Page, dashboard: HostedDashboard, query: str, clicks: int) -> None:
    """All pages, one after the other."""
    clocks = (server_clock(dashboard), tab_clock(page.context.new_cdp_session(page)))
    for place in PAGES:
        link = opened(page, dashboard.address, place, query)
        before = [clock() for clock in clocks]
        times = reruns(page, link, clicks)
        server, tab = (1000 * (clock() - then) / clicks for clock, then in zip(clocks, before, strict=True))
        print(
            f"{place:10} median {statistics.median(times):5.0f} ms   slowest {max(times):5.0f} ms   "
            f"processor: server {server:4.0f} ms, tab {tab:4.0f} ms a click"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--clicks", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room, sync_playwright() as playwright:
        workspace = open_workspace(Path(room) / "home")
        dataset = import_files(workspace, "banking77", {"train": options.train})
        request = TrainRequest(dataset=dataset).model_dump(mode="json")
        run = store.submit(workspace, "train", request, title="banking77")
        store.ensure_supervisor(workspace)
        with HostedDashboard(workspace.root) as dashboard:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            cold, warm = first_page(page, dashboard.address), first_page(page, dashboard.address)
            print(f"first page: cold {cold:.2f} s, warm {warm:.2f} s")
            measure(page, dashboard, f"dataset={dataset}&run={run.id}", options.clicks)
            browser.close()


if __name__ == "__main__":
    main()
