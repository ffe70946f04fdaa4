"""The sample, from the clicks to what is painted: data in place, the first matrix, the fine-tuned one, the end.

    python benchmarks/sample.py [--preset balanced] [--rounds 1]

Prints for each round the seconds from the click on the sample's door to "ready to train", and those from the click on
Start until the page shows each matrix. A worker's start is part of it, and so is the page's own work.
"""

import argparse
import re
import tempfile
import time
from pathlib import Path

from in_browser import BROWSER, IDLE
from playwright.sync_api import Page, sync_playwright

from sft_core.web.hosting import HostedDashboard

SHOWN = {  # what stands on the page once that matrix is painted
    "first matrix": r"before any fine-tuning",
    "the probe's matrix": r"\(probe\), before any fine-tuning|The first look, before any fine-tuning",
    "the first fine-tuned matrix": r"After [\d.]+ of \d+ pass",
    "finished and tested": r"Right \d+ times in 100",
}


def data_in_place(page: Page, address: str) -> float:
    """Seconds from the door's button until the Train page stands there."""
    page.goto(address)
    page.wait_for_selector(IDLE)
    button = page.get_by_role("button", name="Start", exact=True)
    button.wait_for()
    began = time.monotonic()
    button.click()
    page.wait_for_url(re.compile("/train"))
    page.get_by_role("button", name="Start", exact=True).wait_for()
    return time.monotonic() - began


def choose(page: Page, preset: str) -> None:
    """Choose a preset that is not the usual one."""
    button = page.get_by_role("button", name=f"Choose {preset}")
    if button.count():
        button.click()
        button.wait_for(state="detached")


def watched(page: Page) -> dict[str, float]:
    """Seconds from the click on Start until each of the matrices is painted."""
    page.get_by_role("button", name="Start", exact=True).click()
    began = time.monotonic()
    seen: dict[str, float] = {}
    for name, words in SHOWN.items():
        page.get_by_text(re.compile(words)).first.wait_for()
        seen[name] = time.monotonic() - began
    return seen


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
        for _ in range(options.rounds):
            with (
                tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room,
                HostedDashboard(Path(room) / "home") as dashboard,
            ):
                page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
                page.set_default_timeout(600_000)
                print(f"data in place {data_in_place(page, dashboard.address):.1f} s", end="")
                choose(page, options.preset)
                print("".join(f", {name} {seconds:.1f} s" for name, seconds in watched(page).items()), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
