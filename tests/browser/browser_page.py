"""Waiting for a page of the dashboard, and for what happens behind it."""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

Answer = TypeVar("Answer")

IDLE = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"


_PLACE = "location.pathname + location.search"
_SHOWN = "document.querySelector('[data-testid=stMain]').innerText"
_WALK = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate', {state: {}})) }"


def go_to(page: Page, address: str) -> None:
    """Another address of the dashboard that is open, as Back does it: nothing is loaded anew. Waits for its words."""
    if page.evaluate(_PLACE) == f"/{address}":
        return
    before = page.evaluate(_SHOWN)
    page.evaluate(_WALK, f"/{address}")
    page.wait_for_function(f"before => {_SHOWN} !== before", arg=before)


def settle(page: Page) -> None:
    """Wait until no script runs, twice in a row: one run may start the next."""
    for _ in range(2):
        page.wait_for_timeout(300)
        page.wait_for_selector(IDLE, state="attached")


def wait_for(what: Callable[[], Answer], seconds: float = 60.0) -> Answer:
    """Ask again and again, ever less often, until the answer is true; that answer."""
    start = time.monotonic()
    while (waited := time.monotonic() - start) < seconds:
        if answer := what():
            return answer
        time.sleep(min(0.5, 0.05 + waited / 20))  # what takes long is not asked for often: the asking takes time too
    raise AssertionError(f"not within {seconds} s: {what}")
