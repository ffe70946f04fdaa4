"""Rows of a text table that are written wrongly but can have one meaning only; in doubt a row stays rejected.

Three things are understood: a quotation mark inside a quoted cell that is not doubled, a separator inside a cell that
is not quoted, and a row whose cells are parted by another mark. What the other rows tell of the columns must fit.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sft_core.data.formats.dialect import Dialect
from sft_core.data.formats.fitting import Column, fits, known
from sft_core.data.formats.headings import KNOWN_NAMES, could_be_names

OTHERS = (";", "\t", "|", ",", " ")
MOST_STEPS = 400
LONGEST_LINE = 100_000
MOST_ENDS = 4  # places where one quoted cell may end that are tried

QUOTES = "a quotation mark inside a cell was read as a part of it"
JOINED = "a separator inside a cell without quotation marks was read as a part of it"
PARTED = "another mark than in the other rows was read as the separator"
LOST = "a separator that was missing before a quotation mark was put back"


@dataclass(frozen=True)
class Mended:
    """The cells of a row, and what was done to find them."""

    cells: list[str]
    how: str


@dataclass(frozen=True)
class Mender:
    """Understands broken rows of one table."""

    dialect: Dialect
    columns: tuple[Column, ...]

    @property
    def width(self) -> int:
        return len(self.columns)

    def row(self, line: str, cells: Sequence[str] | None = None) -> Mended | None:
        """The one way to read a line as a row; `cells` are what plain reading made of it, None where it broke."""
        line = self.dialect.hidden(line.rstrip("\r\n"))
        if self.width < 2 or len(line) > LONGEST_LINE:
            return None
        if cells is None:
            found = self._only(self._cut(line))
            if found is not None and fits(self.columns, found):
                return self._done(found, QUOTES)
        if not known(self.columns):
            return None
        if cells is not None and len(cells) > self.width:
            found = self._only_fitting(joined(line, cells, self.width, self.dialect.delimiter))
            if found is not None:
                return self._done(found, JOINED)
        return self._parted(line)

    def names(self, line: str, *, broken: bool) -> Mended | None:
        """A line of names of columns that plain reading could not read, or read with another number of cells."""
        line = self.dialect.hidden(line.rstrip("\r\n"))
        if self.width < 2 or len(line) > LONGEST_LINE:
            return None
        if broken:
            found = self._only(self._cut(line))
            if found is not None and could_be_names(found):
                return self._done(found, QUOTES)
        for mark in self._others(line):
            found = self._only(self._cut(line, mark))
            if found and could_be_names(found) and sum(name.strip().casefold() in KNOWN_NAMES for name in found) > 1:
                return self._done(found, PARTED)
        lost = [found for found in self._put_back(line) if could_be_names(found)]
        return self._done(lost[0], LOST) if len(lost) == 1 else None

    def _done(self, cells: list[str], how: str) -> Mended:
        return Mended(self.dialect.shown(cells), how)

    def _cut(self, line: str, mark: str = "") -> Iterator[tuple[int, list[str]]]:
        return split(line, replace(self.dialect, delimiter=mark) if mark else self.dialect, self.width)

    def _parted(self, line: str) -> Mended | None:
        """The row where another mark parts its cells; at least two columns must prove it."""
        if known(self.columns) < 2:
            return None
        found = []
        for mark in self._others(line):
            cells = self._only(self._cut(line, mark))
            if cells is None or not fits(self.columns, cells):
                loose = next(csv.reader([line], **replace(self.dialect, delimiter=mark).arguments()), [])  # type: ignore[arg-type]
                cells = self._only_fitting(joined(line, loose, self.width, mark))
            if cells is not None:
                found.append(cells)
        return self._done(found[0], PARTED) if len(found) == 1 else None

    def _others(self, line: str) -> list[str]:
        return [mark for mark in OTHERS if mark != self.dialect.delimiter and line.count(mark) >= self.width - 1]

    def _only(self, ways: Iterator[tuple[int, list[str]]]) -> list[str] | None:
        """The way with the fewest oddities, where there is one such way only; ways that do not fit don't count."""
        found = list(ways)
        sound = [way for way in found if fits(self.columns, way[1])] or found
        least = min((cost for cost, _cells in sound), default=0)
        best = [cells for cost, cells in sound if cost == least]
        return best[0] if len(best) == 1 else None

    def _only_fitting(self, ways: Iterator[list[str]]) -> list[str] | None:
        found = [cells for cells in ways if fits(self.columns, cells)]
        return found[0] if len(found) == 1 else None

    def _put_back(self, line: str) -> Iterator[list[str]]:
        """Readings with a separator put before a quotation mark that follows a letter."""
        delimiter, quote = self.dialect.delimiter, self.dialect.quote
        places = [at for at in range(1, len(line)) if line[at] == quote and line[at - 1].isalnum()]
        for at in places[:20]:
            found = [cells for odd, cells in self._cut(line[:at] + delimiter + line[at:]) if not odd]
            yield from found[:1]


def joined(line: str, cells: Sequence[str], width: int, delimiter: str) -> Iterator[list[str]]:
    """Readings of a row with too many cells in which neighbours are one cell; those that were quoted never are."""
    more = len(cells) - width
    if more < 1:
        return
    for at in range(width):
        text = delimiter.join(cells[at : at + more + 1])
        if text in line:
            yield [*cells[:at], text, *cells[at + more + 1 :]]


def split(line: str, dialect: Dialect, width: int) -> Iterator[tuple[int, list[str]]]:
    """(oddities, cells) of the ways to cut a line into `width` cells.

    A quotation mark opens a cell only at its start and closes it only before a separator or at the end of the line.
    """
    steps = 0
    waiting: list[tuple[int, int, list[str]]] = [(0, 0, [])]
    while waiting and steps < MOST_STEPS:
        steps += 1
        at, cost, cells = waiting.pop()
        if at > len(line):
            if len(cells) == width:
                yield cost, cells
        elif len(cells) < width:
            ways = list(_next_cell(line, at, dialect))
            waiting.extend((end, cost + odd, [*cells, cell]) for end, odd, cell in reversed(ways))


def _next_cell(line: str, at: int, dialect: Dialect) -> Iterator[tuple[int, int, str]]:
    """(start of the following cell, oddity, content) of the ways in which the cell that starts at `at` may end."""
    delimiter, quote = dialect.delimiter, dialect.quote
    while dialect.spaced and line.startswith(" ", at):
        at += 1
    quoted = bool(quote) and line.startswith(quote, at)
    odd = 0
    end = line.find(quote, at + 1) if quoted else -1
    while end >= 0 and odd < MOST_ENDS:
        if end + 1 == len(line) or line[end + 1] == delimiter:
            inside = line[at + 1 : end]
            doubled = (len(inside) - len(inside.rstrip(quote))) % 2
            yield end + 2, odd + doubled, inside.replace(quote * 2, quote)
            odd += 1
        end = line.find(quote, end + 1)
    end = line.find(delimiter, at)
    end = len(line) if end < 0 else end
    yield end + 1, int(quoted), line[at:end]
