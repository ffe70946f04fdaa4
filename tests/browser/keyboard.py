"""Somebody without a mouse: Tab until what is wanted has the focus, and a look at whether that can be seen."""

import re
from pathlib import Path
from typing import Any

from browser_page import settle
from playwright.sync_api import FileChooser, Locator, Page
from playwright.sync_api import TimeoutError as TooLate

MOST_STOPS = 150
TRIES, A_WHILE = 4, 15_000  # a key that is pressed while the page is drawn anew may be lost: people press it again
_FOCUSED = """() => {
  let one = document.activeElement
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  const told = id => one.getRootNode().getElementById?.(id)?.innerText ?? ""
  const by = (one.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean).map(told).join(" ")
  const labels = [...(one.labels ?? [])].map(label => label.innerText).join(" ")
  const name = one.getAttribute("aria-label") || by.trim() || labels || one.innerText || one.placeholder || ""
  const marked = part => {
    const look = getComputedStyle(part)
    const outline = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0
    return outline || look.boxShadow !== "none" || look.borderColor === "rgb(14, 110, 96)"
  }
  let seen = false
  for (let part = one, up = 0; part && up < 6; part = part.parentElement ?? part.getRootNode().host, up++) {
    seen ||= marked(part)
  }
  const role = one.getAttribute("role") || one.tagName.toLowerCase()
  return {role, name: name.replace(/\\s+/g, " ").trim(), seen: seen || role === "gridcell" || one === document.body}
}"""  # a table's cells draw their own frame, inside of its picture


class Keyboard:
    """The keyboard of a page; what had the focus without a sign of it is kept in `unseen`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: set[tuple[str, str]] = set()
        self.windows: list[FileChooser] = []
        page.on("filechooser", lambda window: self.windows.append(window))

    def focused(self) -> dict[str, Any]:
        """Role and name of what has the focus, and whether one sees that."""
        found: dict[str, Any] = self.page.evaluate(_FOCUSED)
        if not found["seen"]:
            self.unseen.add((found["role"], found["name"]))
        return found

    def reach(self, name: str, role: str = "", *, back: bool = False) -> None:
        """Tab (or Shift+Tab) to the next stop with a name and a role like these."""
        met = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            found = self.focused()
            if re.search(name, found["name"]) and re.fullmatch(role or ".*", found["role"]):
                return
            met.append(f"{found['role']} {found['name'][:40]}")
        raise AssertionError(f"{name!r} is not reached from the keyboard: {met}")

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)

    def choose(self, name: str, file: Path) -> None:
        """Reach the button that opens the system's window for files, and choose this one in it."""
        for _ in range(TRIES):
            self.reach(name, "button")
            self.press("Enter")
            for _ in range(50):
                self.page.wait_for_timeout(100)
                if self.windows:
                    self.windows.pop().set_files(file)
                    return
        raise AssertionError(f"{name!r} opens no window for files")

    def go(self, name: str, to: Locator, role: str = "", *, back: bool = False) -> None:
        """Reach it and press Enter, until `to` is to be seen and the page has settled."""
        for _ in range(TRIES):
            self.reach(name, role, back=back)
            self.press("Enter")
            try:
                to.wait_for(timeout=A_WHILE)
            except TooLate:
                continue
            settle(self.page)
            return
        raise AssertionError(f"Enter on {name!r} leads nowhere")
