"""How a run ends is told by title, sound and notification, also in a hidden tab whose own clock stands still."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_page import settle
from browser_server import Dashboard, supervised_by_this_test
from playwright.sync_api import Browser, Page, expect
from run_material import finish_run, submit_run, tell_progress, write_config, write_messages

from sft_core.data.importing import import_files
from sft_core.workspace import Workspace, open_workspace

pytestmark = pytest.mark.browser

LISTEN = """
window.shown = []; window.tones = []; window.asked = 0
window.Notification = class {
  static permission = "default"
  static async requestPermission() { window.asked++; this.permission = "granted"; return "granted" }
  constructor(title, options) { window.shown.push(`${title}: ${options.body}`) }
}
const Tone = window.OscillatorNode
window.OscillatorNode = class extends Tone {
  constructor(audio, options) { super(audio, options); window.tones.push(options.frequency) }
}
"""
HIDE = """
Object.defineProperty(document, "hidden", { get: () => true, configurable: true })
document.dispatchEvent(new Event("visibilitychange"))
for (let timer = 0; timer < 100000; timer++) clearInterval(timer)
"""
SHOW = """
Object.defineProperty(document, "hidden", { get: () => false, configurable: true })
document.dispatchEvent(new Event("visibilitychange"))
"""


@pytest.fixture
def home(own_dashboard: Dashboard) -> Iterator[Workspace]:
    """The workspace of the dashboard; this test stands in for its supervisor, so that a run stays as it is made."""
    workspace = open_workspace(own_dashboard.home)
    with supervised_by_this_test(workspace):
        yield workspace


@pytest.fixture
def page(chromium: Browser, own_dashboard: Dashboard) -> Iterator[Page]:
    """A tab that notes what it is asked to show and to play."""
    with chromium.new_context() as context:
        context.set_default_timeout(60_000)
        context.add_init_script(LISTEN)
        yield context.new_page()


def test_the_end_of_a_run_is_told_in_a_hidden_tab(
    page: Page, home: Workspace, own_dashboard: Dashboard, tmp_path: Path
) -> None:
    dataset = import_files(home, "Messages", {"train": write_messages(tmp_path)})
    run = submit_run(home, dataset, "running", name="<i>March</i> *x*")
    write_config(home, run, dataset)
    tell_progress(home, run, dataset)
    page.goto(f"{own_dashboard.address}/train?run={run.id}")
    expect(page).to_have_title(re.compile(r"^\d+ % · Tuneboard$"))
    settle(page)
    page.get_by_role("button", name="Tell me when it is done").click()
    page.get_by_text("Sound", exact=True).click()
    page.wait_for_function("window.tones.length === 3")  # one hears what it will be like
    page.get_by_text("Notification", exact=True).click()
    page.wait_for_function("window.asked === 1")
    settle(page)

    page.evaluate(HIDE)
    finish_run(home, run, dataset)
    expect(page).to_have_title(re.compile(r"^Done: \d+ in 100 · Tuneboard$"))
    page.wait_for_function("window.shown.length > 0")
    assert page.evaluate("window.tones.length") == 3, "a notification or a sound, not both"
    (shown,) = page.evaluate("window.shown")
    assert re.fullmatch(r"Done: \d+ in 100: <i>March</i> \*x\* has learnt\.", shown)

    page.evaluate(SHOW)
    expect(page).to_have_title("Tuneboard")  # somebody has looked
    page.reload()
    settle(page)
    expect(page).to_have_title("Tuneboard")
    assert page.evaluate("window.shown") == [], "an end that nobody watched is no news"
