"""Answers as a file to take along: CSV, Excel or Parquet, and never a formula out of somebody's message."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from pyarrow.csv import CSVWriter

from sft_core.errors import DataError
from sft_core.evaluation.predictions import KEPT, Predictions
from sft_core.records import fsync_path

FileFormat = Literal["csv", "xlsx", "parquet"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
EXCEL_ROWS, EXCEL_COLUMNS, EXCEL_CHARACTERS = 1_048_576, 16_384, 32_767
ROWS_AT_ONCE = 10_000
ROW = "row (1 = the first)"


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


def for_people(found: Predictions) -> pd.DataFrame:
    """The stored answers as a person takes them home: rows counted from 1 as on every screen, nothing twice.

    Left out are where a row came from, and the true classes where a column of the file has the same or there are none.
    """
    table, names = found.table, found.names
    number = ROW
    while number in found.inputs:
        number += "_output"
    true = table[names.true]
    doubled = any(table[name].equals(true) for name in found.inputs) or not (true != "").any()
    left_out = [*KEPT, *([names.true] if doubled else [])]
    counted = table.assign(**{names.row: table[names.row] + 1})
    return counted.drop(columns=left_out, errors="ignore").rename(columns={names.row: number})


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, with a ' before it; anything else as it is (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """UTF-8 with commas, every text in quotes. Arrow writes it: 200,000 rows of 77 classes in seconds, not a minute."""
    names = [str(guarded(str(name))) for name in table.columns]
    writer: CSVWriter | None = None
    for part in _parts(table):
        columns = [_csv_column(part[name]) for name in part.columns]
        batch = pa.table(columns, names=names)
        writer = writer or CSVWriter(path, batch.schema)
        writer.write_table(batch)
    assert writer is not None, "there is at least an empty part"
    writer.close()


def _csv_column(column: pd.Series) -> pa.Array:
    if pd.api.types.is_float_dtype(column):
        return pa.array(column.to_numpy(dtype=np.float32), from_pandas=True)
    if pd.api.types.is_numeric_dtype(column):
        return pa.array(column.to_numpy())
    return pa.array([None if pd.isna(value) else guarded(str(value)) for value in column], type=pa.string())


def _short(column: pd.Series) -> list[str]:
    """Numbers with the digits of fp32, the precision that answers have: 0.93, not 0.9300000071525574."""
    return [str(text) for text in column.to_numpy(dtype=np.float32).astype(str)]


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
        for row in zip(*(_excel_values(part[name]) for name in part.columns), strict=True):
            sheet.append([_excel_cell(sheet, value) for value in row])
    book.save(path)


def _excel_values(column: pd.Series) -> list[Any]:
    return [float(text) for text in _short(column)] if pd.api.types.is_float_dtype(column) else column.tolist()


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
    for start in range(0, max(len(table), 1), ROWS_AT_ONCE):
        yield table.iloc[start : start + ROWS_AT_ONCE]
