"""Facts about the pictures of a table, counted on disk: sizes, formats, bytes, light, and how many are the same."""

from collections.abc import Sequence
from typing import Any

import duckdb

_SHARES = (0.05, 0.5, 0.95)
_COUNTED = {"widths": "_width", "heights": "_height", "bytes": "_bytes"}
_MEASURED = {"sharpness": "_sharp", "light": "_light", "contrast": "_contrast"}


def picture_facts(con: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> dict[str, Any] | None:
    """JSON values {count, missing, formats{}, duplicates, total_bytes, and of each measure {min, p5, p50, p95, max}}.

    The measures are widths and heights (pixels), bytes, sharpness, light and contrast (0 to 1); null where no
    picture was opened yet. `missing` counts rows without one, `duplicates` those whose pixels another row has too, but
    one of each. None where the table holds no pictures.
    """
    if "_file" not in names or "_pixels" not in names:
        return None
    row = con.execute(
        "SELECT count(*), count(*) FILTER (WHERE _file = ''), coalesce(sum(try_cast(_bytes AS BIGINT)), 0),"
        f" count(*) FILTER (WHERE _pixels <> '') - count(DISTINCT nullif(_pixels, '')) FROM {table}"
    ).fetchone()
    count, missing, total, duplicates = map(int, row or (0,) * 4)
    formats = con.execute(
        f"SELECT _format, count(*) FROM {table} WHERE _format <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return {
        "count": count,
        "missing": missing,
        "total_bytes": total,
        "duplicates": duplicates,
        "formats": {str(name): int(number) for name, number in formats},
        **{name: _spread(con, table, column, "BIGINT") for name, column in _COUNTED.items()},
        **{name: _spread(con, table, column, "DOUBLE") for name, column in _MEASURED.items()},
    }


def _spread(con: duckdb.DuckDBPyConnection, table: str, column: str, kind: str) -> dict[str, float] | None:
    row = con.execute(
        f"SELECT min(v), quantile_disc(v, {list(_SHARES)}), max(v) FROM"
        f" (SELECT try_cast({column} AS {kind}) AS v FROM {table}) WHERE v IS NOT NULL"
    ).fetchone()
    if not row or row[0] is None:
        return None
    least, shares, most = row
    return {"min": least, **dict(zip(("p5", "p50", "p95"), shares, strict=True)), "max": most}
