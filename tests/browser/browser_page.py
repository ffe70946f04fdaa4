"""Waiting for a page of the dashboard."""

from playwright.sync_api import Page

IDLE = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"


def settle(page: Page) -> None:
    """Wait until no script runs, twice in a row: one run may start the next."""
    for _ in range(2):
        page.wait_for_timeout(300)
        page.wait_for_selector(IDLE, state="attached")
