"""A later file that was brought to test a run on: kept on the disk with how it is read, until it was tested."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pandas as pd
import streamlit as st
from components import session
from components.drafts import safe_name

from sft_core.config import ReadOptions
from sft_core.data import importing, query
from sft_core.data.reading import ReadFacts
from sft_core.workspace import checked_id, new_id

_PLACE = "test"
_CHUNK = 1 << 20
_MOST_LABELS = 2000


@dataclass(frozen=True)
class LaterUpload:
    """One file under `uploads/<id>/test/`."""

    id: str

    @property
    def folder(self) -> Path:
        return session.workspace().uploads / checked_id(self.id)

    @property
    def path(self) -> Path:
        """The file itself, under the name that it was brought with."""
        return next(path for path in (self.folder / _PLACE).iterdir() if path.is_file())

    def read(self, options: ReadOptions) -> tuple[Path, ReadFacts]:
        """All its rows on the disk, and how they were read. Raises DataError."""
        return _read(str(self.path), options.model_dump_json(), str(self.folder / "read"))


def keep(name: str, content: IO[bytes]) -> LaterUpload:
    """Copy an upload to the disk at once."""
    upload = LaterUpload(new_id())
    place = upload.folder / _PLACE
    place.mkdir(parents=True, mode=0o700)
    with (place / safe_name(name)).open("wb") as target:
        shutil.copyfileobj(content, target, _CHUNK)
    return upload


def find(upload_id: str) -> LaterUpload | None:
    """The upload of this id, None where it is gone."""
    upload = LaterUpload(checked_id(upload_id))
    place = upload.folder / _PLACE
    return upload if place.is_dir() and any(place.iterdir()) else None


def remove(upload: LaterUpload) -> None:
    """Delete the file."""
    shutil.rmtree(upload.folder, ignore_errors=True)


@st.cache_data(max_entries=16, show_spinner=False)
def first_rows(rows: str, stamp: int) -> pd.DataFrame:  # noqa: ARG001 - the stamp tells files apart
    """Up to a thousand rows, to see what the columns hold."""
    import pyarrow.parquet as pq

    batch = next(pq.ParquetFile(rows).iter_batches(batch_size=1000), None)
    return batch.to_pandas() if batch is not None else pq.read_table(rows).to_pandas()


@st.cache_data(max_entries=16, show_spinner=False)
def labels_in(rows: str, stamp: int, column: str) -> dict[str, int]:  # noqa: ARG001 - the stamp tells files apart
    """How many rows each value of a column has, the commonest first; "" are those without one."""
    with query.connection(Path(rows).parent) as con:
        found = con.execute(
            f"SELECT trim({query.identifier(column)}) AS v, count(*) FROM read_parquet({query.quoted(rows)}) "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_LABELS}"
        ).fetchall()
    return {str(value): int(n) for value, n in found}


@st.cache_data(max_entries=16, show_spinner="Reading the file")
def _read(path: str, wish: str, folder: str) -> tuple[Path, ReadFacts]:
    import hashlib

    place = Path(folder) / hashlib.sha256(wish.encode()).hexdigest()[:16]
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return importing.read_safely(Path(path), ReadOptions.model_validate_json(wish), place, source="test")
