"""The table beside pictures: one row a picture, which a column names by its path or its file name."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sft_core.config import ReadOptions
from sft_core.data.formats.base import BATCH_ROWS, Rejects
from sft_core.data.formats.recognise import check_file, recognise
from sft_core.data.formats.registry import load_format
from sft_core.data.limits import TableLimits
from sft_core.data.pictures.archive import BrokenMember, Source
from sft_core.data.pictures.members import Member, as_posix
from sft_core.errors import DataError

ENDINGS = (".csv", ".tsv", ".tab", ".xlsx", ".jsonl", ".parquet")
_KINDS = ("csv", "excel", "json", "jsonl", "parquet")
_MOST_TABLES, _MOST_BYTES = 8, 32 * 2**20
_LOOKED_AT = 1_000
NOT_THERE, SEVERAL = "its picture is not there", "several pictures bear this name"


@dataclass(frozen=True)
class PictureTable:
    """A table whose column number `path` names pictures; `rows` are (record number, cells).

    `unread` are its own records that could not be read (record number, content, reason); `matched` rows have a picture.
    """

    name: str
    columns: tuple[str, ...]
    path: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    unread: tuple[tuple[int, str, str], ...]
    matched: int

    @property
    def others(self) -> tuple[str, ...]:
        """The columns without the one that names the pictures."""
        return without(self.columns, self.path)


class Names:
    """Pictures by what a table may call them: the path, its end, the file name, each with and without its ending."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._known: dict[str, Member | None] = {}
        for member in members:
            parts = member.path.casefold().split("/")
            for start in range(len(parts)):
                name = "/".join(parts[start:])
                self._put(name, member)
                if member.ending:
                    self._put(name[: -len(member.ending)], member)

    def _put(self, name: str, member: Member) -> None:
        self._known[name] = member if self._known.get(name, member) is member else None

    def find(self, cell: str) -> Member | str | None:
        """The picture that a cell names, NOT_THERE or SEVERAL; None where the cell is empty."""
        parts = [part for part in as_posix(cell.strip()).casefold().split("/") if part not in ("", ".")]
        for start in range(len(parts)):
            name = "/".join(parts[start:])
            if name in self._known:
                return self._known[name] or SEVERAL
        return NOT_THERE if parts else None


def without(cells: Sequence[Any], place: int) -> tuple[Any, ...]:
    """The cells but the one at this place."""
    return (*cells[:place], *cells[place + 1 :])


def find_table(
    source: Source, members: Sequence[Member], names: Names, limits: TableLimits
) -> tuple[PictureTable | None, tuple[str, ...]]:
    """The table among these files that names most pictures, and what is said of tables that cannot be read."""
    found, notes = [], []
    tables = [member for member in members if member.ending in ENDINGS]
    for member in tables[:_MOST_TABLES]:
        try:
            table = _read(source, member, names, limits) if member.size <= _MOST_BYTES else None
        except (DataError, BrokenMember):
            notes.append(f"The table “{member.path}” beside the pictures could not be read.")
            continue
        if table is not None:
            found.append(table)
    best = max(found, key=lambda table: table.matched, default=None)
    if best is not None:
        notes += [f"The table “{one.name}” names pictures too; it is not used." for one in found if one is not best]
    return best, tuple(notes)


def _read(source: Source, member: Member, names: Names, limits: TableLimits) -> PictureTable | None:
    with _on_disk(source, member) as path:
        check_file(path, limits)
        kind = recognise(path, ReadOptions())
        if kind not in _KINDS:
            return None
        table = _matched(path, member.path, ReadOptions(), names, limits)
        if table is None:
            return None
        header = table.rows and isinstance(names.find(table.rows[0][1][table.path]), str)
        if header and (again := _matched(path, member.path, ReadOptions(header=True), names, limits)) is not None:
            return again  # the first row names no picture, and is a header for all that
        return table


def _matched(path: Path, name: str, options: ReadOptions, names: Names, limits: TableLimits) -> PictureTable | None:
    """The table with the column that names most pictures; None where none names one in at least half of its rows."""
    kind = load_format(recognise(path, options))
    found, rejects = kind.find(path, options, limits), Rejects()
    rows: list[tuple[int, tuple[str, ...]]] = []
    for batch in kind.batches(path, found, limits, rejects, BATCH_ROWS):
        columns = [column.to_pylist() if hasattr(column, "to_pylist") else column for column in batch.columns]
        rows += zip(map(int, batch.rows), zip(*columns, strict=True), strict=True)
    looked_at = [cells for _number, cells in rows[:: max(len(rows) // _LOOKED_AT, 1)]]
    scores = [_score([cells[place] for cells in looked_at], names) for place in range(len(found.columns))]
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    if best is None or not scores[best]:
        return None
    matched = sum(isinstance(names.find(cells[best]), Member) for _number, cells in rows)
    unread = tuple((row["row"], row["content"], row["reason"]) for row in rejects.rows)
    return PictureTable(name, tuple(found.columns), best, tuple(rows), unread, matched)


def _score(cells: Sequence[str], names: Names) -> int:
    """How many different pictures these cells name; 0 where less than half of them name one."""
    filled = [cell for cell in cells if cell.strip()]
    named = [found.path for cell in filled if isinstance(found := names.find(cell), Member)]
    return len(set(named)) if 2 * len(named) >= len(filled) else 0


@contextmanager
def _on_disk(source: Source, member: Member) -> Iterator[Path]:
    """The table as a file of its own, under a name that we give."""
    with tempfile.TemporaryDirectory(prefix="tuneboard-") as folder:
        path = Path(folder) / f"table{member.ending}"
        path.write_bytes(source.read(member))
        yield path
