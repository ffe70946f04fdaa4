"""From click to paint: the time of a rerun of every page, with banking77 loaded and a run going on.

    python benchmarks/pages.py --train FILE.csv [--clicks 20]

Prints the median and the slowest of the clicks for each page, and the time of the first page, cold and warm.
"""

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from sft_core.config import TrainRequest
from sft_core.data.importing import import_files
from sft_core.jobs import store
from sft_core.workspace import open_workspace

ROOT = Path(__file__).resolve().parent.parent
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


def start_server(home: str) -> tuple[subprocess.Popen[bytes], str]:
    """A dashboard of its own; its process and address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    environment = {**os.environ, "TUNEBOARD_HOME": home}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health")
            return server, address
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def first_page(page: Page, address: str) -> float:
    """Seconds until Home is drawn."""
    began = time.monotonic()
    page.goto(address)
    page.get_by_role("heading", name="What would you like to do?").wait_for()
    return time.monotonic() - began


def reruns(page: Page, address: str, place: str, query: str, clicks: int) -> list[float]:
    """Milliseconds from the click on the page's own link to the paint."""
    page.goto(f"{address}/{place}?{query}")
    page.wait_for_timeout(3000)
    link = page.get_by_test_id("stSidebarNavLink").nth(PAGES.index(place)).element_handle()
    times = []
    for _ in range(clicks):
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        page.wait_for_timeout(150)
        times.append(float(page.evaluate(CLICK, link)))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--clicks", type=int, default=20)
    options = parser.parse_args()
    room = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with room as home, sync_playwright() as playwright:
        os.environ["TUNEBOARD_HOME"] = home
        workspace = open_workspace(Path(home))
        dataset = import_files(workspace, "banking77", {"train": options.train})
        request = TrainRequest(dataset=dataset).model_dump(mode="json")
        run = store.submit(workspace, "train", request, title="banking77")
        store.ensure_supervisor(workspace)
        server, address = start_server(home)
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        try:
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            cold, warm = first_page(page, address), first_page(page, address)
            print(f"first page: cold {cold:.2f} s, warm {warm:.2f} s")
            for place in PAGES:
                times = reruns(page, address, place, f"dataset={dataset}&run={run.id}", options.clicks)
                print(f"{place:10} median {statistics.median(times):5.0f} ms   slowest {max(times):5.0f} ms")
        finally:
            browser.close()
            os.killpg(server.pid, signal.SIGTERM)
            store.stop_all(workspace)


if __name__ == "__main__":
    main()
