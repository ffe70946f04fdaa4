"""axe-core in the page that is open: what would keep somebody from using it, as a line for each place."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

_SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_WORST = ("serious", "critical")
_RUN = "rules => axe.run(document, {resultTypes: ['violations'], ...(rules && {runOnly: rules})})"


def problems(page: Page, *rules: str) -> list[str]:
    """Serious and critical problems, of all rules or of these alone."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(rules) or None)["violations"]
    return [_line(problem["id"], node) for problem in found if problem["impact"] in _WORST for node in problem["nodes"]]


def _line(rule: str, node: dict[str, Any]) -> str:
    why = next((check["message"] for kind in ("any", "all", "none") for check in node[kind]), "")
    return f"{rule}: {node['html'][:200]} ({why[:200]})"
