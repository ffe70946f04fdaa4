"""The records of a text table one after the other: a broken one costs itself only, and is mended where that is sure."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sft_core.data.formats.base import Rejects
from sft_core.data.formats.dialect import Dialect
from sft_core.data.formats.feed import Feed
from sft_core.data.formats.fitting import Column, fits, known, misfits
from sft_core.data.formats.mending import Mended, Mender
from sft_core.data.formats.trials import are_names_again

TOO_LONG = "a cell is too long"


@dataclass(frozen=True)
class Plan:
    """How the records of one text table become rows.

    `skip` records stand above the names, which take `name_rows` records and bear the cells `names` where a second row
    of them would begin another table. `names_broken` tells that the names do not parse, `pads` that short rows are
    filled with empty cells.
    """

    dialect: Dialect
    columns: tuple[Column, ...]
    skip: int = 0
    name_rows: int = 0
    names: tuple[str, ...] = ()
    names_broken: bool = False
    pads: bool = False

    @property
    def width(self) -> int:
        return len(self.columns)


@dataclass
class Records:
    """Reads records one after the other; a broken one costs itself only, its later lines are read anew."""

    lines: Iterable[str]
    plan: Plan
    rejects: Rejects
    second: int = field(default=0, init=False)  # 1-based line on which a second table begins

    def __post_init__(self) -> None:
        self._feed = Feed(self.lines, self.plan.dialect)
        self._mender = Mender(self.plan.dialect, self.plan.columns)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """(record number, cells) of each record that makes a row; the others go to `rejects`."""
        plan, feed = self.plan, self._feed
        reader = csv.reader(feed, strict=True, **plan.dialect.arguments())  # type: ignore[arg-type]
        number = -plan.skip - plan.name_rows
        while True:
            feed.record.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row = self._broken(number, _reason(str(error)))
                if number < 0 and not plan.names_broken:  # above the rows it does not count, as in the sample
                    continue
            else:
                if not cells:  # a blank line
                    continue
                row = None if number < 0 else self._row(plan.dialect.shown(cells), number)
            if row is not None:
                yield number, row
            number += 1

    def _row(self, cells: list[str], number: int) -> list[str] | None:
        """The record as a row, or None where it is none."""
        if self.second or (cells[:1] == list(self.plan.names[:1]) and are_names_again(cells, self.plan.names)):
            self.second = self.second or self._feed.first_line
            self._reject(number, self._below())
            return None
        if len(cells) == self.plan.width:
            return cells
        return self._fit(cells, number)

    def _fit(self, cells: list[str], number: int) -> list[str] | None:
        """A row of another width that can be understood: empty cells too many, or short rows where they are usual."""
        width = self.plan.width
        if len(cells) > width and not any(cells[width:]) and fits(self.plan.columns, cells[:width]):
            return cells[:width]
        if 1 < len(cells) < width and self.plan.pads:
            return cells + [""] * (width - len(cells))
        mended = self._mender.row("".join(self._feed.record), cells)
        if mended is None and len(cells) > width and not any(cells[width:]) and not self._is_shifted(cells):
            return cells[:width]
        if mended is None:
            self._reject(number, f"{len(cells)} cell{'s' if len(cells) != 1 else ''} instead of {width}")
        return self._mended(mended)

    def _is_shifted(self, cells: list[str]) -> bool:
        """Whether most cells stand in a column that is not theirs, as after a separator inside a cell."""
        return known(self.plan.columns) > 2 and 2 * misfits(self.plan.columns, cells) > known(self.plan.columns)

    def _broken(self, number: int, reason: str) -> list[str] | None:
        """After a broken quotation mark: its first line by itself, if that makes a row; all later lines come again."""
        self._feed.keep_first_line()
        if number < 0:
            return None
        hopeless = self.second or reason == TOO_LONG
        mended = None if hopeless else self._mender.row(self._feed.record[0])
        if mended is None:
            self._reject(number, self._below() if self.second else reason)
        return self._mended(mended)

    def _mended(self, mended: Mended | None) -> list[str] | None:
        if mended is None:
            return None
        self.rejects.mended[mended.how] += 1
        return mended.cells

    def _below(self) -> str:
        return f"stands in a second table, which begins in line {self.second:,}"

    def _reject(self, number: int, reason: str) -> None:
        self.rejects.add(number, reason, "".join(self._feed.record).rstrip("\r\n"), self._feed.first_line)


def _reason(error: str) -> str:
    if "field limit" in error:
        return TOO_LONG
    if "unexpected end" in error:
        return "a quotation mark is opened and never closed"
    return "a quotation mark stands where none should be"
