"""A walk through every screen: axe-core finds nothing serious on it, in both themes, on a desk and on a phone, and
afterwards the server has imported none of the heavy libraries.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from axe import problems
from browser_page import IDLE, go_to, settle
from browser_server import Dashboard, supervised_by_this_test
from once_imported import Importer
from playwright.sync_api import Browser, Page
from screens import EMPTY, PARTS, Screen, fill
from telling import imported, write_telling

from sft_core.workspace import open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

HEAVY = {"torch", "transformers", "accelerate", "peft", "captum", "evaluate", "onnxruntime"}
WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
OF_WIDTH = ("scrollable-region-focusable", "aria-hidden-focus", "button-name", "link-name")
APP = "[data-testid=stApp]"
GROUNDS = {"light": "rgb(251, 251, 248)", "dark": "rgb(20, 25, 26)"}
WORN = "([app, ground]) => getComputedStyle(document.querySelector(app)).backgroundColor === ground"
MENDED = "[...document.querySelectorAll('[data-testid=stSidebarNavItems]')].every(list => list.role === 'none')"
# Colours change at once, and nothing fades while it is drawn anew: axe would measure what is there for a moment.
STILL = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`*, ::before, ::after { transition: none !important; animation: none !important }
        [data-stale=true] { opacity: 1 !important }`)
    document.adoptedStyleSheets.push(sheet)
}"""
OPEN_ALL = "for (const one of document.querySelectorAll('[data-testid=stExpander] details')) one.open = true"


class Look(NamedTuple):
    """A theme, a width, and the rules of axe that it is looked at by: all of them, or these alone."""

    scheme: str
    size: dict[str, int]
    rules: tuple[str, ...] = ()


LOOKS = (Look("light", WIDE), Look("dark", WIDE, ("color-contrast",)), Look("dark", NARROW, OF_WIDTH))


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server writes what it has imported."""
    return write_telling(tmp_path_factory.mktemp("asked") / "telling")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, telling: Path) -> Iterator[Dashboard]:
    """A dashboard of these tests alone: one of them needs it empty."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(telling))
        running = Dashboard(tmp_path_factory.mktemp("accessible"))
    with supervised_by_this_test(open_workspace(running.home)):
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
    """What axe finds on each screen: by all rules when wide and light, then what the theme and the width decide."""
    found = []
    page.goto(address)
    page.evaluate(STILL)
    settle(page)
    for place, screen in enumerate(screens):
        go_to(page, screen.address)
        found += in_looks(page, screen.name, LOOKS if place % 2 == 0 else LOOKS[::-1])  # begins as the last has ended
        assert page.get_by_test_id("stException").count() == 0, screen.name
    return found


def in_looks(page: Page, name: str, looks: tuple[Look, ...]) -> list[str]:
    """What axe finds on what is open now, in one look after the other."""
    found = []
    for look in looks:
        wear(page, look)
        page.wait_for_function(MENDED)
        page.evaluate(OPEN_ALL)
        found += [f"{name}, {look.scheme}: {one}" for one in problems(page, *look.rules)]
    return found


def wear(page: Page, look: Look) -> None:
    """The page as wide as this, in the theme that the browser asks for, at rest."""
    page.set_viewport_size(look.size)
    page.emulate_media(color_scheme=look.scheme)
    settle(page)
    page.wait_for_function(WORN, arg=[APP, GROUNDS[look.scheme]])
    page.wait_for_selector(IDLE, state="attached")


def test_screens_with_nothing_on_them_have_no_serious_problem(page: Page, home: Dashboard) -> None:
    assert looked_at(page, home.address, EMPTY) == []
    wear(page, LOOKS[0])
    page.get_by_role("button", name="Words").click()
    page.get_by_role("dialog").get_by_label("Search").wait_for()
    assert in_looks(page, "the words", LOOKS) == []


@pytest.mark.parametrize("part", PARTS)
def test_no_screen_has_a_serious_problem_or_makes_the_server_heavy(
    page: Page, home: Dashboard, telling: Path, filled: dict[str, list[Screen]], part: str
) -> None:
    assert len(filled[part]) > 3
    assert looked_at(page, home.address, filled[part]) == []
    names = imported(home.server.pid, telling)
    assert {"sft_core", "pandas", "streamlit"} <= names
    assert names & HEAVY == set()
