"""The file `rows.parquet`: how a table is written, joined from parts, and sampled without reading it whole."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sft_core.data.reading import TABLE_COLUMNS
from sft_core.errors import DataError

SAMPLE_ROWS = 5_000
_ROW_GROUP = 50_000


def join_parts(parts: Sequence[Path], target: Path) -> None:
    """One rows.parquet of several: all columns of all parts, a cell that a part does not have is empty."""
    if len(parts) == 1:
        os.replace(parts[0], target)
        return
    names = dict.fromkeys(name for path in parts for name in pq.read_schema(path).names)
    schema = pa.schema([(name, dict(TABLE_COLUMNS).get(name, pa.string())) for name in names])
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for path in parts:
            for batch in pq.ParquetFile(path).iter_batches(batch_size=_ROW_GROUP):
                writer.write_batch(_fitted(batch, schema))


def _fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    empty = pa.repeat(pa.scalar(""), batch.num_rows)
    columns = [batch.column(name) if name in batch.schema.names else empty for name in schema.names]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def write_table(table: pd.DataFrame, target: Path) -> None:
    """Write a row table as rows.parquet. Raises DataError where it is no row table (reserved columns, text cells)."""
    own = dict(TABLE_COLUMNS)
    if list(table.columns[: len(own)]) != list(own):
        table = table[[*own, *(name for name in table.columns if name not in own)]]
    columns = []
    for name in table.columns:
        kind = own.get(str(name), pa.string())
        columns.append(pa.array(table[name], kind, from_pandas=True).cast(kind))
        if columns[-1].null_count:
            raise DataError(
                f"Column “{name}” has cells without a value.", "Write an empty text where nothing is known."
            )
    schema = pa.schema([(str(name), own.get(str(name), pa.string())) for name in table.columns])
    pq.write_table(
        pa.Table.from_arrays(columns, schema=schema),
        target,
        row_group_size=_ROW_GROUP,
        compression="snappy",
    )


def sample(path: Path, rows: int = SAMPLE_ROWS) -> pd.DataFrame:
    """Rows from all over a rows.parquet, without reading it whole."""
    file = pq.ParquetFile(path)
    groups = file.num_row_groups
    if groups <= 1:
        return _every(file.read(), rows)
    wanted = sorted({0, groups // 2, groups - 1})
    each = rows // len(wanted)
    parts = [file.read_row_group(group) for group in wanted]
    return pd.concat([_every(part, each) for part in parts], ignore_index=True)


def _every(part: pa.Table, rows: int) -> pd.DataFrame:
    stride = max(part.num_rows // rows, 1)
    table: pd.DataFrame = part.take(list(range(0, part.num_rows, stride))).to_pandas()
    return table
