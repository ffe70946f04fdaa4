"""Column names that a table can live with: never empty, never twice, never one that the project uses itself."""

from collections.abc import Sequence

from sft_core.data.formats.base import printable
from sft_core.data.own_columns import OWN

LONGEST = 200
TOLD = 3


def unique_names(raw: Sequence[str]) -> tuple[str, ...]:
    """Names in the same order: empty ones become "column_3", repeated and reserved ones get "_2", "_3", …

    Upper and lower case count as the same name, as they do in SQL.
    """
    taken = {name.casefold() for name in OWN}
    asked = [" ".join(printable(name).split())[:LONGEST] for name in raw]
    names: list[str] = []
    for position, name in enumerate(asked, start=1):
        names.append(_free(name or f"column_{position}", taken))
        taken.add(names[-1].casefold())
    return tuple(names)


def renaming_notes(raw: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """What is said of columns that could not keep their name: the first few one by one, the others as a number."""
    asked = [" ".join(printable(name).split())[:LONGEST] for name in raw]
    changed = [(old, new) for old, new in zip(asked, names, strict=True) if old and old != new]
    notes = [f"{_reason(old)}: it is called “{new}” here." for old, new in changed[:TOLD]]
    if len(changed) > TOLD:
        more = len(changed) - TOLD
        notes.append(f"{more:,} more column{'s' * (more != 1)} got another name in the same way.")
    return tuple(notes)


def _reason(name: str) -> str:
    if name.casefold() in OWN:
        return f"The column “{name}” bears a name that Tuneboard uses itself"
    return f"Another column “{name}” stands before this one"


def numbered_names(count: int) -> tuple[str, ...]:
    """Names for a table without a header: column_1, column_2, …"""
    return tuple(f"column_{position}" for position in range(1, count + 1))


def _free(name: str, taken: set[str]) -> str:
    if name.casefold() not in taken:
        return name
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"
