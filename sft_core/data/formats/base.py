"""What every table format can do: say how a file is read, and hand out its rows in batches of text columns."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sft_core.config import ClassesFrom, ReadOptions, TableFormat
from sft_core.data.encodings import Candidate
from sft_core.data.limits import TableLimits

BATCH_ROWS = 50_000
LISTED_REJECTS = 100


@dataclass(frozen=True)
class Found:
    """How a file is read: every option filled in, and what was noticed on the way.

    `columns` are the names as they stand in the file. `skipped` counts records above the header; `plan` is what the
    format itself has to remember for reading the rows. `own` are hidden columns that follow those of the file in each
    batch; what they say comes from the pictures of the rows, which are stored in the folder `pictures` (None: not now).
    `offers` are other places in which the classes of pictures seem to stand.
    """

    options: ReadOptions
    columns: tuple[str, ...]
    encodings: tuple[Candidate, ...] = ()
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: int = 0
    plan: Any = None
    own: tuple[str, ...] = ()
    pictures: Path | None = None
    offers: tuple[ClassesFrom, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Some rows: their record numbers, one sequence of cells (str, "" = missing, or an Arrow array) a column.

    One without rows tells how far the reading is, with `message`.
    """

    rows: Sequence[int]
    columns: Sequence[Any]
    share_done: float = 0.0
    message: str = ""


@dataclass
class Rejects:
    """Records that could not become rows: all counted, the first ones kept with their reason.

    `mended` counts rows that were written wrongly and could be understood, by what was done.
    """

    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rows: list[dict[str, Any]] = field(default_factory=list)
    mended: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[str, ...]:
        """What is said of the rows that were mended."""
        return tuple(f"In {count:,} row{'s' * (count != 1)} {how}." for how, count in self.mended.most_common())

    def add(self, row: int, reason: str, content: str = "", line: int | None = None) -> None:
        """Count one record; `row` is its record number, `line` its 1-based line in the file."""
        self.count += 1
        self.reasons[reason] += 1
        if len(self.rows) < LISTED_REJECTS:
            self.rows.append({"row": row, "line": line, "reason": reason, "content": printable(content)[:200]})


@dataclass(frozen=True)
class Format:
    """One kind of table file. `find` decides how it is read, `batches` reads it so."""

    kind: TableFormat
    title: str
    find: Callable[[Path, ReadOptions, TableLimits], Found]
    batches: Callable[[Path, Found, TableLimits, Rejects, int], Iterator[Batch]]


def printable(text: str) -> str:
    """Text that can be written anywhere: undecodable bytes and lone surrogates become a replacement mark."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
