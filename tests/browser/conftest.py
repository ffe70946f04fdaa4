"""A real dashboard and a real browser: the server in a process of its own, Debian's chromium driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_page import settle
from browser_server import Dashboard
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The dashboard that most tests share."""
    running = Dashboard(tmp_path_factory.mktemp("browser_home"))
    yield running
    running.close()


@pytest.fixture
def own_dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard for one test alone, with an empty workspace: it may be killed."""
    home = tmp_path / "home"
    home.mkdir()
    running = Dashboard(home)
    yield running
    running.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium. Skips visibly where it is not installed."""
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        if os.environ.get("TUNEBOARD_INSIDE_EMPTY_NETWORK") == "blocked":  # see test_browser_offline.py
            arguments.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
        expect.set_options(timeout=60_000)  # two cores may have other things to do
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, dashboard: Dashboard) -> Iterator[Visit]:
    """Opens a path of the shared dashboard in a fresh browser context and waits until the page is drawn."""
    yield from _visits(chromium, dashboard)


@pytest.fixture
def visit_own(chromium: Browser, own_dashboard: Dashboard) -> Iterator[Visit]:
    """The same for the dashboard of this test alone."""
    yield from _visits(chromium, own_dashboard)


def _visits(chromium: Browser, dashboard: Dashboard) -> Iterator[Visit]:
    contexts = []

    def open_(path: str = "", *, width: int = 1440, height: int = 1000, scheme: str = "light") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{dashboard.address}/{path}")
        settle(page)
        return page

    yield open_
    for context in contexts:
        context.close()
