"""One page of a table, searched, filtered and ordered on disk: a million rows never come into memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from sft_core.data.locked_tables import connection, quoted
from sft_core.data.own_columns import OWN
from sft_core.errors import DataError

_MAGIC = b"PAR1"


def identifier(name: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def is_whole(path: Path) -> bool:
    """Whether a Parquet file is there from its first to its last bytes: cheap, and finds what was cut off."""
    try:
        with path.open("rb") as file:
            begins = file.read(len(_MAGIC))
            file.seek(-len(_MAGIC), 2)
            return begins == file.read() == _MAGIC
    except OSError:
        return False


def column_names(path: Path) -> list[str]:
    """The columns of a rows.parquet, ours included."""
    return list(pq.read_schema(path).names)


def page(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    search: str = "",
    search_in: Sequence[str] | None = None,
    text: Sequence[str] = (),
    label: tuple[str, str] | None = None,
    split: str | None = None,
    source: str | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    rows: Sequence[tuple[str, int]] | None = None,
    order: str = "file",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[pd.DataFrame, int]:
    """One page of a rows.parquet and the number of rows that match.

    `search` is looked for, whatever its case, in `search_in` (default: `text`, else all columns); `label` is (column,
    value); lengths are characters of the `text` columns together; `rows` limits to these (source, row number);
    `order` is "file", "length" or a column. Always with our own columns first.
    """
    known = column_names(path)
    own = [name for name in known if name not in OWN]
    shown = [*(name for name in OWN if name in known), *(_checked(columns, known) if columns is not None else own)]
    where = _Where()
    if search:
        where.contains(search, _checked(search_in or text or own, known))
    if label is not None:
        where.equals(_checked([label[0]], known)[0], label[1])
    where.equals("_split", split)
    where.equals("_source", source)
    where.length(_checked(text, known), min_length, max_length)
    where.among(rows)
    with connection(path.parent) as con:
        wanted = _Slice(_key(order, text, known), descending, offset, limit)
        return _run(con, path, list(dict.fromkeys(shown)), where, wanted)


def some_of_each(path: Path, label: str, classes: Sequence[str] | None, most: int) -> pd.DataFrame:
    """Up to `most` rows of each of these classes (None: of all), drawn in the same way each time; blank is no class."""
    known = column_names(path)
    name = identifier(_checked([label], known)[0])
    shown = ", ".join(identifier(column) for column in known)
    with connection(path.parent) as con:
        found: pd.DataFrame = con.execute(
            f"SELECT {shown} FROM read_parquet({quoted(str(path.resolve()))}) WHERE trim({name}) <> ''"
            f" AND (?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], {name}))"
            f" QUALIFY row_number() OVER (PARTITION BY {name} ORDER BY hash(_source, _row)) <= ? ORDER BY {name}, _row",
            [None if classes is None else list(classes)] * 2 + [int(most)],
        ).df()
    return found


def _checked(names: Sequence[str], known: Sequence[str]) -> list[str]:
    for name in names:
        if name not in known:
            raise DataError(f"There is no column “{name}” in this table.", "Choose one of its columns.")
    return list(names)


class _Where:
    """Conditions with their values, always passed as parameters."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def contains(self, search: str, columns: list[str]) -> None:
        self.parts.append("(" + " OR ".join(f"contains(lower({identifier(name)}), lower(?))" for name in columns) + ")")
        self.values += [search] * len(columns)

    def equals(self, column: str, value: str | None) -> None:
        if value is not None:
            self.parts.append(f"{identifier(column)} = ?")
            self.values.append(value)

    def length(self, columns: list[str], least: int | None, most: int | None) -> None:
        if not columns:
            return
        if least is not None:
            self.parts.append(f"{length_of(columns)} >= ?")
            self.values.append(least)
        if most is not None:
            self.parts.append(f"{length_of(columns)} <= ?")
            self.values.append(most)

    def among(self, rows: Sequence[tuple[str, int]] | None) -> None:
        if rows is None:
            return
        by_source: dict[str, list[int]] = {}
        for source, row in rows:
            by_source.setdefault(source, []).append(int(row))
        parts = ["(_source = ? AND _row IN (SELECT unnest(?::BIGINT[])))" for _ in by_source]
        self.parts.append("(" + " OR ".join(parts) + ")" if parts else "false")
        for source, numbers in by_source.items():
            self.values += [source, numbers]

    @property
    def sql(self) -> str:
        return " WHERE " + " AND ".join(self.parts) if self.parts else ""


def length_of(columns: Sequence[str]) -> str:
    """SQL for the characters of several columns together."""
    return "(" + " + ".join(f"length({identifier(name)})" for name in columns) + ")"


def _key(order: str, text: Sequence[str], known: Sequence[str]) -> str | None:
    """SQL for what rows are ordered by; None for the order of the file."""
    if order == "file":
        return None
    if order == "length":
        return length_of(_checked(text, known))
    return identifier(_checked([order], known)[0])


@dataclass(frozen=True)
class _Slice:
    """Which part of the matching rows is shown, and in which order."""

    key: str | None
    descending: bool
    offset: int
    limit: int

    @property
    def part(self) -> slice:
        start = max(int(self.offset), 0)
        return slice(start, start + max(int(self.limit), 0))


def _run(
    con: duckdb.DuckDBPyConnection, path: Path, shown: list[str], where: "_Where", wanted: _Slice
) -> tuple[pd.DataFrame, int]:
    """Find the places of the page first, by the filtered columns alone, then fetch only those rows."""
    table = f"read_parquet({quoted(str(path.resolve()))}, file_row_number = true)"
    places, total = _places(con, table, where, wanted, pq.read_metadata(path).num_rows)
    names = ", ".join(identifier(name) for name in shown)
    if not places:
        return con.execute(f"SELECT {names} FROM {table} LIMIT 0").df(), total
    listed = ", ".join(map(str, places))
    frame = con.execute(
        f"SELECT {names}, file_row_number AS __place FROM {table} WHERE file_row_number BETWEEN {min(places)} AND"
        f" {max(places)} AND file_row_number IN ({listed})"
    ).df()
    return frame.set_index("__place").loc[places].reset_index(drop=True), total


def _places(
    con: duckdb.DuckDBPyConnection, table: str, where: "_Where", wanted: _Slice, rows: int
) -> tuple[list[int], int]:
    """Places in the file of the rows on the page, and how many rows match."""
    if wanted.key is not None:
        return _ordered_places(con, table, where, wanted, rows)
    if where.parts:
        found = con.execute(f"SELECT file_row_number FROM {table}{where.sql}", where.values).fetchnumpy()
        every = np.sort(found["file_row_number"])
    else:
        every = np.arange(rows)
    return (every[::-1] if wanted.descending else every)[wanted.part].tolist(), len(every)


def _ordered_places(
    con: duckdb.DuckDBPyConnection, table: str, where: "_Where", wanted: _Slice, rows: int
) -> tuple[list[int], int]:
    start, stop = wanted.part.start, wanted.part.stop
    counted = con.execute(f"SELECT count(*) FROM {table}{where.sql}", where.values).fetchone() if where.parts else None
    way = "DESC" if wanted.descending else "ASC"
    sql = (
        f"SELECT file_row_number FROM {table}{where.sql}"
        f" ORDER BY {wanted.key} {way}, file_row_number LIMIT {stop - start} OFFSET {start}"
    )
    places = [int(row[0]) for row in con.execute(sql, where.values).fetchall()]
    return places, int(counted[0]) if counted else rows
