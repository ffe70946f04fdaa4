"""A later file that was brought to test a run on: kept on the disk with how it is read and what is which in it,
so that a refresh or a second tab loses nothing."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from components import session, work
from components.drafts import Content, put, safe_name

from sft_core.config import ReadOptions
from sft_core.data import locked_tables, query
from sft_core.errors import SFTError
from sft_core.jobs import rows, store
from sft_core.records import SCHEMA_VERSION, read_json, write_json
from sft_core.workspace import checked_id, new_id

_PLACE, _FILE = "test", "later.json"
_MOST_LABELS = 2000
AS_SUGGESTED = ""  # no column is called so


@dataclass(frozen=True)
class LaterUpload:
    """One file under `uploads/<id>/test/`, and what was chosen for it so far.

    `columns` maps our columns to theirs, `labels` their classes to ours, `rival` is their column with the answers that
    are given today; None means "there is none".
    """

    id: str
    read: ReadOptions = field(default_factory=ReadOptions)
    columns: Mapping[str, str | None] = field(default_factory=dict)
    labels: Mapping[str, str | None] = field(default_factory=dict)
    rival: str | None = AS_SUGGESTED

    @property
    def folder(self) -> Path:
        return session.workspace().uploads / checked_id(self.id)

    def path(self) -> Path:
        """The file itself, under the name that it was brought with."""
        return next((self.folder / _PLACE).iterdir())

    def read_as(self, read: ReadOptions, *, same_columns: bool) -> None:
        """Read it in another way; what was said of its columns and classes stays only where these stay."""
        if not same_columns:
            save(LaterUpload(self.id, read))
        else:
            save(replace(self, read=read, labels={}))


def keep(name: str, content: Content) -> LaterUpload:
    """Put what was brought into a place of its own."""
    upload = LaterUpload(new_id())
    place = upload.folder / _PLACE
    place.mkdir(parents=True, mode=0o700)
    put(content, place / safe_name(name))
    return save(upload)


def save(upload: LaterUpload) -> LaterUpload:
    """Write down what was chosen."""
    value = {"read": upload.read.model_dump(), "columns": dict(upload.columns), "labels": dict(upload.labels)}
    value["rival"] = upload.rival
    write_json(upload.folder / _FILE, {"schema_version": SCHEMA_VERSION, **value})
    return upload


def choose(upload: LaterUpload, **choices: Any) -> LaterUpload:
    """The upload with these choices, kept where that is a change."""
    chosen = replace(upload, **choices)
    return save(chosen) if chosen != upload else chosen


def find(upload_id: str) -> LaterUpload | None:
    """The upload of this id, None where it is gone."""
    upload = LaterUpload(checked_id(upload_id))
    place = upload.folder / _PLACE
    if not place.is_dir() or not any(place.iterdir()):
        return None
    try:
        known = read_json(upload.folder / _FILE)
        return LaterUpload(upload.id, ReadOptions(**known["read"]), known["columns"], known["labels"], known["rival"])
    except (OSError, SFTError, KeyError, TypeError, ValueError):  # the file is there: it is read as if just brought
        return upload


def remove(upload: LaterUpload) -> None:
    """Delete the file; while a test is at work, which may read it, it stays until uploads are removed in System."""
    if not store.list_jobs(session.workspace(), rows.ACTIVE, ["evaluate"]):
        shutil.rmtree(upload.folder, ignore_errors=True)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=work.FILES)
def first_rows(rows: Path) -> pd.DataFrame:
    """Up to a thousand rows, to see what the columns hold."""
    import pyarrow.parquet as pq

    batch = next(pq.ParquetFile(rows).iter_batches(batch_size=1000), None)
    return batch.to_pandas() if batch is not None else pq.read_table(rows).to_pandas()


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=work.FILES)
def labels_in(rows: Path, column: str) -> dict[str, int]:
    """How many rows each value of a column has, the commonest first; "" are those without one."""
    with locked_tables.connection(rows.parent) as con:
        found = con.execute(
            f"SELECT {query.identifier(column)}, count(*) FROM read_parquet({locked_tables.quoted(str(rows))}) "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_LABELS}"
        ).fetchall()
    counts: dict[str, int] = {}
    for value, n in found:  # exactly as written, for so they are compared
        name = str(value) if str(value).strip() else ""
        counts[name] = counts.get(name, 0) + int(n)
    return counts
