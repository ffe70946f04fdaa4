"""The rows that a run learns from: from a dataset of the workspace or from files, with roles and a split.

Nothing is repaired here. Rows with an empty text or label are left out of training, and that is said.
"""

import hashlib
import io
import shutil
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from sft_core.config import SPLITS, ReadOptions, Roles, SplitPlan, TrainRequest
from sft_core.data import examples, splitting
from sft_core.data import roles as role_guessing
from sft_core.data.asked_roles import needed
from sft_core.data.counted import counted, verb
from sft_core.data.duplicates import empty_inputs, table_hashes
from sft_core.data.importing import load_file
from sft_core.data.kinds.registry import kind_of
from sft_core.data.one_side import made_sure
from sft_core.data.own_columns import OWN, PLACE
from sft_core.data.pictures.keeping import PICTURES, link_pictures
from sft_core.data.reading import ReadFacts
from sft_core.data.store import DatasetStore
from sft_core.errors import DataError
from sft_core.records import read_json, write_bytes, write_json, write_text
from sft_core.workspace import RunFolder, Workspace

Progress = Callable[[float, str], None]
GATHERED = "data.json"  # what the rows are; written after them, so its presence means that they are whole


@dataclass(frozen=True)
class Gathered:
    """Rows with `_source`, `_row`, `_split` (never empty), what the columns are for, and what was said on the way."""

    table: pd.DataFrame
    roles: Roles
    labels: tuple[str, ...]
    name: str
    dataset: str | None = None
    version: int | None = None
    warnings: tuple[str, ...] = ()
    split: dict[str, object] = field(default_factory=dict)
    pictures: Path | None = None  # the folder of the stored pictures, where the rows name some

    def rows(self, split: str) -> pd.DataFrame:
        """The rows of one split, in their order."""
        return self.table[self.table["_split"] == split].reset_index(drop=True)

    def counts(self) -> dict[str, int]:
        """Rows a split."""
        return {split: int((self.table["_split"] == split).sum()) for split in SPLITS}

    def fingerprint(self) -> str:
        """A hash of all rows, their labels and their split: two runs with the same one saw the same data."""
        return table_hash(self.table)


@dataclass(frozen=True)
class Foreseen:
    """Rows a split, and the classes that the model cannot learn since no training row has them.

    `unchecked` are those that it learns, but of which no validation row tells how good it is at them.
    """

    counts: dict[str, int]
    unlearnt: tuple[str, ...]
    unchecked: tuple[str, ...] = ()


def gather(request: TrainRequest, workspace: Workspace, folder: Path, progress: Progress) -> Gathered:
    """The rows of a request. Raises DataError where they cannot be learnt from."""
    if request.dataset is not None:
        table, roles, name, version = _from_dataset(request, workspace)
        read_notes: list[str] = []
        pictures = workspace.dataset(request.dataset) / PICTURES
    else:
        pictures = folder / PICTURES
        table, roles, read_notes = _from_files(request, folder, progress)
        name, version = Path(str(request.train)).name, None
    table, labels, said, split_facts = _dealt(table, roles, request.split)
    notes = (*read_notes, *said)
    return Gathered(table, roles, labels, name, request.dataset, version, notes, split_facts, pictures)


def foresee(table: pd.DataFrame, roles: Roles, plan: SplitPlan) -> Foreseen:
    """What a run would get of these rows. Raises DataError where it could not learn from them."""
    dealt, labels, _said, _facts = _dealt(table, roles, plan)
    counts: dict[str, int] = {split: int((dealt["_split"] == split).sum()) for split in SPLITS}
    checked = set(examples.labels(dealt[dealt["_split"] == "validation"], roles))
    unlearnt = sorted(set(examples.labels(dealt, roles)) - set(labels))
    return Foreseen(counts, tuple(unlearnt), tuple(name for name in labels if name not in checked))


