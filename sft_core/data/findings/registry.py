"""All looks through the rows, in the order in which their cards are shown. A new one needs its module and one line."""

from collections.abc import Callable
from importlib import import_module

import pandas as pd

from sft_core.config import Roles
from sft_core.data.examples import check_columns
from sft_core.data.findings.finding import Check, Finding, Material

_HOME = "sft_core.data.findings"

CHECKS: dict[str, str] = {
    "empty rows": f"{_HOME}.emptiness:empty",
    "spellings of class names": f"{_HOME}.spellings:spellings",
    "contradictions": f"{_HOME}.copies:conflicts",
    "duplicates": f"{_HOME}.copies:exact",
    "near copies": f"{_HOME}.copies:normalised",
    "HTML crumbs": f"{_HOME}.letters:markup",
    "broken letters": f"{_HOME}.letters:mojibake",
    "rare classes": f"{_HOME}.classes:rare",
    "very short texts": f"{_HOME}.sizes:short",
    "very long texts": f"{_HOME}.sizes:long",
    "languages": f"{_HOME}.languages:mix",
}


def find(table: pd.DataFrame, roles: Roles, progress: Callable[[float, str], None] | None = None) -> list[Finding]:
    """All that is found in these rows. `progress` hears the share done and what is being looked for."""
    if not roles.text or not len(table):
        return []
    check_columns(table, roles)
    material = Material(table, roles)
    found = []
    for number, (name, place) in enumerate(CHECKS.items()):
        if progress:
            progress(number / len(CHECKS), f"Looking for {name}")
        module, attribute = place.split(":")
        check: Check = getattr(import_module(module), attribute)
        found.append(check(material))
    return [finding for finding in found if finding]
