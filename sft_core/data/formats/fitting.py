"""What the sound rows of a table tell of each column: few values, or few shapes such as 28/01/2018 or MG-8769."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_LETTERS, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"\d+(?:[.,]\d+)*")
LEAST_ROWS = 8
MOST_VALUES, MOST_SHAPES, LONGEST_SHAPE = 60, 4, 60
COVERED = 0.95  # of the different values must have one of the usual shapes


@dataclass(frozen=True)
class Column:
    """What is known of a column; of free text nothing is, and everything fits it."""

    values: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        return bool(self.values or self.shapes)

    def fits(self, cell: str) -> bool:
        """Whether this cell could stand in the column."""
        if self.values:
            return cell in self.values
        return not self.shapes or shape(cell) in self.shapes


def shape(cell: str) -> str:
    """How a cell is built: runs of letters are an a, numbers a 9, all else stays as it is."""
    return _DIGITS.sub("9", _LETTERS.sub("a", cell[:200]))


def learn(rows: Sequence[Sequence[str]], width: int) -> tuple[Column, ...]:
    """What is known of each column of these rows, all of which have `width` cells."""
    if len(rows) < LEAST_ROWS:
        return (Column(),) * width
    return tuple(_column([row[at] for row in rows]) for at in range(width))


def _column(cells: list[str]) -> Column:
    counts = Counter(cells)
    if len(counts) <= min(MOST_VALUES, len(cells) // 4):
        return Column(values=frozenset(counts))
    shapes = _shapes(counts)
    usual = [found for found, times in shapes.most_common(MOST_SHAPES) if times > 1 and len(found) <= LONGEST_SHAPE]
    covered = sum(times for found, times in shapes.items() if found in set(usual))
    if usual and covered >= COVERED * len(counts):
        return Column(shapes=frozenset(usual))
    return Column()


def _shapes(cells: Collection[str]) -> Counter[str]:
    """How often each shape occurs; none where too many differ for a few to be usual, as in free text."""
    found: Counter[str] = Counter()
    most = MOST_SHAPES + (1 - COVERED) * len(cells) + 1
    for cell in cells:
        found[shape(cell)] += 1
        if len(found) > most:
            return Counter()
    return found


def known(columns: Sequence[Column]) -> int:
    """Of how many columns something is known."""
    return sum(column.known for column in columns)


def fits(columns: Sequence[Column], cells: Sequence[str]) -> bool:
    """Whether these cells could be a row."""
    return len(cells) == len(columns) and all(column.fits(cell) for column, cell in zip(columns, cells, strict=True))


def misfits(columns: Sequence[Column], cells: Sequence[str]) -> int:
    """How many cells are like none of their column."""
    return sum(not column.fits(cell) for column, cell in zip(columns, cells, strict=False))


def unlike(columns: Sequence[Column], cells: Sequence[str]) -> bool:
    """Whether some cell is surely no value of its column, as the name of a column of numbers."""
    return misfits(columns, cells) > 0
