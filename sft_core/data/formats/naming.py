"""The names of the columns where they are not one row of as many cells: several rows, cells too many or too few."""

import re
from collections.abc import Sequence

from sft_core.data.formats.fitting import Column
from sft_core.data.formats.headings import KNOWN_NAMES, could_be_names, is_value

MOST_NAME_ROWS = 3
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")

Record = Sequence[str]


def name_rows(table: Sequence[Record], columns: Sequence[Column]) -> int:
    """How many rows at the top are names: more than one only where columns prove that they are no data."""
    rows = 1
    if len(table[0]) != len(columns):
        return rows
    while rows < MOST_NAME_ROWS and rows < len(table) - 1 and _are_more_names(table[rows], columns):
        rows += 1
    return rows


def _are_more_names(cells: Record, columns: Sequence[Column]) -> bool:
    told = [not column.fits(cell) for column, cell in zip(columns, cells, strict=False) if column.known]
    return len(cells) == len(columns) and could_be_names(cells) and sum(told) >= max(2, 0.5 * len(told))


def joined_names(rows: Sequence[Record]) -> list[str]:
    """One name a column from several rows of names, those above first."""
    return (
        [" ".join(part.strip() for part in parts if part.strip()) for parts in zip(*rows, strict=True)]
        if (len(rows) > 1)
        else list(rows[0])
    )


def fitted_names(cells: Record, width: int, below: Sequence[Record]) -> tuple[tuple[str, ...], str]:
    """As many names as there are columns, and what is to be said of that ("" where they were as many)."""
    names = list(cells)
    while len(names) > width and not names[-1].strip():
        names.pop()
    if len(names) > width and len(filled := [name for name in names if name.strip()]) == width:
        return tuple(filled), "The line with the names has separators too many: its empty names were left out."
    if len(names) >= width:
        return tuple(names), ""
    parted = _parted(names, width, below)
    if parted:
        return parted, "The line with the names lacks a separator: it was put back between two names."
    missing = width - len(names)
    unnamed = [row[len(names) :] for row in below if len(row) == width]
    return (*names, *[""] * missing), _too_few(len(names), width) if any(map(any, unnamed)) else ""


def _too_few(count: int, width: int) -> str:
    last = "one has" if width - count == 1 else f"{width - count} have"
    return (
        f"The line with the names has {count} for {width} columns: the last {last} none. "
        "Check that each name stands above its own column."
    )


def _parted(names: list[str], width: int, below: Sequence[Record]) -> tuple[str, ...] | None:
    """The names where one is two usual ones without their separator, "DATETIME" above days and times of day."""
    if len(names) != width - 1:
        return None
    ways = [
        (*names[:at], name[:cut], name[cut:], *names[at + 1 :])
        for at, name in enumerate(names)
        for cut in range(1, len(name))
        if {name[:cut].casefold(), name[cut:].casefold()} <= KNOWN_NAMES
    ]
    return ways[0] if len(ways) == 1 and all(_agree(name, at, below) for at, name in enumerate(ways[0])) else None


def _agree(name: str, at: int, below: Sequence[Record]) -> bool:
    """Whether a column called date or time holds such."""
    cells = [row[at] for row in below if at < len(row) and row[at]]
    if name.casefold() == "date":
        return all(map(is_value, cells))
    return name.casefold() != "time" or all(map(_CLOCK.match, cells))
