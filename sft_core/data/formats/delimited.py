"""CSV, TSV and their kin: any delimiter, any quotation mark, with or without a header, broken rows reported."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.dialects import Dialect, Trial, find_dialect
from sft_core.data.formats.headings import above_the_table, has_header, rows_above, table_below
from sft_core.data.formats.names import numbered_names
from sft_core.data.formats.text_source import open_text, resolve_encoding, sample_text
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError

LONGEST_RECORD = 500  # lines; a longer one is a quotation mark that was never closed


def find(path: Path, options: ReadOptions, limits: TableLimits) -> Found:
    """How this file is read."""
    check_marks(options)
    encoding, candidates = resolve_encoding(path, options)
    sample, _whole = sample_text(path, encoding)
    trial = find_dialect(sample, options.delimiter, options.quote)
    return describe(trial, options, encoding, limits, Found(options, (), encodings=candidates))


def check_marks(options: ReadOptions) -> None:
    """Raise DataError for a delimiter or a quotation mark that is not one character."""
    for what, mark in (("delimiter", options.delimiter), ("quotation mark", options.quote)):
        if mark and (len(mark) > 1 or mark in "\r\n"):
            raise DataError(f"The {what} “{mark}” is not one character.", "Choose a comma, semicolon, tab or the like.")


def describe(trial: Trial, options: ReadOptions, encoding: str, limits: TableLimits, start: Found) -> Found:
    """What a trial means for the whole file: names, width, notes."""
    skipped = options.skip if options.skip is not None else _above(trial)
    table = table_below(trial.records, skipped)
    header = options.header if options.header is not None else has_header(table)
    names = _names(table[0], trial.width, header=header)
    if len(names) > limits.columns:
        raise DataError(
            f"This table has more than {limits.columns:,} columns.",
            "Keep the columns with the text and the label, and save it again.",
        )
    pads = _short_rows_are_usual(table, len(names))
    resolved = options.model_copy(
        update={
            "format": "csv",
            "encoding": encoding,
            "delimiter": trial.dialect.delimiter,
            "quote": trial.dialect.quote,
            "header": header,
            "skip": skipped,
        }
    )
    return Found(
        resolved,
        names,
        encodings=start.encodings,
        notes=_notes(trial, skipped, pads=pads),
        skipped=skipped,
        escape=trial.dialect.escape,
        pads=pads,
    )


def _names(first: list[str], width: int, *, header: bool) -> tuple[str, ...]:
    if not header:
        return numbered_names(width)
    cells = list(first)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return (*cells, *[""] * (width - len(cells)))


def _short_rows_are_usual(table: list[list[str]], width: int) -> bool:
    short = sum(1 < len(record) < width for record in table[1:])
    return width > 2 and short >= 5 and short > 0.05 * len(table)


def _above(trial: Trial) -> int:
    """How many records stand above the table: the line that names the delimiter, and titles."""
    marked = bool(trial.mark)
    return marked + rows_above(trial.records[marked:], trial.width)


def _notes(trial: Trial, skipped: int, *, pads: bool) -> tuple[str, ...]:
    notes = []
    marked = bool(trial.mark and skipped)
    if marked:
        mark = "a tab" if trial.mark == "\t" else f"“{trial.mark}”"
        notes.append(f"Its first line names {mark} as the separator, as Excel writes it, and is no row.")
    if skipped - marked:
        notes.append(above_the_table(skipped - marked, ("line", "lines")))
    if pads:
        notes.append("Many rows are short: their missing last cells are read as empty.")
    return tuple(notes)


class _Runaway(csv.Error):
    """A record that goes on for too many lines."""


class _Feed:
    """Hands lines to the parser, and keeps those of the present record, so that they can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.record: list[str] = []
        self.taken = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken += 1
        self.record.append(line)
        if len(self.record) > LONGEST_RECORD:
            raise _Runaway("unexpected end of data")
        return line

    @property
    def first_line(self) -> int:
        """1-based number of the line on which the present record begins."""
        return self.taken - len(self.record) + 1

    def give_back(self, lines: list[str]) -> None:
        """These lines come again."""
        self._back.extendleft(reversed(lines))
        self.taken -= len(lines)


@dataclass
class _Records:
    """Reads records one after the other; a broken one costs itself only, its later lines are read anew."""

    lines: Iterable[str]
    dialect: Dialect
    width: int
    rejects: Rejects
    skip: int
    header: bool
    pads: bool

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """(record number, cells) of each record that makes a row; the others go to `rejects`."""
        feed = _Feed(self.lines)
        reader = csv.reader(feed, strict=True, **self.dialect.arguments())  # type: ignore[arg-type]
        number = -self.skip - self.header
        width = self.width
        while True:
            feed.record.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row = self._mend(feed, number, _reason(str(error)))
                if number < 0:  # above the rows it does not count, as in the sample
                    continue
            else:
                if not cells:  # a blank line
                    continue
                row = cells if len(cells) == width or number < 0 else self._fit(cells, feed, number)
            if row is not None and number >= 0:
                yield number, row
            number += 1

    def _fit(self, cells: list[str], feed: _Feed, number: int) -> list[str] | None:
        """A row of another width that can be understood: empty cells too many, or short rows where they are usual."""
        if len(cells) > self.width and not any(cells[self.width :]):
            return cells[: self.width]
        if 1 < len(cells) < self.width and self.pads:
            return cells + [""] * (self.width - len(cells))
        reason = f"{len(cells)} cell{'s' if len(cells) != 1 else ''} instead of {self.width}"
        self.rejects.add(number, reason, "".join(feed.record).rstrip("\r\n"), feed.first_line)
        return None

    def _mend(self, feed: _Feed, number: int, reason: str) -> list[str] | None:
        """After a broken quotation mark: its first line by itself, if that makes a row; all later lines come again."""
        first, later = feed.record[0], feed.record[1:]
        line = feed.first_line
        feed.give_back(later)
        try:
            cells = next(csv.reader([first], strict=False, **self.dialect.arguments()))  # type: ignore[arg-type]
        except (csv.Error, StopIteration):
            cells = []
        if len(cells) == self.width and not later:
            return cells
        if number >= 0:
            self.rejects.add(number, reason, first.rstrip("\r\n"), line)
        return None


def _reason(error: str) -> str:
    if "field limit" in error:
        return "a cell is too long"
    if "unexpected end" in error:
        return "a quotation mark is opened and never closed"
    return "a quotation mark stands where none should be"


def batches(path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The rows of the file."""
    options = found.options
    assert options.encoding is not None and options.delimiter is not None and options.quote is not None
    csv.field_size_limit(limits.cell_characters)
    with open_text(path, options.encoding) as source:
        records = _Records(
            source.text,
            Dialect(options.delimiter, options.quote, found.escape),
            len(found.columns),
            rejects,
            found.skipped,
            bool(options.header),
            found.pads,
        )
        rows: list[int] = []
        cells: list[list[str]] = []
        for number, record in records:
            rows.append(number)
            cells.append(record)
            if len(rows) == size:
                yield Batch(rows, list(zip(*cells, strict=True)), source.share_done)
                rows, cells = [], []
        if rows:
            yield Batch(rows, list(zip(*cells, strict=True)), 1.0)


FORMAT = Format("csv", "CSV", find, batches)