def table_hash(table: pd.DataFrame) -> str:
    """sha256 over the rows of a table, column by column, independent of how they are stored."""
    digest = hashlib.sha256("\x1f".join(map(str, table.columns)).encode())
    for column in table.columns:
        digest.update(pd.util.hash_pandas_object(table[column].astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()


def seen_hashes(gathered: Gathered) -> list[str]:
    """Hashes of the training and validation texts, sorted, each once (`row_hashes.txt`)."""
    learnt = gathered.table[gathered.table["_split"].isin(["train", "validation"])]
    return sorted(set(table_hashes(learnt, gathered.roles)))


def _dealt(
    table: pd.DataFrame, roles: Roles, plan: SplitPlan
) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...], dict[str, object]]:
    """The rows with their split, the classes that are learnt, what was said on the way, and how it was split."""
    _refuse_unfit(table, roles)
    table, warnings = _leave_out_empty(table, roles)
    table, split_notes, split_facts = _with_split(table, roles, plan)
    _refuse_one_sided(table, roles)
    labels = tuple(sorted(set(examples.labels(table[table["_split"] == "train"], roles))))
    table, unknown = _only_known_validation(table, roles, labels)
    return table, labels, (*warnings, *split_notes, *unknown), split_facts


def _from_dataset(request: TrainRequest, workspace: Workspace) -> tuple[pd.DataFrame, Roles, str, int]:
    store = DatasetStore(workspace)
    info = store.get(str(request.dataset))
    version = request.version if request.version is not None else info.current
    return store.read_rows(info.id, version), request.roles or info.roles, info.name, version


def _from_files(request: TrainRequest, folder: Path, progress: Progress) -> tuple[pd.DataFrame, Roles, list[str]]:
    files = {"train": request.train, "validation": request.validation, "test": request.test}
    given = {source: Path(path) for source, path in files.items() if path}
    tables, said, asked = {}, [], request.roles or Roles()
    for number, (source, path) in enumerate(given.items()):
        progress(number / len(given), f"Reading {path.name}")
        options = request.read if source == "train" else ReadOptions()  # each file has a format of its own
        table, facts = _read(path, options, folder, source, asked.columns())
        tables[source] = table.assign(_source=source)
        said += _reading_notes(path.name, facts)
    roles = needed(asked, tables["train"])
    for source, table in tables.items():
        _refuse_missing_columns(table, roles, given[source].name)
        tables[source] = _with_split_columns(table, roles)
    shared = [name for name in tables["train"].columns if all(name in table for table in tables.values())]
    columns = ["_source", "_row", *(name for name in shared if name not in PLACE)]
    joined = pd.concat([table[columns] for table in tables.values()], ignore_index=True)
    return joined.assign(_split=""), roles, said


def _read(
    path: Path, options: ReadOptions, folder: Path, source: str, named: Collection[str]
) -> tuple[pd.DataFrame, ReadFacts]:
    """A file's rows; the pictures that it holds lie in `folder` afterwards."""
    room = folder / f".reading-{source}"
    room.mkdir(parents=True, exist_ok=True)
    try:
        return load_file(path, options, folder=room, named=named, pictures=folder / PICTURES)
    finally:
        shutil.rmtree(room)


def _reading_notes(name: str, facts: ReadFacts) -> list[str]:
    """What was not certain when the file was read: nothing is guessed in silence."""
    notes = []
    if facts.encodings:
        others = ", ".join(candidate.encoding for candidate in facts.encodings)
        notes.append(f"{name} is not UTF-8: it was read as {facts.read.encoding}, the best of {others}.")
    if facts.read.skip and facts.asked.skip is None:
        n = facts.read.skip
        notes.append(f"{counted(n, 'line')} above the table of {name} {verb(n, 'was', 'were')} left out.")
    if facts.rejected["count"]:
        n = facts.rejected["count"]
        notes.append(f"{counted(n, 'line')} of {name} could not be read and {verb(n, 'was', 'were')} left out.")
    return notes


