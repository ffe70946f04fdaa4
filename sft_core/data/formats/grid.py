"""A table whose cells are already apart (an Excel sheet): where it begins, whether it has names on top."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sft_core.data.formats.fitting import learn
from sft_core.data.formats.headings import could_be_names, has_header, rows_above, table_below
from sft_core.data.formats.names import numbered_names
from sft_core.data.formats.naming import joined_names, name_rows

Row = Sequence[str]


@dataclass(frozen=True)
class Head:
    """Where a table begins: rows above it, rows that hold its names, empty columns on its left, and the names."""

    skipped: int
    name_rows: int
    left: int
    names: tuple[str, ...]


def usual_width(rows: Sequence[Row]) -> int:
    """The number of columns that hold anything."""
    return max((position + 1 for row in rows for position, cell in enumerate(row) if cell.strip()), default=0)


def head(rows: Sequence[Row], header: bool | None, skip: int | None = None, grouped: Collection[int] = ()) -> Head:
    """How the table lies in its first rows; blank ones are not among them.

    `header` and `skip` are what was chosen, None what is to be found out; `grouped` are the places of rows in which one
    cell spans columns. Raises DataError where no row is left.
    """
    width = usual_width(rows)
    table = [list(row[:width]) + [""] * (width - len(row)) for row in rows]
    left = _empty_on_the_left(table)
    table = [row[left:] for row in table]
    width -= left
    skipped = skip if skip is not None else rows_above([row if any(row) else [] for row in table], width)
    if skip is None and skipped in grouped and could_be_names(table_below(table, skipped + 1)[0]):
        skipped += 1  # names of groups above names that are clear without them
    table = table_below(table, skipped)
    named = header if header is not None else has_header(table)
    if named and skipped in grouped and len(table) > 2 and could_be_names(joined_names(table[:2])):
        return Head(skipped, 2, left, tuple(joined_names(table[:2])))
    if not named:
        return Head(skipped, 0, left, numbered_names(width))
    count = name_rows(table, learn(table[1 if len(table) < 20 else 3 :], width))
    return Head(skipped, count, left, tuple(joined_names(table[:count])))


def _empty_on_the_left(table: Sequence[Row]) -> int:
    """How many columns on the left hold nothing but a title: no row with two cells has one there."""
    rows = [row for row in table if sum(bool(cell.strip()) for cell in row) > 1]
    if not rows:
        return 0
    return min(next(at for at, cell in enumerate(row) if cell.strip()) for row in rows)
