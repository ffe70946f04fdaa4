"""Parquet files: typed columns become text, a batch at a time."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.cells import as_text
from sft_core.data.formats.packed import whole_file
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
# What Arrow raises for what it cannot make sense of: also dates beyond the calendar and time zones that nobody knows.
_ODD = (pa.ArrowException, OSError, ValueError, OverflowError, LookupError, NotImplementedError, RecursionError)
_DAMAGED = ("This Parquet file is damaged, or of a kind that cannot be read.", "Write it again, or save it as CSV.")


def find(path: Path, options: ReadOptions, limits: TableLimits) -> Found:
    """How this file is read: its schema says it all."""
    names = tuple(name for field in _open(path).schema_arrow for name in _flat_names(field.name, field.type))
    if len(names) > limits.columns:
        raise DataError(
            f"This table has more than {limits.columns:,} columns.",
            "Keep the columns with the text and the label, and save it again.",
        )
    if not names:
        raise DataError("This Parquet file has no columns.", "Choose a file that holds a table.")
    resolved = options.model_copy(
        update={"format": "parquet", "header": True, "encoding": None, "delimiter": None, "quote": None}
    )
    return Found(resolved, names)


def batches(path: Path, _found: Found, limits: TableLimits, _rejects: Rejects, size: int) -> Iterator[Batch]:
    """The rows of the file."""
    file = _open(path)
    total = max(file.metadata.num_rows, 1)
    if total > limits.rows:
        raise DataError(f"This table has {total:,} rows; at most {limits.rows:,} are read.", "Take a sample of it.")
    start = 0
    try:
        for block in file.iter_batches(batch_size=size):
            columns = [_texts(part) for column in block.columns for part in _flat(column)]
            yield Batch(range(start, start + block.num_rows), columns, min((start + block.num_rows) / total, 1.0))
            start += block.num_rows
    except _ODD as error:
        raise DataError(*_DAMAGED) from error


def _open(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(whole_file(path), page_checksum_verification=True)
        file.schema_arrow.names  # noqa: B018 - a damaged schema is noticed here
        return file
    except _ODD as error:
        raise DataError(*_DAMAGED) from error


def _flat_names(name: str, kind: pa.DataType) -> Iterator[str]:
    """The names of the columns that a column becomes: structs are taken apart, their names joined with dots."""
    if not pa.types.is_struct(kind) or not kind.num_fields:
        yield name
        return
    for place in range(kind.num_fields):
        yield from _flat_names(f"{name}.{kind.field(place).name}", kind.field(place).type)


def _flat(column: pa.Array) -> Iterator[pa.Array]:
    if not pa.types.is_struct(column.type) or not column.type.num_fields:
        yield column
        return
    for part in column.flatten():
        yield from _flat(part)


def _texts(column: pa.Array) -> pa.Array:
    """The column as Arrow strings without nulls; the common types without a detour through Python."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode())
    if isinstance(column, pa.ExtensionArray):
        return _texts(column.storage)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column.validate(full=True)  # a damaged file may hold bytes that are no text
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        return pa.array([_short(value) for value in column.to_pylist()], pa.string())
    return pa.array([as_text(value) for value in _values(column)], pa.string())


def _short(value: float | None) -> str:
    """A single-precision number with its own digits, not with those of its double."""
    if value is None or value != value:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.7g}"


def _values(column: pa.Array) -> list[object]:
    """Python values; times finer than microseconds are cut to them, those beyond the calendar are marked."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values: list[object] = column.to_pylist()
    except (OverflowError, ValueError):
        if not pa.types.is_temporal(column.type):
            raise
        values = column.cast(pa.string()).to_pylist()
    return values


FORMAT = Format("parquet", "Parquet", find, batches)
