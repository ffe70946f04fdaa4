"""Excel workbooks (.xlsx, .xlsm): one chosen sheet, values as a person sees them, macros and formulas never run."""

import struct
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.cells import as_text
from sft_core.data.formats.grid import head
from sft_core.data.formats.headings import above_the_table
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError

HEAD_ROWS = 200
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def find(path: Path, options: ReadOptions, limits: TableLimits) -> Found:
    """How this workbook is read: which sheet, and whether it has names on top."""
    check_package(path, limits)
    book = _open(path)
    sheets = _sheets(book)
    chosen = options.sheet or _first_filled(book, sheets)
    if chosen not in sheets:
        raise DataError(
            f"There is no sheet called “{chosen}” in this workbook.", f"Choose one of: {', '.join(sheets)}."
        )
    first = [[as_text(cell) for cell in row] for _number, row in islice(_rows(book, chosen), HEAD_ROWS)]
    if not first:
        raise DataError(f"The sheet “{chosen}” is empty.", "Choose another sheet.")
    skipped, named, names = head(first, options.header, options.skip)
    if len(names) > limits.columns:
        raise DataError(
            f"This sheet has more than {limits.columns:,} columns.",
            "Keep the columns with the text and the label, and save it again.",
        )
    notes = (above_the_table(skipped, ("row", "rows")),) if skipped else ()
    resolved = options.model_copy(
        update={
            "format": "excel",
            "sheet": chosen,
            "header": named,
            "skip": skipped,
            "encoding": None,
            "delimiter": None,
            "quote": None,
        }
    )
    return Found(resolved, names, sheets=sheets, notes=notes, skipped=skipped)


def batches(path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The rows of the sheet; blank rows are passed over, like blank lines of a CSV file."""
    assert found.options.sheet is not None
    width = len(found.columns)
    rows = islice(_rows(_open(path), found.options.sheet), found.skipped + bool(found.options.header), None)
    record = 0
    while block := list(islice(rows, size)):
        numbers: list[int] = []
        kept: list[list[str]] = []
        for line, row in block:
            cells = [as_text(cell) for cell in row]
            if any(len(cell) > limits.cell_characters for cell in cells):
                rejects.add(record, "a cell is too long", cells[0], line)
            elif any(cells[width:]):
                rejects.add(record, f"{len(cells)} cells instead of {width}", " | ".join(cells), line)
            else:
                numbers.append(record)
                kept.append((cells + [""] * width)[:width])
            record += 1
        if kept:
            yield Batch(numbers, list(zip(*kept, strict=True)), 0.5)


def check_package(path: Path, limits: TableLimits) -> None:
    """Refuse what is no workbook, and a small file that unpacks to something enormous, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, OSError) as error:
        raise DataError(
            "This is not an Excel workbook, or it is damaged.", "Open it in Excel and save it again as .xlsx."
        ) from error
    if not any(member.filename.casefold() == "xl/workbook.xml" for member in members):
        raise DataError(
            "This is not an Excel workbook (.xlsx).", "Open it in Excel or LibreOffice and save it as .xlsx or CSV."
        )
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    too_dense = unpacked > 50 * 2**20 and unpacked / packed > limits.unpacked_ratio
    if unpacked > limits.unpacked_mb * 2**20 or too_dense:
        raise DataError(
            f"This workbook unpacks to {unpacked / 2**20:,.0f} MB, which is suspiciously large for its size.",
            "Save the sheet as CSV and use that.",
        )


def _open(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        locked = "assword" in str(error)
        raise DataError(
            "This workbook is protected by a password." if locked else "This Excel workbook is damaged.",
            "Save it without a password." if locked else "Open it in Excel and save it again.",
        ) from error


def _sheets(book: CalamineWorkbook) -> tuple[str, ...]:
    """Names of the sheets with cells, visible ones first."""
    found = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in found if sheet.visible == SheetVisibleEnum.Visible]
    names = (*visible, *(sheet.name for sheet in found if sheet.name not in visible))
    if not names:
        raise DataError("This workbook has no sheet with cells.", "Choose a workbook that holds a table.")
    return names


def _first_filled(book: CalamineWorkbook, sheets: tuple[str, ...]) -> str:
    return next((name for name in sheets if next(iter(_rows(book, name)), None)), sheets[0])


def _rows(book: CalamineWorkbook, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    """(line number as Excel shows it, cells) of each row that is not blank, from the first filled cell on."""
    try:
        cells = book.get_sheet_by_name(sheet)
        first = cells.start[0] + 1 if cells.start else 1
        for line, row in enumerate(cells.iter_rows(), start=first):
            if any(cell not in ("", None) for cell in row):
                yield line, row
    except (CalamineError, ValueError, OverflowError) as error:  # also a date that no calendar has
        raise DataError(
            f"The sheet “{sheet}” cannot be read.", "Open the workbook in Excel and save it again."
        ) from error


FORMAT = Format("excel", "Excel", find, batches)
