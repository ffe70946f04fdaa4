"""Answers as a file to take along: CSV, Excel or Parquet, and never a formula out of somebody's message."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

from sft_core.errors import DataError
from sft_core.records import fsync_path

FileFormat = Literal["csv", "xlsx", "parquet"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
EXCEL_ROWS, EXCEL_COLUMNS, EXCEL_CHARACTERS = 1_048_576, 16_384, 32_767
ROWS_AT_ONCE = 10_000


def predictions_file(table: pd.DataFrame, path: Path, format: FileFormat = "csv") -> None:
    """Write a table of answers, aside first. In CSV and Excel a text that a spreadsheet would calculate gets a ' first.

    Raises DataError where Excel cannot hold the table.
    """
    writers = {"csv": _write_csv, "xlsx": _write_excel, "parquet": _write_parquet}
    if format not in writers:
        raise DataError(f"Answers cannot be written as {format!r}.", "Choose csv, xlsx or parquet.")
    aside = path.with_name(f".{path.name}.tmp")
    try:
        writers[format](table, aside)
        fsync_path(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, with a ' before it; anything else as it is (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)  # ends lines with CR LF, so that either of them inside a text is quoted
        writer.writerow([guarded(str(name)) for name in table.columns])
        for part in _parts(table):
            writer.writerows(zip(*(_csv_cells(part[name]) for name in part.columns), strict=True))


def _csv_cells(column: pd.Series) -> list[Any]:
    """The cells of a column; numbers with the digits that they have, which for fp32 are fewer than Python's."""
    if pd.api.types.is_float_dtype(column):
        return ["" if text == "nan" else text for text in column.to_numpy().astype(str)]
    if pd.api.types.is_numeric_dtype(column):
        return column.tolist()
    return [guarded(value) for value in column]


def _write_excel(table: pd.DataFrame, path: Path) -> None:
    if len(table) >= EXCEL_ROWS or len(table.columns) > EXCEL_COLUMNS:
        raise DataError(
            f"Excel holds {EXCEL_ROWS - 1:,} rows and {EXCEL_COLUMNS:,} columns; here are {len(table):,} rows and "
            f"{len(table.columns):,} columns.",
            "Choose CSV or Parquet.",
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Answers")
    sheet.append([_excel_cell(sheet, str(name)) for name in table.columns])
    for part in _parts(table):
        for row in zip(*(part[name].tolist() for name in part.columns), strict=True):
            sheet.append([_excel_cell(sheet, value) for value in row])
    book.save(path)


def _excel_cell(sheet: Any, value: Any) -> Any:
    """A cell; texts are stored as texts and without the characters that the format forbids."""
    if not isinstance(value, str):
        return None if pd.isna(value) else value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(guarded(value)))
    if len(text) > EXCEL_CHARACTERS:
        text = text[: EXCEL_CHARACTERS - 1] + "…"
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, index=False)


def _parts(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(table), ROWS_AT_ONCE):
        yield table.iloc[start : start + ROWS_AT_ONCE]
