"""Hands the lines of a text table to Python's csv parser, and takes back those of a record that broke."""

import csv
from collections import deque
from collections.abc import Iterable

from sft_core.data.formats.dialect import Dialect

LONGEST_RECORD = 500  # lines; a longer one is a quotation mark that was never closed


class _Runaway(csv.Error):
    """A record that goes on for too many lines."""


class Feed:
    """Hands lines to the parser, and keeps those of the present record, so that they can be read again."""

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        self._lines = iter(lines)
        self._hidden = dialect.hidden if dialect.escape else None
        self._back: deque[str] = deque()
        self.record: list[str] = []
        self.taken = 0

    def __iter__(self) -> "Feed":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken += 1
        self.record.append(line)
        if len(self.record) > LONGEST_RECORD:
            raise _Runaway("unexpected end of data")
        return self._hidden(line) if self._hidden else line

    @property
    def first_line(self) -> int:
        """1-based number of the line on which the present record begins."""
        return self.taken - len(self.record) + 1

    def keep_first_line(self) -> None:
        """All lines of the present record but its first come again."""
        later = self.record[1:]
        del self.record[1:]
        self._back.extendleft(reversed(later))
        self.taken -= len(later)
