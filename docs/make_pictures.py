"""Make the pictures of docs/pictures anew: walk the sample's journey in Debian's chromium and photograph each screen.

`--all DIR` also photographs every page in light and dark at 1440 and 390 px into DIR, to look at.
"""

import argparse
import re
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from sft_core.web.hosting import HostedDashboard

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
PAGES = ("", "data", "prepare", "model", "train", "evaluate", "try", "compare", "system")
TALL = 2600  # a page scrolls inside itself: what is below the window would not be on the picture
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1440, 390)]


def settled(page: Page) -> Page:
    """The page when nothing runs any more and charts are drawn."""
    for _ in range(2):
        page.wait_for_timeout(900)
        page.wait_for_selector(IDLE, timeout=120_000)
    return page


def shot(page: Page, name: str) -> None:
    """One picture for the README."""
    settled(page).screenshot(path=PICTURES / f"{name}.png")


def walk(browser: Browser, address: str) -> Page:
    """The sample's journey, photographed; the page at its end."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.set_default_timeout(180_000)
    page.goto(address)
    shot(page, "home")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile("/train"))
    for place, name in (("Data", "data"), ("Prepare", "prepare"), ("Model", "model")):
        page.get_by_test_id("stSidebarNavLink").filter(has_text=place).first.click()
        shot(page, name)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Train").first.click()
    settled(page).get_by_role("button", name=re.compile("Start")).first.click()
    page.get_by_text(re.compile("[Pp]ass [2-9] of")).first.wait_for(timeout=900_000)
    shot(page, "training")
    page.get_by_role("button", name=re.compile("See how good it is")).wait_for(timeout=900_000)
    settled(page).get_by_role("button", name=re.compile("See how good it is")).click()
    page.get_by_role("heading", name="How good is it?").wait_for()
    shot(page, "evaluation")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Try it").first.click()
    settled(page).get_by_role("textbox").first.fill("I was charged twice for the same order, please give my money back")
    page.get_by_role("button", name=re.compile("Ask")).first.click()
    shot(page, "try_it")
    return page


def photograph_all(browser: Browser, page: Page, address: str, folder: Path) -> None:
    """Every page in all four looks, with the run of the journey."""
    folder.mkdir(parents=True, exist_ok=True)
    query = page.url.partition("?")[2]
    for scheme, width in LOOKS:
        one = browser.new_context(viewport={"width": width, "height": TALL}, color_scheme=scheme).new_page()
        for place in PAGES:
            one.goto(f"{address}/{place}?{query}")
            settled(one).screenshot(path=folder / f"{place or 'home'}_{scheme}_{width}.png", full_page=True)
        one.context.close()


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="DIR", help="also every page, light and dark, wide and narrow")
    options = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    room = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with room as home, HostedDashboard(Path(home) / "home") as dashboard, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        page = walk(browser, dashboard.address)
        if options.all:
            photograph_all(browser, page, dashboard.address, options.all)
        browser.close()


if __name__ == "__main__":
    main()
