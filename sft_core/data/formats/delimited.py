"""CSV, TSV and their kin: any delimiter, any quotation mark, with or without a header, broken rows reported."""

import csv
from collections.abc import Iterator
from pathlib import Path

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.dialects import find_dialect
from sft_core.data.formats.fitting import Column
from sft_core.data.formats.headings import above_the_table, has_header, rows_above, table_below
from sft_core.data.formats.names import numbered_names
from sft_core.data.formats.naming import fitted_names, joined_names, name_rows
from sft_core.data.formats.records import Plan, Records
from sft_core.data.formats.text_source import open_text, resolve_encoding, sample_text
from sft_core.data.formats.trials import Trial, begins_a_table
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError


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
    columns = trial.columns if len(trial.columns) == trial.width else (Column(),) * trial.width
    header = options.header if options.header is not None else has_header(table)
    rows = name_rows(table, columns) if header else 0
    names, note = _names(table, rows, trial.width)
    if len(names) > limits.columns:
        raise DataError(
            f"This table has more than {limits.columns:,} columns.",
            "Keep the columns with the text and the label, and save it again.",
        )
    columns = (*columns, *[Column()] * (len(names) - len(columns)))
    again = bool(header) and rows == 1 and begins_a_table(table[0], columns)
    plan = Plan(
        trial.dialect,
        columns,
        skipped,
        rows,
        names=tuple(table[0]) if again else (),
        names_broken=bool(trial.names_mended),
        pads=_short_rows_are_usual(table, len(names)),
    )
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
    notes = (*_notes(trial, plan), *([note] if note else []))
    return Found(resolved, names, encodings=start.encodings, notes=notes, skipped=skipped, plan=plan)


def _names(table: list[list[str]], rows: int, width: int) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and what is to be said of them."""
    if not rows:
        return numbered_names(width), ""
    if rows > 1:
        note = f"The names of the columns take {rows} lines, which are joined."
        return tuple(joined_names(table[:rows])), note
    return fitted_names(table[0], width, table[1:200])


def _short_rows_are_usual(table: list[list[str]], width: int) -> bool:
    short = sum(1 < len(record) < width for record in table[1:])
    return width > 2 and (short == len(table) - 1 > 0 or (short >= 5 and short > 0.05 * len(table)))


def _above(trial: Trial) -> int:
    """How many records stand above the table: the line that names the delimiter, and titles."""
    marked = bool(trial.mark)
    return marked + rows_above(trial.records[marked:], trial.width)


def _notes(trial: Trial, plan: Plan) -> tuple[str, ...]:
    notes = []
    skipped = plan.skip
    marked = bool(trial.mark and skipped)
    if marked:
        mark = "a tab" if trial.mark == "\t" else f"“{trial.mark}”"
        notes.append(f"Its first line names {mark} as the separator, as Excel writes it, and is no row.")
    if skipped - marked:
        notes.append(above_the_table(skipped - marked, ("line", "lines")))
    if trial.names_mended and plan.name_rows:
        notes.append(f"In the line with the names {trial.names_mended}.")
    if plan.pads:
        notes.append("Many rows are short: their missing last cells are read as empty.")
    return tuple(notes)


def batches(path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The rows of the file."""
    assert found.options.encoding is not None
    csv.field_size_limit(limits.cell_characters)
    with open_text(path, found.options.encoding) as source:
        records = Records(source.text, found.plan, rejects)
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
