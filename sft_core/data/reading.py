"""Reads any table file into Parquet: what was found, what was rejected and why. Nothing is ever whole in memory here.

Runs inside the sandbox (`sft_core.data.importing` puts it there). The Parquet file holds `_source`, `_row`, `_split`
and the columns of the file, all of them strings.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sft_core.config import ReadOptions, TableFormat
from sft_core.data.encodings import Candidate
from sft_core.data.formats.base import BATCH_ROWS, Batch, Format, Found, Rejects
from sft_core.data.formats.names import renaming_notes, unique_names
from sft_core.data.formats.recognise import check_file, recognise
from sft_core.data.formats.registry import load_format
from sft_core.data.limits import TableLimits, table_limits
from sft_core.data.pictures.folders import fingerprint, size_of
from sft_core.errors import DataError

PREVIEW_ROWS = 20
TABLE_COLUMNS = (("_source", pa.string()), ("_row", pa.int64()), ("_split", pa.string()))

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Preview:
    """How a file would be read, and its first rows (each a tuple of cells).

    `offers` are other values of `read.classes` that fit a source of pictures.
    """

    read: ReadOptions
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encodings: tuple[Candidate, ...] = ()
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rejected: tuple[dict[str, Any], ...] = ()
    size: int = 0
    offers: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON value of this preview."""
        return {**asdict(self), "read": self.read.model_dump()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Preview":
        """The preview that `as_dict` wrote."""
        return cls(
            read=ReadOptions(**value["read"]),
            columns=tuple(value["columns"]),
            rows=tuple(tuple(row) for row in value["rows"]),
            encodings=_candidates(value["encodings"]),
            sheets=tuple(value["sheets"]),
            notes=tuple(value["notes"]),
            rejected=tuple(value["rejected"]),
            size=value["size"],
            offers=tuple(value["offers"]),
        )


@dataclass(frozen=True)
class ReadFacts:
    """How a file was read: resolved options, columns, rows, and what was rejected; `asked` is what was chosen by hand.

    `rejected` is {"count": n, "reasons": {reason: n}, "rows": first 100 of {row, line, reason, content}}. `encodings`
    holds the candidates where the encoding had to be guessed; it is empty where there was no doubt.
    """

    name: str
    read: ReadOptions
    columns: tuple[str, ...]
    rows: int
    rejected: dict[str, Any]
    encodings: tuple[Candidate, ...] = ()
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    size: int = 0
    sha256: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    asked: ReadOptions = field(default_factory=ReadOptions)

    def as_dict(self) -> dict[str, Any]:
        """JSON value of these facts."""
        return {**asdict(self), "read": self.read.model_dump(), "asked": self.asked.model_dump()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "ReadFacts":
        """The facts that `as_dict` wrote."""
        return cls(
            **{
                **value,
                "read": ReadOptions(**value["read"]),
                "columns": tuple(value["columns"]),
                "encodings": _candidates(value["encodings"]),
                "sheets": tuple(value["sheets"]),
                "notes": tuple(value["notes"]),
                "asked": ReadOptions(**(value.get("asked") or {})),  # facts of old have none
            }
        )


def _candidates(values: Sequence[Mapping[str, Any]]) -> tuple[Candidate, ...]:
    return tuple(Candidate(value["encoding"], tuple(value["preview"])) for value in values)


def preview(path: Path, options: ReadOptions | None = None, limits: TableLimits | None = None) -> Preview:
    """How the file would be read with these options, and its first rows. Raises DataError."""
    limits = limits or table_limits()
    kind, found = _find(path, options or ReadOptions(), limits)
    found = replace(found, own=())
    rejects = Rejects()
    names = unique_names(found.columns)
    batches = _arrow_batches(kind, path, found, limits, rejects, PREVIEW_ROWS)
    first = next((batch for batch in batches if batch.rows), None)
    rows = [] if first is None else list(zip(*(column.to_pylist() for column in first.columns), strict=True))
    return Preview(
        read=found.options,
        columns=names,
        rows=tuple(rows[:PREVIEW_ROWS]),
        encodings=found.encodings,
        sheets=found.sheets,
        notes=(*found.notes, *rejects.notes(), *renaming_notes(found.columns, names)),
        rejected=tuple(rejects.rows[:PREVIEW_ROWS]),
        size=size_of(path),
        offers=found.offers,
    )


def read_table(
    path: Path,
    options: ReadOptions | None,
    target: Path,
    on_progress: Progress | None = None,
    *,
    source: str = "train",
    limits: TableLimits | None = None,
    most: int | None = None,
    pictures: Path | None = None,
) -> ReadFacts:
    """Stream the file into the Parquet file `target`; `source` says which uploaded file it is. Raises DataError.

    It is left after about `most` rows where only a look at its beginning is wanted. `pictures` is the folder into which
    the pictures of a zip or a folder go; a look at the beginning opens none of them, and leaves their cells empty.
    """
    limits = limits or table_limits()
    kind, found = _find(path, options or ReadOptions(), limits)
    found = replace(found, pictures=None if most else pictures, own=found.own if pictures else ())
    names = unique_names(found.columns)
    schema = pa.schema([*TABLE_COLUMNS, *((name, pa.string()) for name in (*names, *found.own))])
    rejects = Rejects()
    rows = 0
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for batch in _arrow_batches(kind, path, found, limits, rejects, BATCH_ROWS):
            rows += len(batch.rows)
            if rows > limits.rows:
                raise DataError(f"This table has more than {limits.rows:,} rows.", "Take a sample of it.")
            if batch.rows:
                writer.write_batch(_table_batch(batch, source, schema))
            if on_progress:
                on_progress(batch.share_done, batch.message or f"{rows:,} rows read")
            if most is not None and rows >= most:
                break
    if not rows:
        raise _no_rows(kind.kind, rejects)
    return replace(_facts(path, found, names, rows, rejects), asked=options or ReadOptions())


def _find(path: Path, options: ReadOptions, limits: TableLimits) -> tuple[Format, Found]:
    check_file(path, limits)
    kind = load_format(recognise(path, options))
    found = kind.find(path, options, limits)
    if options.sheet and not found.sheets:
        raise DataError(
            f"This file has no sheets, so there is none called “{options.sheet}”.",
            "Leave the sheet out, or choose an Excel workbook.",
        )
    if options.skip and kind.kind not in ("csv", "excel"):
        raise DataError(
            "Rows above the table can be left out of CSV, TSV and Excel files only.", "Take the choice back."
        )
    return kind, found


def _facts(path: Path, found: Found, names: tuple[str, ...], rows: int, rejects: Rejects) -> ReadFacts:
    return ReadFacts(
        name=path.name,
        read=found.options,
        columns=names,
        rows=rows,
        rejected={"count": rejects.count, "reasons": dict(rejects.reasons.most_common(20)), "rows": rejects.rows},
        encodings=found.encodings,
        sheets=found.sheets,
        notes=(*found.notes, *rejects.notes(), *renaming_notes(found.columns, names)),
        size=size_of(path),
        sha256=fingerprint(path),
    )


def _no_rows(kind: TableFormat, rejects: Rejects) -> DataError:
    if rejects.count:
        reason = rejects.reasons.most_common(1)[0][0]
        if kind == "pictures":
            return DataError(
                f"None of the {rejects.count:,} files could be read (most often: it {reason}).",
                "Save the pictures as PNG or JPEG, and choose them again.",
            )
        return DataError(
            f"None of the {rejects.count:,} rows could be read ({reason}).", "Choose another separator or format."
        )
    return DataError("The file has column names but no rows.", "Choose a file that holds rows.")


def _arrow_batches(
    kind: Format, path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int
) -> Iterator[Batch]:
    """Batches whose columns are Arrow strings; rows with characters that cannot be stored are rejected."""
    for batch in kind.batches(path, found, limits, rejects, size):
        yield _as_arrow(batch, rejects)


def _as_arrow(batch: Batch, rejects: Rejects) -> Batch:
    try:
        return replace(batch, columns=[_strings(column) for column in batch.columns])
    except UnicodeEncodeError:
        kept = [position for position in range(len(batch.rows)) if _storable(batch, position, rejects)]
        columns = [_strings([column[i] for i in kept]) for column in batch.columns]
        return Batch([batch.rows[i] for i in kept], columns, batch.share_done)


def _strings(column: Any) -> pa.Array:
    return column if isinstance(column, pa.Array) else pa.array(column, pa.string())


def _storable(batch: Batch, position: int, rejects: Rejects) -> bool:
    cells = [column[position] for column in batch.columns]
    try:
        "".join(cells).encode("utf-8")
    except UnicodeEncodeError:
        rejects.add(batch.rows[position], "holds bytes that do not fit the encoding", " | ".join(cells))
        return False
    return True


def _table_batch(batch: Batch, source: str, schema: pa.Schema) -> pa.RecordBatch:
    count = len(batch.rows)
    own = [pa.repeat(pa.scalar(source), count), pa.array(batch.rows, pa.int64()), pa.repeat(pa.scalar(""), count)]
    return pa.RecordBatch.from_arrays([*own, *batch.columns], schema=schema)
