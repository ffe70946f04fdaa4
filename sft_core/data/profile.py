"""Facts about a table, counted on disk: rows, classes, lengths, missing cells, exact duplicates, splits."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from sft_core.config import Roles
from sft_core.data.locked_tables import connection, quoted
from sft_core.data.own_columns import OWN
from sft_core.data.pictures.facts import picture_facts
from sft_core.data.query import column_names, identifier, length_of

HISTOGRAM_BINS = 30
LISTED_CLASSES = 5_000


def facts(rows: Path | pd.DataFrame, roles: Roles) -> dict[str, Any]:
    """Facts about a rows.parquet (or a table in memory) as JSON values.

    {rows, columns[], missing{column: n}, sources{}, splits{}, classes{label: n}, distinct_labels, numeric_labels
    {share, whole_share, distinct}, text_lengths{p5, p50, p95, p99, max, mean, histogram{edges, counts}} in characters,
    words{p50, p95, p99}, duplicates{exact}, empty_texts, empty_labels, pictures (see `picture_facts`), roles}. Counts
    of what has no role are null.
    """
    with _table(rows) as (con, table, names):
        own = [name for name in names if name not in OWN]
        result: dict[str, Any] = {"rows": _one(con, f"SELECT count(*) FROM {table}"), "columns": own}
        result["missing"] = _missing(con, table, own)
        result["sources"] = _counts(con, table, "_source") if "_source" in names else {}
        result["splits"] = _counts(con, table, "_split") if "_split" in names else {}
        result |= _labels(con, table, roles.label if roles.label in names else None)
        result |= _texts(con, table, [name for name in (*roles.text, roles.text_pair) if name and name in names])
        result["pictures"] = picture_facts(con, table, names) if roles.image in names else None
        if result["pictures"] is not None:
            result["duplicates"] = {"exact": result["pictures"]["duplicates"]}
        return result | {"roles": roles.model_dump(mode="json")}


def longer_than(
    rows: Path, roles: Roles, characters: int, most: int, *, mixed: bool = False
) -> tuple[pd.DataFrame, int]:
    """Rows whose text (and pair) has more than so many characters, and how many there are.

    At most `most` of them: the longest, or a fixed random draw where they are to be `mixed`.
    """
    with _table(rows) as (con, table, names):
        columns = [name for name in (*roles.text, roles.text_pair) if name and name in names]
        if not columns:
            return pd.DataFrame(), 0
        longer = f"FROM {table} WHERE {length_of(columns)} > {int(characters)}"
        order = "hash(_source, _row)" if mixed else f"{length_of(columns)} DESC, _source, _row"
        drawn = con.execute(f"SELECT * {longer} ORDER BY {order} LIMIT {int(most)}").df()
        return drawn, _one(con, f"SELECT count(*) {longer}")


@contextmanager
def _table(rows: Path | pd.DataFrame) -> Iterator[tuple[duckdb.DuckDBPyConnection, str, list[str]]]:
    if isinstance(rows, Path):
        with connection(rows.parent) as con:
            yield con, f"read_parquet({quoted(str(rows.resolve()))})", column_names(rows)
        return
    with connection(None) as con:
        con.register("table_in_memory", rows)
        yield con, "table_in_memory", [str(name) for name in rows.columns]


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _missing(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> dict[str, int]:
    if not columns:
        return {}
    counts = ", ".join(f"count(*) FILTER (WHERE trim({identifier(name)}) = '')" for name in columns)
    row = con.execute(f"SELECT {counts} FROM {table}").fetchone() or ()
    return dict(zip(columns, map(int, row), strict=True))


def _counts(con: duckdb.DuckDBPyConnection, table: str, column: str) -> dict[str, int]:
    name = identifier(column)
    sql = f"SELECT {name}, count(*) FROM {table} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {LISTED_CLASSES}"
    return {str(value): int(count) for value, count in con.execute(sql).fetchall()}


def _labels(con: duckdb.DuckDBPyConnection, table: str, label: str | None) -> dict[str, Any]:
    """Classes as they are written, the most frequent first; blank space is not a class."""
    if label is None:
        return {"classes": None, "distinct_labels": None, "empty_labels": None, "numeric_labels": None}
    name = identifier(label)
    row = con.execute(
        f"SELECT count(DISTINCT r) FILTER (WHERE v <> ''), count(*) FILTER (WHERE v = ''),"
        f" count(*) FILTER (WHERE v <> ''),"
        f" count(*) FILTER (WHERE v <> '' AND d IS NOT NULL), count(*) FILTER (WHERE v <> '' AND d = floor(d)),"
        f" count(DISTINCT d) FROM (SELECT r, v, try_cast(v AS DOUBLE) AS d"
        f" FROM (SELECT {name} AS r, trim({name}) AS v FROM {table}))"
    ).fetchone()
    distinct, empty, filled, numeric, whole, numbers = map(int, row or (0,) * 6)
    classes = _counts(con, table, label)
    classes = {value: count for value, count in classes.items() if value.strip()}
    return {
        "classes": classes,
        "distinct_labels": distinct,
        "empty_labels": empty,
        "numeric_labels": {
            "share": numeric / filled if filled else 0.0,
            "whole_share": whole / numeric if numeric else 0.0,
            "distinct": numbers,
        },
    }


def _texts(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> dict[str, Any]:
    if not columns:
        return {"text_lengths": None, "words": None, "duplicates": {"exact": None}, "empty_texts": None}
    joined = " || chr(31) || ".join(identifier(name) for name in columns)
    words = " + ".join(f"(length({c}) - length(replace({c}, ' ', '')) + 1)" for c in map(identifier, columns))
    row = con.execute(
        "SELECT quantile_disc(n, [0.05, 0.5, 0.95, 0.99]), max(n), avg(n), quantile_disc(w, [0.5, 0.95, 0.99]),"
        " count(*) - count(DISTINCT h), count(*) FILTER (WHERE e)"
        f" FROM (SELECT {length_of(columns)} AS n, {words} AS w, hash({joined}) AS h,"
        f" trim({identifier(columns[0])}) = '' AS e FROM {table})"
    ).fetchone()
    if not row or row[1] is None:
        return {"text_lengths": None, "words": None, "duplicates": {"exact": 0}, "empty_texts": 0}
    quantiles, longest, mean, word_quantiles, duplicates, empty = row
    return {
        "text_lengths": {
            **dict(zip(("p5", "p50", "p95", "p99"), map(int, quantiles), strict=True)),
            "max": int(longest),
            "mean": round(float(mean), 1),
            "histogram": _histogram(con, table, columns, int(quantiles[3])),
        },
        "words": dict(zip(("p50", "p95", "p99"), map(int, word_quantiles), strict=True)),
        "duplicates": {"exact": int(duplicates)},
        "empty_texts": int(empty),
    }


def _histogram(con: duckdb.DuckDBPyConnection, table: str, columns: list[str], top: int) -> dict[str, list[int]]:
    """Counts of equally wide bins from 0 to the 99th percentile; the last bin takes all longer ones."""
    width = max(-(-top // HISTOGRAM_BINS), 1)
    sql = (
        f"SELECT least({length_of(columns)} // {width}, {HISTOGRAM_BINS - 1}) AS bin, count(*) FROM {table} GROUP BY 1"
    )
    found = {int(number): int(count) for number, count in con.execute(sql).fetchall()}
    return {
        "edges": [number * width for number in range(HISTOGRAM_BINS + 1)],
        "counts": [found.get(number, 0) for number in range(HISTOGRAM_BINS)],
    }
