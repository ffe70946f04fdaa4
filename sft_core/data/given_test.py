"""A test file that is given after the import: how it is read, where it stays, and its rows as the steps find them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sft_core.config import ReadOptions, Roles
from sft_core.data import steps
from sft_core.data.fixes.test_file import missing, refuse_missing, with_rows
from sft_core.data.importing import preview_safely, read_safely
from sft_core.data.pictures.folders import keep_copy
from sft_core.data.pictures.keeping import PICTURES
from sft_core.data.reading import Preview
from sft_core.data.replaying import can_carry
from sft_core.data.source_files import READ, ROWS, USE, folder_of
from sft_core.data.steps import Step
from sft_core.data.store import DatasetStore
from sft_core.errors import DataError, SFTError
from sft_core.records import publish, write_json

Progress = Callable[[float, str], None]
Look = Callable[[Path, ReadOptions], Preview]


def fitting_options(path: Path, known: ReadOptions, roles: Roles, look: Look = preview_safely) -> ReadOptions:
    """How to read a test file: as the dataset's own file where that gives the columns that are needed, else found out.

    The character set is found out for each file, since the wrong one garbles without a complaint; only where it is in
    doubt it is the one of the dataset's file, if that is possible. So are the rows above a table without names, which
    nothing would tell from data.
    """
    own: dict[str, Any] = {"encoding": None} if known.header else {"encoding": None, "skip": None}
    for options in (known.model_copy(update=own), ReadOptions(), ReadOptions(header=True)):
        try:
            seen = look(path, options)
        except SFTError:
            continue
        if missing(seen.columns, roles) is None:
            same = any(one.encoding == known.encoding for one in seen.encodings)
            return options.model_copy(update={"encoding": known.encoding}) if same else options
    return ReadOptions()


def keep(
    store: DatasetStore,
    dataset: str,
    file: str,
    path: Path,
    read: ReadOptions,
    *,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> None:
    """Read a test file and put it beside the dataset under the id `file`; nothing where it is there. Raises DataError.

    A column that is missing is said before anything is kept.
    """
    final = folder_of(store.workspace.dataset(dataset), file)
    if final.is_dir():
        return
    with store.room() as room:
        aside = room / "test"
        aside.mkdir(mode=0o700)
        rows, facts = read_safely(
            path,
            read,
            aside,
            source="test",
            on_progress=on_progress,
            should_stop=should_stop,
            pictures=store.workspace.dataset(dataset) / PICTURES,
        )
        refuse_missing(facts.columns, store.get(dataset).roles)
        rows.replace(aside / ROWS)
        write_json(aside / READ, facts.as_dict())
        folder = aside / "file"
        folder.mkdir(mode=0o700)
        keep_copy(path, folder / path.name)
        final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        publish(aside, final)


def bringer(store: DatasetStore, dataset: str, wanted: Sequence[Step]) -> steps.Bring:
    """What joins the rows of a test file to a table while `wanted` is replayed: as `replay` asks for it."""

    def bring(table: pd.DataFrame, one: Step) -> pd.DataFrame:
        if not brings(one):
            return table
        path = folder_of(store.workspace.dataset(dataset), one["params"]["file"]) / ROWS
        if not path.is_file():
            raise DataError("The test file of this change is not there any more.", "Bring it again.")
        before = wanted[: wanted.index(one)]
        return joined(table, pd.read_parquet(path), before, store.get(dataset).roles)

    return bring


def joined(table: pd.DataFrame, given: pd.DataFrame, before: Sequence[Step], roles: Roles) -> pd.DataFrame:
    """The table with these rows as its test file, changed by the rules that were made `before` it was brought.

    So class names mean the same on both sides. No rule drops a row of a test file, and one that cannot be made on it
    (there is no such column) leaves it as it is.
    """
    table = with_rows(table, given, roles)
    rows = table[table["_source"] == "test"]
    for rule in before:
        if can_carry(rule) and rule["fix"] != "set_split":
            try:
                rows = steps.replay(rows, [rule], roles)[0]
            except SFTError:
                continue
    return with_rows(table, rows, roles)


def brings(one: Mapping[str, Any]) -> bool:
    """Whether this step brings a test file."""
    return bool(one["fix"] == USE)
