"""axe-core finds nothing serious on any screen, in both themes, on a desk and on a phone."""

import pytest
from axe import problems
from browser_page import IDLE, settle
from browser_server import Dashboard
from once_imported import Importer
from playwright.sync_api import Browser, Page
from screens import EMPTY, PARTS, Screen, fill

from sft_core.workspace import open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
APP = "[data-testid=stApp]"
GROUNDS = {"light": "rgb(251, 251, 248)", "dark": "rgb(20, 25, 26)"}
WORN = "([app, ground]) => getComputedStyle(document.querySelector(app)).backgroundColor === ground"
MENDED = "[...document.querySelectorAll('[data-testid=stSidebarNavItems]')].every(list => list.role === 'none')"
OPEN_ALL = "for (const one of document.querySelectorAll('[data-testid=stExpander] details')) one.open = true"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A dashboard of these tests alone: one of them needs it empty."""
    running = Dashboard(tmp_path_factory.mktemp("accessible"))
    yield running
    running.close()


@pytest.fixture
def page(chromium: Browser, home: Dashboard):
    context = chromium.new_context(viewport=WIDE, color_scheme="light")
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def filled(home: Dashboard, import_once: Importer, tmp_path_factory) -> dict[str, list[Screen]]:
    """Its screens by part, when something stands on them."""
    return fill(open_workspace(home.home), tmp_path_factory.mktemp("brought"), import_once)


def looked_at(page: Page, address: str, screens: list[Screen]) -> list[str]:
    """What axe finds on each screen in its four looks: all rules at each width, in the other theme the colours."""
    found = []

    def note(screen: Screen, look: str, *rules: str) -> None:
        page.wait_for_function(MENDED)
        page.evaluate(OPEN_ALL)
        found.extend(f"{screen.name}, {look}: {one}" for one in problems(page, *rules))

    for screen in screens:
        page.set_viewport_size(WIDE)
        wear(page, "light")
        page.goto(f"{address}/{screen.address}")
        settle(page)
        note(screen, "light, wide")
        wear(page, "dark")
        note(screen, "dark, wide", "color-contrast")
        page.set_viewport_size(NARROW)
        settle(page)
        note(screen, "dark, narrow")
        wear(page, "light")
        note(screen, "light, narrow", "color-contrast")
    return found


def wear(page: Page, scheme: str) -> None:
    """The theme that the browser asks for, as soon as the page wears it."""
    page.emulate_media(color_scheme=scheme)
    if page.locator(APP).count():
        page.wait_for_function(WORN, arg=[APP, GROUNDS[scheme]])
        page.wait_for_selector(IDLE, state="attached")


def test_screens_with_nothing_on_them_have_no_serious_problem(page: Page, home: Dashboard) -> None:
    assert looked_at(page, home.address, EMPTY) == []


# Beside other tests, a sentence on Prepare was measured while the theme changed: these are walked in `make slow`.
WALKED = [part if part == "workspace" else pytest.param(part, marks=pytest.mark.slow) for part in PARTS]


@pytest.mark.parametrize("part", WALKED)
def test_no_screen_has_a_serious_problem(page: Page, home: Dashboard, filled: dict[str, list[Screen]], part) -> None:
    assert len(filled[part]) > 3
    assert looked_at(page, home.address, filled[part]) == []
