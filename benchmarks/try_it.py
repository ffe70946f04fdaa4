"""From Ask to the painted answer on Try it, in a browser, with a fine-tuned run of the sample.

    python benchmarks/try_it.py [--run FOLDER] [--questions 20]

Without a finished run (it is copied) the sample is trained first, with the preset quick. Each question is another
message of the sample's second file; it is sent with Ctrl+Enter and with a click on Ask in turns. The clock starts at
the key or the click as the page hears it, and stops at the last frame in which the answer still changed. Prints the
median and the slowest, what a question costs the processor (this holds on a busy machine as well), what the model takes
without a page, and the load of the machine.
"""

import argparse
import csv
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from in_browser import BROWSER, IDLE, server_clock, tab_clock
from playwright.sync_api import Page, sync_playwright

from sft_core.config import TrainRequest
from sft_core.data.sample.files import sample_files
from sft_core.jobs import store
from sft_core.jobs.inference_client import InferenceClient
from sft_core.web.hosting import HostedDashboard
from sft_core.workspace import Workspace, open_workspace

LONGEST = 200  # characters of a question: the page quotes it whole
# Watches the page until it quotes the question and has been still for a while; the milliseconds to its last frame.
WATCH = """(text) => {
  let began = 0, painted = 0;
  const start = () => { began = began || performance.now(); };
  addEventListener('keydown', (event) => { if (event.key === 'Enter') start(); }, {capture: true});
  addEventListener('click', start, {capture: true});
  const watch = new MutationObserver(() => requestAnimationFrame(() => { painted = performance.now(); }));
  watch.observe(document.querySelector('[data-testid=stMain]'),
                {childList: true, characterData: true, subtree: true, attributeFilter: ['d', 'transform']});
  const app = document.querySelector('[data-testid=stApp]');
  window.answered = new Promise((resolve) => {
    const look = setInterval(() => {
      const card = document.querySelector('.st-key-try_answer');
      if (!card || !card.innerText.includes(text) || app.dataset.testScriptState !== 'notRunning') return;
      if (painted < began || performance.now() - painted < 400) return;
      clearInterval(look);
      watch.disconnect();
      resolve(painted - began);
    }, 50);
  });
}"""


def a_run(workspace: Workspace, folder: Path | None) -> store.Job:
    """A finished run in this workspace: a copy of the one given, or a new one of the sample."""
    if folder is not None:
        place = workspace.runs / folder.name
        shutil.copytree(folder, place)
        job = store.find(workspace, place)
        assert job is not None, f"{folder} is no run"
        return job
    request = TrainRequest(train=str(sample_files()["train"]), preset="quick", name="Sample")
    job = store.submit(workspace, "train", request.model_dump(mode="json"), title="Sample")
    while job.state != "finished":
        store.ensure_supervisor(workspace)
        time.sleep(1)
        job = store.get(workspace, job.id)
        assert job.state in ("queued", "starting", "running", "finished"), job.message
    return job


def questions(most: int) -> list[str]:
    """So many messages that the run has not learnt from."""
    with sample_files()["next_month"].open(encoding="utf-8", newline="") as file:
        texts = [" ".join(row["message"].split()) for row in csv.DictReader(file)]
    return list(dict.fromkeys(text for text in texts if 20 < len(text) < LONGEST))[:most]


def asked_in_the_page(page: Page, texts: list[str]) -> list[float]:
    """Milliseconds from each question to its painted answer."""
    times = []
    for number, text in enumerate(texts):
        page.wait_for_selector(IDLE)
        field = page.get_by_role("textbox").first
        field.fill(text)
        page.evaluate(WATCH, text)
        if number % 2:
            field.press("Control+Enter")
        else:
            page.get_by_role("button", name="Ask").click()
        times.append(float(page.evaluate("window.answered")))
    return times


def asked_directly(workspace: Workspace, folder: Path, texts: list[str]) -> list[float]:
    """Milliseconds that the process behind the page takes for the same, as the page asks it."""
    client, times = InferenceClient(workspace), []
    for text in texts:
        began = time.perf_counter()
        client.predict(folder, [text], compare_base=True)
        times.append(1000 * (time.perf_counter() - began))
    return times


def model_clock(workspace: Workspace) -> Callable[[], float]:
    """Seconds that the processor time of the process behind the page has come to."""
    pid = InferenceClient(workspace).pid()
    assert pid is not None, "nobody answers"
    process = psutil.Process(pid)
    return lambda: sum(process.cpu_times()[:2])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, help="the folder of a finished run")
    parser.add_argument("--questions", type=int, default=20)
    options = parser.parse_args()
    texts = questions(options.questions + 1)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room, sync_playwright() as playwright:
        workspace = open_workspace(Path(room) / "home")
        job = a_run(workspace, options.run)
        with HostedDashboard(workspace.root) as dashboard:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            began = time.monotonic()
            page.goto(f"{dashboard.address}/try?run={job.id}")
            page.get_by_text("Ready: it answers at once").wait_for(timeout=120_000)
            print(f"awake after {time.monotonic() - began:.1f} s")
            (first,) = asked_in_the_page(page, texts[:1])
            clocks = (server_clock(dashboard), tab_clock(page.context.new_cdp_session(page)), model_clock(workspace))
            before = [clock() for clock in clocks]
            rest = asked_in_the_page(page, texts[1:])
            spent = [1000 * (clock() - then) / len(rest) for clock, then in zip(clocks, before, strict=True)]
            alone = asked_directly(workspace, job.folder, texts[1:])
            browser.close()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"from Ask to the painted answer: median {statistics.median(rest):.0f} ms, slowest {max(rest):.0f} ms")
    print(f"the first question of all: {first:.0f} ms; {len(rest)} others: {', '.join(f'{one:.0f}' for one in rest)}")
    print("processor, ms a question: server {:.0f}, tab {:.0f}, model {:.0f}".format(*spent))
    print(f"the model alone, base model beside: median {statistics.median(alone):.0f} ms, slowest {max(alone):.0f} ms")
    print(f"load of the machine (1, 5, 15 minutes): {load} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
