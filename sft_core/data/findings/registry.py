"""All looks through the rows, as the kind of their input names them, in the order in which their cards are shown."""

from collections.abc import Callable
from importlib import import_module

import pandas as pd

from sft_core.config import Roles
from sft_core.data.examples import check_columns
from sft_core.data.findings.finding import Check, Finding, Material
from sft_core.data.kinds.registry import kind_of


def find(table: pd.DataFrame, roles: Roles, progress: Callable[[float, str], None] | None = None) -> list[Finding]:
    """All that is found in these rows. `progress` hears the share done and what is being looked for."""
    if not roles.inputs() or not len(table):
        return []
    check_columns(table, roles)
    material = Material(table, roles)
    checks, found = kind_of(roles).checks, []
    for number, (name, place) in enumerate(checks.items()):
        if progress:
            progress(number / len(checks), f"Looking for {name}")
        module, attribute = place.split(":")
        check: Check = getattr(import_module(module), attribute)
        found.append(check(material))
    return [finding for finding in found if finding]
