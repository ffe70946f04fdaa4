"""A million short rows (about 85 MB): how long the import takes, and how the Data page then behaves in a browser.

    python benchmarks/importing.py [--rows 1000000]

Makes the file itself. Prints the seconds of the import job by the clock and by the processor (the latter hold on a busy
machine as well), how often its progress was told, the milliseconds of paging and searching, and the server's memory.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from sft_core.config import ReadOptions, Roles
from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.web.hosting import HostedDashboard
from sft_core.workspace import Workspace, new_id, open_workspace

BROWSER = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
# notes the moment in which the end of a script run is painted
WATCH = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  let seen = false;
  window.painted = 0;
  new MutationObserver(() => {
    const state = app.getAttribute('data-test-script-state');
    seen = seen || state === 'running';
    if (seen && state === 'notRunning') {
      seen = false;
      requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = performance.now(); }));
    }
  }).observe(app, {attributes: true});
}"""
CLASSES, WORDS = 77, 3_000


def make_file(path: Path, rows: int) -> None:
    """Short texts of invented words with a class each."""
    draw = random.Random(0)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(draw.choices(letters, k=draw.randint(2, 9))) for _ in range(WORDS)]
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        for number in range(rows):
            file.write(f"{' '.join(draw.choices(words, k=draw.randint(6, 16)))},class_{number % CLASSES}\n")


def run_import(workspace: Workspace, path: Path) -> tuple[str, float, float, int]:
    """The dataset, the seconds from the wish to the end by the clock and by the processor, and the progress told."""
    dataset = new_id()
    request = {
        "name": "A million rows",
        "files": {"train": str(path)},
        "read": ReadOptions().model_dump(),
        "roles": Roles(text=("text",), label="label").model_dump(),
        "dataset": dataset,
    }
    began = time.monotonic()
    job = store.submit(workspace, "import", request, title="A million rows")
    store.ensure_supervisor(workspace)
    processor = followed(workspace, job)
    seconds = time.monotonic() - began
    ended = store.get(workspace, job.id)
    if ended.state != "finished":
        raise SystemExit(f"{ended.message} {ended.hint}")
    told = (ended.folder / "events.jsonl").read_text(encoding="utf-8").count('"progress"')
    return dataset, seconds, processor, told


def followed(workspace: Workspace, job: Job) -> float:
    """Wait for the end of a job; the processor seconds of its worker and of what that has started."""
    spent = 0.0
    while (job := store.get(workspace, job.id)).active:
        with suppress(psutil.NoSuchProcess):  # it ended just now
            spent = max(spent, family_seconds(psutil.Process(job.pid))) if job.pid else spent
        time.sleep(0.05)
    return spent


def family_seconds(worker: psutil.Process) -> float:
    """Of a process, its children that live, and those that have ended."""
    living = sum(sum(child.cpu_times()[:2]) for child in worker.children(recursive=True))
    return sum(worker.cpu_times()[:4]) + living


def timed(page: Page, act: Callable[[], object]) -> float:
    """Milliseconds from an act to the paint of what it set off."""
    began = page.evaluate("() => { window.painted = 0; return performance.now(); }")
    act()
    page.wait_for_function("window.painted > 0")
    return float(page.evaluate("window.painted")) - float(began)


def use_page(page: Page, address: str, dataset: str) -> dict[str, list[float]]:
    """Paging and searching in the table of the Data page."""
    page.goto(f"{address}/data?dataset={dataset}")
    page.get_by_test_id("stPagination").wait_for()
    page.wait_for_timeout(2_000)
    page.evaluate(WATCH)
    found: dict[str, list[float]] = {"next page": [], "search": []}
    for _ in range(20):
        found["next page"].append(timed(page, page.get_by_role("button", name="Next page").click))
        page.wait_for_timeout(200)
    field = page.get_by_placeholder("Search in the rows")
    for word in ("ab", "class", "zz q", "e", "th", "so"):
        field.fill(word)
        found["search"].append(timed(page, lambda: field.press("Enter")))
        page.wait_for_timeout(200)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room, sync_playwright() as playwright:
        path = Path(room) / "rows.csv"
        make_file(path, options.rows)
        workspace = open_workspace(Path(room) / "home")
        with HostedDashboard(workspace.root) as dashboard:
            dataset, clock, processor, told = run_import(workspace, path)
            print(f"import: {options.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB in {clock:.1f} s by the clock,")
            print(f"  {processor:.1f} s by the processor, progress told {told} times")
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            for what, times in use_page(page, dashboard.address, dataset).items():
                print(f"{what:10} median {statistics.median(times):5.0f} ms   slowest {max(times):5.0f} ms")
            browser.close()
            memory = psutil.Process(dashboard.server.pid).memory_info().rss
            print(f"memory of the server: {memory / 2**20:.0f} MB")


if __name__ == "__main__":
    main()
