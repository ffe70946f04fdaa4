"""One way to read the beginning of a text table, really tried: its records, and how well it went."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sft_core.data.formats.dialect import Dialect
from sft_core.data.formats.feed import Feed
from sft_core.data.formats.fitting import Column, fits, known, learn, unlike
from sft_core.data.formats.headings import could_be_names
from sft_core.data.formats.mending import Mender

CELL_LIMIT = 1_000_000
MOST_READ_AGAIN = 100  # broken records whose later lines are read again: a wrong dialect breaks at every turn
LEAST_SOUND = 0.25  # of the rows must be written well before the others are mended by their example


@dataclass(frozen=True)
class Trial:
    """One way to read the sample: its records, the usual number of cells, and how well it went (0–1).

    `mark` is the delimiter that a first line `sep=;` names, as Excel writes it; that line is the first of the records.
    `columns` is what the sound rows tell of each column, `names_mended` that the first record was broken and is known
    all the same. `unmended` is the score that it would have without the rows that were mended.
    """

    dialect: Dialect
    records: list[list[str]]
    width: int
    score: float
    mark: str = ""
    columns: tuple[Column, ...] = ()
    names_mended: str = ""
    unmended: float = 0.0


@dataclass
class Record:
    """One record of the sample: its text, and its cells, None where it does not parse."""

    text: str
    cells: list[str] | None


def try_dialect(sample: str, dialect: Dialect) -> Trial:
    """How well the sample reads in this dialect; rows that are broken but can be understood count a little less."""
    found = parse_all(sample, dialect)
    filled = _filled(found)
    if not filled:
        return Trial(dialect, [record.cells for record in found if record.cells], 1, 0.0)
    width = _usual_width(filled)
    columns = learn_below(filled, width)
    table = _first_table(found, columns)
    if len(table) < len(found):
        found, filled = table, _filled(table)
    sound = sum(len(cells) == width for cells in filled)
    unmended = sound / (len(filled) + 3 * sum(record.cells is None for record in found))
    named, mended = "", 0
    if width > 1 and LEAST_SOUND * len(found) <= sound < len(found):
        mender = Mender(dialect, columns)
        named = _mend_names(found, mender)
        mended = bool(named) + sum(_mended(record, mender) for record in found)
    broken = sum(record.cells is None for record in found)
    records = [record.cells for record in found if record.cells is not None]
    score = (sound + 0.9 * mended) / (sum(map(_is_filled, records)) + 3 * broken)
    return Trial(dialect, records, width, min(score, 1.0), columns=columns, names_mended=named, unmended=unmended)


def learn_below(filled: list[list[str]], width: int) -> tuple[Column, ...]:
    """What the rows tell of the columns; those at the top may be titles and names."""
    top = 1 if len(filled) < 20 else 3
    return learn([cells for cells in filled[top:] if len(cells) == width], width)


def _filled(found: list[Record]) -> list[list[str]]:
    return [record.cells for record in found if record.cells and _is_filled(record.cells)]


def _is_filled(cells: list[str]) -> bool:
    text = "".join(cells)  # one look at all of them: this is asked for every record in every dialect
    return bool(text) and not text.isspace()


def _usual_width(filled: list[list[str]]) -> int:
    counts = Counter(len(cells) for cells in filled)
    width = max(counts, key=lambda cells: (counts[cells] * (cells > 1), cells))
    if counts[width] < 0.3 * len(filled):
        width = max(counts, key=lambda cells: (counts[cells], cells))
    return width


def _mended(record: Record, mender: Mender) -> bool:
    """Whether a record that makes no row could be understood; it has its cells then."""
    if record.cells is not None and (len(record.cells) == mender.width or not any(record.cells)):
        return False
    found = mender.row(record.text, record.cells)
    if found is not None:
        record.cells = found.cells
    return found is not None


def _mend_names(found: list[Record], mender: Mender) -> str:
    """How the first record was understood as names of columns, "" where it was sound or could not be."""
    first, second = found[0], found[1].cells if len(found) > 1 else None
    if first.cells is not None and len(first.cells) == mender.width:
        return ""
    if second is None or known(mender.columns) < 1 or not fits(mender.columns, second):
        return ""
    mended = mender.names(first.text, broken=first.cells is None)
    if mended is None:
        return ""
    first.cells = mended.cells
    return mended.how


def _first_table(found: list[Record], columns: tuple[Column, ...]) -> list[Record]:
    """The records above a second row of the same names, which begins another table."""
    names = found[0].cells or []
    if not begins_a_table(names, columns):
        return found
    again = [are_names_again(record.cells or (), names) for record in found]
    first = again.index(False) if False in again else len(found)
    return found[: again.index(True, first)] if True in again[first:] else found


def begins_a_table(names: Sequence[str], columns: Sequence[Column]) -> bool:
    """Whether these cells are surely no row of this table, but may be its names."""
    return could_be_names(names) and unlike(columns, names)


def are_names_again(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a record repeats the names of the columns, all of them, all but two, or up to two more."""
    if len(cells) < 2 or abs(len(cells) - len(names)) > 2:
        return False
    return all(cell.strip() == name.strip() for cell, name in zip(cells, names, strict=False))


def parse_all(sample: str, dialect: Dialect) -> list[Record]:
    """All records, blank lines left out; those that do not parse strictly have no cells."""
    csv.field_size_limit(CELL_LIMIT)
    feed = Feed(io.StringIO(sample, newline=""), dialect)
    reader = csv.reader(feed, strict=True, **dialect.arguments())  # type: ignore[arg-type]
    records: list[Record] = []
    broken = 0
    while True:
        feed.record.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return records
        except csv.Error:
            broken += 1
            if broken <= MOST_READ_AGAIN:
                feed.keep_first_line()
            records.append(Record("".join(feed.record), None))
            continue
        if cells:
            records.append(Record("".join(feed.record), dialect.shown(cells)))
