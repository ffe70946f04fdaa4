"""An Excel workbook opened with care: its sheets, and their rows as a person sees them, merged cells filled."""

import re
import struct
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sft_core.data.formats.cells import as_text
from sft_core.data.formats.packed import whole_file
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError

MOST_MERGED = 100_000
LOOK_ROWS = 200
CHUNK = 1 << 20
_NO_VALUE = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DAMAGED = "Open it in Excel and save it again."


class Workbook:
    """Reads one sheet at a time; the last one stays loaded."""

    def __init__(self, path: Path, limits: TableLimits) -> None:
        self._path = whole_file(path)
        check_package(self._path, limits)
        self._book = _open(self._path)
        self._loaded: tuple[str, CalamineSheet] | None = None
        found = [sheet for sheet in self._book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        visible = [sheet.name for sheet in found if sheet.visible == SheetVisibleEnum.Visible]
        self.sheets: tuple[str, ...] = (*visible, *(sheet.name for sheet in found if sheet.name not in visible))
        if not self.sheets:
            raise DataError("This workbook has no sheet with cells.", "Choose a workbook that holds a table.")

    def likely_sheet(self) -> str:
        """The first sheet that holds a table, else the first with any cell, else the first."""
        first = None
        for name in self.sheets:
            rows = [cells for _line, cells, _grouped in islice(self.rows(name), LOOK_ROWS)]
            if sum(sum(map(bool, cells)) > 1 for cells in rows) > 1:
                return name
            if first is None and rows:
                first = name
        return self.sheets[0] if first is None else first

    def rows(self, name: str) -> Iterator[tuple[int, list[str], bool]]:
        """(line as Excel shows it, cells, whether one spans columns) of each row that is not blank.

        The first cell is that of the first column with any cell. A cell that is merged with those below it stands in
        each of these rows, one that spans columns in each of them, unless it is alone in its row, as a title is.
        """
        try:
            sheet = self._sheet(name)
            fill = _Merged(sheet)
            for line, row in enumerate(sheet.iter_rows(), start=1):
                cells = [as_text(cell) for cell in row]
                grouped = fill.fill(line - 1, cells)
                if any(cell not in ("", None) for cell in row):
                    yield line, cells, grouped
        except (CalamineError, ValueError, OverflowError) as error:  # also a date that no calendar has
            raise DataError(f"The sheet “{name}” cannot be read.", _DAMAGED) from error

    def spans_rows(self, name: str) -> bool:
        """Whether any cell of the sheet is merged with one below it."""
        return any(first[0] < last[0] for first, last in self._sheet(name).merged_cell_ranges or [])

    def formulas_without_value(self, name: str) -> int:
        """How many formulas of a sheet have no stored result; 0 too where that cannot be found out."""
        count, rest = 0, b""
        try:
            with zipfile.ZipFile(self._path) as package, package.open(_member(package, name)) as sheet:
                while chunk := sheet.read(CHUNK):
                    found = list(_NO_VALUE.finditer(rest + chunk))
                    count += len(found)
                    rest = (rest + chunk)[found[-1].end() if found else 0 :][-64:]
        except (
            KeyError,
            ParseError,
            DefusedXmlException,
            zipfile.BadZipFile,
            OSError,
            ValueError,
            NotImplementedError,
        ):
            return 0
        return count

    def _sheet(self, name: str) -> CalamineSheet:
        if self._loaded is None or self._loaded[0] != name:
            self._loaded = None
            self._loaded = (name, self._book.get_sheet_by_name(name))
        return self._loaded[1]


class _Merged:
    """Puts the value of merged cells into all their cells, going down the rows of a sheet."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._first_column = sheet.start[1] if sheet.start else 0
        self._starting: dict[int, list[Any]] = defaultdict(list)
        self._open: dict[int, tuple[int, str]] = {}  # column -> last row, value
        for span in (sheet.merged_cell_ranges or [])[:MOST_MERGED]:
            self._starting[span[0][0]].append(span)

    def fill(self, row: int, cells: list[str]) -> bool:
        """Fill the cells of a row (0-based) in place; whether a cell of it spans columns."""
        for column, (last, value) in list(self._open.items()):
            if row > last:
                del self._open[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = value
        grouped = False
        alone = sum(map(bool, cells)) < 2
        for (_row, left), (bottom, right) in self._starting.pop(row, ()):
            column = left - self._first_column
            if not 0 <= column < len(cells) or not cells[column]:
                continue
            if bottom > row:
                self._open[column] = (bottom, cells[column])
            elif not alone:
                grouped = True
                end = min(right - self._first_column + 1, len(cells))
                cells[column:end] = [cell or cells[column] for cell in cells[column:end]]
        return grouped


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
            "Save it without a password." if locked else _DAMAGED,
        ) from error


def _member(package: zipfile.ZipFile, name: str) -> str:
    """The file inside the workbook that holds a sheet. Raises KeyError."""
    places = {one.get("Id"): one.get("Target", "") for one in _elements(package, "xl/_rels/workbook.xml.rels")}
    sheets = {
        one.get("name"): one.get(_RELATION) for one in _elements(package, "xl/workbook.xml") if one.get("sheetId")
    }
    target = places[sheets[name]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _elements(package: zipfile.ZipFile, member: str) -> Iterator[Any]:
    return iter(ElementTree.fromstring(package.read(member)).iter())
