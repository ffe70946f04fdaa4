"""A table whose cells are already apart (an Excel sheet): where it begins, whether it has names on top."""

from collections.abc import Sequence

from sft_core.data.formats.headings import has_header, rows_above, table_below
from sft_core.data.formats.names import numbered_names

Row = Sequence[str]


def usual_width(rows: Sequence[Row]) -> int:
    """The number of columns that hold anything."""
    return max((position + 1 for row in rows for position, cell in enumerate(row) if cell.strip()), default=0)


def head(rows: Sequence[Row], header: bool | None, skip: int | None = None) -> tuple[int, bool, tuple[str, ...]]:
    """Rows above the table, whether it has a header, and its names; `rows` are the first rows without blank ones.

    `header` and `skip` are what was chosen, None what is to be found out. Raises DataError where no row is left.
    """
    width = usual_width(rows)
    table = [list(row[:width]) for row in rows]
    skipped = skip if skip is not None else rows_above([row if any(row) else [] for row in table], width)
    table = table_below(table, skipped)
    named = header if header is not None else has_header(table)
    names = tuple(table[0]) if named else numbered_names(width)
    return skipped, named, names
