"""Where a table begins: titles and blank rows above it, and whether its first row is names of columns."""

import re
from collections.abc import Sequence

from sft_core.errors import DataError

_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*(?:[eE][-+]?\d+)?%?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?")
KNOWN_NAMES = frozenset(
    (
        "text", "texts", "message", "messages", "sentence", "review", "comment", "body", "content", "description",
        "title", "subject", "question", "answer", "query", "utterance", "tweet", "post", "document", "label", "labels",
        "category", "class", "intent", "topic", "sentiment", "target", "tag", "type", "id", "name", "date", "time",
        "group", "user", "split", "score", "rating", "group_id", "text_id", "sentence1", "sentence2", "premise",
        "hypothesis", "kategorie", "nachricht", "klasse", "beschreibung", "betreff", "kommentar", "datum",
    )
)  # fmt: skip
MOST_TITLES = 10
LONGEST_VALUE = 60  # characters; the patterns would take very long on a page of digits
_NO_NAMES = frozenset(("", "n/a", "na", "nan", "none", "null", "unknown", "k.a."))

Record = Sequence[str]


def above_the_table(skipped: int, words: tuple[str, str]) -> str:
    """What is said of titles above a table; `words` are (one, many)."""
    return f"{skipped} {words[skipped != 1]} above the table {('was', 'were')[skipped != 1]} left out."


def top_lines(records: Sequence[Record], width: int) -> int:
    """How many records stand above the table: titles and blank rows, at most 20."""
    for position, record in enumerate(records[:20]):
        filled = sum(bool(cell.strip()) for cell in record)
        if len(record) >= width - (width > 3) and (filled > 1 or width < 3):
            return position
    return 0


def rows_above(records: Sequence[Record], width: int) -> int:
    """How many records stand above the table, titles that have as many cells as the table included.

    Such a title is passed over only where a row below it is surely the names of the columns; in doubt it stays.
    """
    top = top_lines(records, width)
    table = records[top:]
    titles = (n for n in range(1, min(MOST_TITLES, len(table) - 2) + 1) if _begins(table, n, width))
    return top + next(titles, 0)


def _begins(table: Sequence[Record], n: int, width: int) -> bool:
    """Whether record `n` is the names of the columns, and all before it are titles."""
    names, below = [cell.strip() for cell in table[n]], table[n + 1 : n + 200]
    if not _are_names(names, below, width):
        return False
    known, most = _known(names), max(map(_known, table[:n]))
    told = [_is_title(record, below) for record in table[:n]]
    if known >= 2 and all(title or not _known(record) for title, record in zip(told, table[:n], strict=True)):
        return most < 2
    return known == 1 and all(told) and any(_vote(name, _column(below, at)) == 2 for at, name in enumerate(names))


def _are_names(names: Sequence[str], below: Sequence[Record], width: int) -> bool:
    """Whether these cells can be names: each of its own, none a number or missing, none found again below it."""
    if width < 2 or len(names) != width or len({name.casefold() for name in names}) < width:
        return False
    if any(name.casefold() in _NO_NAMES or is_value(name) for name in names):
        return False
    return all(_vote(name, _column(below, at)) >= 0 for at, name in enumerate(names))


def could_be_names(cells: Record) -> bool:
    """Whether these cells, each of its own and none of them a value, may be names of columns."""
    names = [cell.strip().casefold() for cell in cells]
    return len(set(names)) == len(names) > 1 and not any(name in _NO_NAMES or is_value(name) for name in names)


def _is_title(record: Record, below: Sequence[Record]) -> bool:
    """Whether something tells that a record is prose rather than names: "My export, of today", "Date: | 2026-03-01"."""
    cells = [cell.strip() for cell in record]
    if any(not cell or is_value(cell) or cell.endswith(":") or _is_long(cell) for cell in cells):
        return True
    return _after_commas(record) and not any(map(_after_commas, below))


def _after_commas(record: Record) -> bool:
    return any(cell.startswith(" ") for cell in record[1:])


def _known(record: Record) -> int:
    return sum(cell.strip().casefold() in KNOWN_NAMES for cell in record)


def _column(rows: Sequence[Record], at: int) -> list[str]:
    return [row[at].strip() for row in rows if at < len(row)]


def table_below(records: Sequence[Record], above: int) -> list[list[str]]:
    """The records of the table itself. Raises DataError where there is none."""
    if above and not records[above:]:
        raise DataError(f"There is no row below the first {above}.", "Choose fewer rows above the table.")
    if not records:
        raise DataError("There is no row in this file.", "Choose a file that holds a table.")
    return [list(record) for record in records[above:]]


def has_header(records: Sequence[Record]) -> bool:
    """Whether the first record is names of columns rather than data."""
    if not records:
        return False
    first, rest = [cell.strip() for cell in records[0]], records[1:200]
    if not rest:
        return all(first) and not any(is_value(cell) for cell in first)
    if any(is_value(cell) for cell in first):
        return False
    if any(cell.casefold() in KNOWN_NAMES for cell in first):
        return True
    votes = [_vote(name, _column(rest, at)) for at, name in enumerate(first)]
    return sum(votes) >= 0


def is_value(cell: str) -> bool:
    """Whether a cell is a number or a date, which no name of a column is."""
    return len(cell) <= LONGEST_VALUE and bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _vote(name: str, below: list[str]) -> int:
    """One column's word: +2 surely a name, -2 surely data, 0 cannot tell."""
    filled = [cell for cell in below if cell]
    if filled and sum(is_value(cell) for cell in filled) >= 0.9 * len(filled):
        return 2
    if name and name in filled:
        return -3
    return -2 if _is_long(name) else 0


def _is_long(name: str) -> bool:
    return len(name) > 60 or len(name.split()) > 6
