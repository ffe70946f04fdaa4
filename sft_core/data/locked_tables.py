"""A duckdb that reads one folder and cannot be talked into more; kept for the next look, as opening one takes 20 ms."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

_SAFE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
    "memory_limit": "512MB",
    "enable_external_file_cache": "false",  # a file that was replaced is read anew
}
_KEPT = 4  # folders: the page of a dataset asks about two at most
_lock = threading.Lock()
_idle: dict[Path | None, duckdb.DuckDBPyConnection] = {}  # the last one used stands last


@contextmanager
def connection(folder: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory duckdb that can read `folder` (None: no file at all) and cannot be talked into more.

    Nobody else has it meanwhile; frames that were registered are forgotten when it is given back.
    """
    place = folder.resolve() if folder is not None else None
    with _lock:
        database = _idle.pop(place, None)
    database = database or _opened(place)
    try:
        with database.cursor() as con:
            yield con
    except BaseException:
        database.close()
        raise
    _give_back(place, database)


def quoted(value: str) -> str:
    """A value as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _opened(place: Path | None) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(":memory:", config=_SAFE)
    if place is not None:
        database.execute(f"SET allowed_directories = [{quoted(str(place))}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def _give_back(place: Path | None, database: duckdb.DuckDBPyConnection) -> None:
    with _lock:
        too_many = [_idle.pop(place)] if place in _idle else []
        _idle[place] = database
        while len(_idle) > _KEPT:
            too_many.append(_idle.pop(next(iter(_idle))))
    for old in too_many:
        old.close()