def _with_split_columns(table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    """A file that was given for one split stays whole: it may lack the columns by which the others are dealt out."""
    lacking = [name for name in (roles.group, roles.time, roles.split) if name and name not in table.columns]
    return table.assign(**dict.fromkeys(lacking, ""))


def _refuse_missing_columns(table: pd.DataFrame, roles: Roles, name: str) -> None:
    needed = [*roles.inputs(), *(c for c in (roles.label, roles.rival) if c)]
    missing = [column for column in needed if column not in table.columns]
    if missing:
        known = ", ".join(column for column in table.columns if column not in OWN)
        raise DataError(
            f"The file {name} has no column {missing[0]!r}.", f"Rename the fitting one; its columns are: {known}."
        )


def _refuse_unfit(table: pd.DataFrame, roles: Roles) -> None:
    for issue in role_guessing.problems(table[table["_source"] == "train"], roles):
        if issue.severity == "error":
            raise DataError(issue.message, issue.hint)


def _leave_out_empty(table: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, list[str]]:
    """Rows that nothing can be learnt from, or that cannot be scored; those of a given test file stay."""
    nothing = pd.Series(empty_inputs(table, roles), index=table.index) & (table["_source"] != "test")
    no_label = table[str(roles.label)].str.strip() == ""
    drop = nothing | no_label
    if not drop.any():
        return table, []
    n = int(drop.sum())
    kind = kind_of(roles)
    parts = [
        f"{int(nothing.sum())} with an empty {kind.noun}",
        f"{int((no_label & ~nothing).sum())} with an empty label",
    ]
    said = f"{counted(n, *kind.rows)} {verb(n, 'was', 'were')} left out: {' and '.join(parts)}."
    return table[~drop].reset_index(drop=True), [said]


def _with_split(
    table: pd.DataFrame, roles: Roles, plan: SplitPlan
) -> tuple[pd.DataFrame, list[str], dict[str, object]]:
    if (table["_split"] != "").any():  # split in Prepare: the rows that it left out stay out
        table, said = made_sure(table, roles)  # an old version, or one with other roles now, need not be honest
        kept = table[table["_split"] != ""].reset_index(drop=True)
        return kept, said, {"method": "as prepared"}
    if roles.split and plan.method == "random":
        plan = plan.model_copy(update={"method": "column"})
    elif roles.group and plan.method == "random":
        plan = plan.model_copy(update={"method": "group"})
    assigned, facts = splitting.assign(table, roles, plan)
    table = table.assign(_split=assigned.to_numpy())
    kept = table[table["_split"] != ""].reset_index(drop=True)
    return kept, list(facts.notes), plan.model_dump(mode="json")


def _only_known_validation(
    table: pd.DataFrame, roles: Roles, labels: tuple[str, ...]
) -> tuple[pd.DataFrame, list[str]]:
    """Validation chooses among the classes that are learnt; a row of another class cannot help there."""
    strange = (table["_split"] == "validation") & ~table[str(roles.label)].isin(labels)
    if not strange.any():
        return table, []
    names = sorted(set(table.loc[strange, str(roles.label)]))
    shown = ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")
    n = int(strange.sum())
    one, many = kind_of(roles).rows
    said = (
        f"{counted(n, f'validation {one}', f'validation {many}')} {verb(n, 'was', 'were')} left out: no training {one}"
        f" has {verb(n, 'its', 'their')} class ({shown})."
    )
    return table[~strange].reset_index(drop=True), [said]


def _refuse_one_sided(table: pd.DataFrame, roles: Roles) -> None:
    for split, words in (("train", "to learn from"), ("validation", "for validation"), ("test", "for the test")):
        if not (table["_split"] == split).any():
            raise DataError(
                f"After the split there is no row left {words}.", "Add rows, or change the shares in the split."
            )
    if table.loc[table["_split"] == "train", str(roles.label)].nunique() < 2:
        raise DataError(
            "The training rows hold only one class, so there is nothing to tell apart.",
            "Add rows of a second class, or choose another label column.",
        )


def keep(gathered: Gathered, run: RunFolder) -> None:
    """Put the rows into the run's folder: it can be resumed from there wherever it is moved."""
    parquet = io.BytesIO()
    gathered.table.to_parquet(parquet, index=False)
    write_bytes(run.rows, parquet.getvalue())
    write_text(run.row_hashes, "".join(f"{line}\n" for line in seen_hashes(gathered)))
    if gathered.pictures is not None and gathered.pictures.is_dir():
        link_pictures(gathered.table["_file"], gathered.pictures, run.pictures)
    facts = {name: value for name, value in asdict(gathered).items() if name not in ("table", "roles", "pictures")}
    write_json(run.root / GATHERED, {**facts, "roles": gathered.roles.model_dump(), "hash": gathered.fingerprint()})


def kept(run: RunFolder) -> Gathered | None:
    """The rows that were put into the run's folder; None where that was not finished."""
    path = run.root / GATHERED
    if not path.exists():
        return None
    facts = read_json(path)
    roles = Roles.model_validate(facts.pop("roles"))
    del facts["hash"]
    labels, warnings = tuple(facts.pop("labels")), tuple(facts.pop("warnings"))
    table = pd.read_parquet(run.rows)
    return Gathered(table, roles, labels, warnings=warnings, pictures=run.pictures, **facts)
