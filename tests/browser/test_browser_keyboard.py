"""From a file to an answer without a mouse."""

import re
from pathlib import Path

import pytest
from browser_page import settle
from keyboard import Keyboard
from playwright.sync_api import expect
from run_material import write_messages
from small_effort import wish_tiny

from sft_core.data.store import DatasetStore
from sft_core.workspace import open_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PASSES = 10
PATIENCE = 300_000  # ms, of a training of some seconds on a machine that has other work


def bring(keys: Keyboard, table: Path) -> None:
    """Home, then the file; the window in which a file is chosen is the system's."""
    page = keys.page
    keys.go("^Choose a file", page.get_by_role("button", name="Choose files"))
    keys.choose("^Choose files", table)
    page.get_by_role("button", name="Use this data").wait_for()
    settle(page)
    keys.go("Use this data", page.get_by_role("heading", name="Clean and split"))


def train(keys: Keyboard) -> None:
    """From Prepare to Train: the least effort, and watch it to the end."""
    page = keys.page
    keys.go("Train$", page.get_by_role("heading", name="Ready to learn"), "button")
    keys.go("Choose quick", page.get_by_role("button", name="Choose balanced"))
    keys.go("Start$", page.get_by_role("button", name="Stop"), "button", back=True)
    keys.reach("Stop$", "button")
    page.get_by_role("button", name="See how good it is").wait_for(timeout=PATIENCE)
    settle(page)
    keys.go("See how good it is", page.get_by_role("heading", name="How good is it?"))


def read_a_square(keys: Keyboard) -> None:
    """The matrix as a table, and in it the first class beside what it said."""
    keys.reach("As a table", "switch|checkbox|input")
    keys.press("Space")
    settle(keys.page)
    keys.reach("", "canvas", back=True)
    keys.press("ArrowRight")
    card = keys.page.locator("[class*=st-key-rows_card]")
    expect(card).to_contain_text(re.compile("Billing, and it said so|Billing taken for"))


def ask(keys: Keyboard) -> None:
    """Out of the table, to Try it, and a question."""
    settle(keys.page)
    keys.go("Try it$", keys.page.get_by_role("heading", name="What would it say?"), "a", back=True)
    keys.reach("", "textarea")
    keys.page.keyboard.type("where does my invoice stay?")
    keys.go("Ask", keys.page.get_by_text(re.compile("% sure")).first, "button")


def test_the_whole_journey_goes_without_a_mouse(visit_own, own_dashboard, tmp_path) -> None:
    keys = Keyboard(visit_own(""))
    bring(keys, write_messages(tmp_path))
    home = open_workspace(own_dashboard.home)
    (dataset,) = DatasetStore(home).list()
    wish_tiny(home, dataset.id, tmp_path, "balanced", epochs=PASSES)  # the way is looked at, not what is learnt
    train(keys)
    read_a_square(keys)
    ask(keys)
    assert keys.unseen == set()
