"""Excel workbooks (.xlsx, .xlsm): one chosen sheet, values as a person sees them, macros and formulas never run."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.grid import Head, head
from sft_core.data.formats.headings import above_the_table
from sft_core.data.formats.workbook import Workbook
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError

HEAD_ROWS = 200
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def find(path: Path, options: ReadOptions, limits: TableLimits) -> Found:
    """How this workbook is read: which sheet, and whether it has names on top."""
    book = Workbook(path, limits)
    chosen = options.sheet or book.likely_sheet()
    if chosen not in book.sheets:
        raise DataError(
            f"There is no sheet called “{chosen}” in this workbook.", f"Choose one of: {', '.join(book.sheets)}."
        )
    first = list(islice(book.rows(chosen), HEAD_ROWS))
    if not first:
        raise DataError(f"The sheet “{chosen}” is empty.", "Choose another sheet.")
    grouped = {place for place, (_line, _cells, spans) in enumerate(first) if spans}
    plan = head([cells for _line, cells, _spans in first], options.header, options.skip, grouped)
    if len(plan.names) > limits.columns:
        raise DataError(
            f"This sheet has more than {limits.columns:,} columns.",
            "Keep the columns with the text and the label, and save it again.",
        )
    resolved = options.model_copy(
        update={
            "format": "excel",
            "sheet": chosen,
            "header": bool(plan.name_rows),
            "skip": plan.skipped,
            "encoding": None,
            "delimiter": None,
            "quote": None,
        }
    )
    notes = _notes(book, chosen, plan)
    return Found(resolved, plan.names, sheets=book.sheets, notes=notes, skipped=plan.skipped, plan=plan)


def _notes(book: Workbook, sheet: str, plan: Head) -> tuple[str, ...]:
    notes = []
    if plan.skipped:
        notes.append(above_the_table(plan.skipped, ("row", "rows")))
    if plan.name_rows > 1:
        notes.append(f"The names of the columns take {plan.name_rows} rows, which are joined.")
    if book.spans_rows(sheet):
        notes.append("A cell that is merged over several rows is read as if its value stood in each of them.")
    if count := book.formulas_without_value(sheet):
        notes.append(
            f"{count:,} formula{'s have' if count != 1 else ' has'} no stored result and "
            f"{'are' if count != 1 else 'is'} read as empty: open the workbook in Excel and save it again."
        )
    return tuple(notes)


def batches(path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The rows of the sheet; blank rows are passed over, like blank lines of a CSV file."""
    assert found.options.sheet is not None
    plan: Head = found.plan
    width, left = len(found.columns), plan.left
    rows = islice(Workbook(path, limits).rows(found.options.sheet), plan.skipped + plan.name_rows, None)
    record = 0
    while block := list(islice(rows, size)):
        numbers: list[int] = []
        kept: list[list[str]] = []
        for line, cells, _spans in block:
            if any(len(cell) > limits.cell_characters for cell in cells):
                rejects.add(record, "a cell is too long", cells[0], line)
            elif any(cells[:left]) or any(cells[left + width :]):
                rejects.add(record, "a cell stands beside the table", " | ".join(cells), line)
            else:
                numbers.append(record)
                kept.append((cells[left:] + [""] * width)[:width])
            record += 1
        if kept:
            yield Batch(numbers, list(zip(*kept, strict=True)), 0.5)


FORMAT = Format("excel", "Excel", find, batches)
