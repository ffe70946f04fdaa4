"""Datasets of a workspace: the files as they came, and immutable versions of their rows.

`datasets/<id>/about.json` holds name, notes, roles and the current version; `source/<split>/` the files;
`pictures/` those that the rows name; `versions/<n>/` rows.parquet, fixes.json, facts.json, findings.json. Folders are
written aside and published whole.
What is read and then written goes inside one write transaction of app.db, so that two processes never undo each other.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sft_core.config import Roles
from sft_core.data import profile, query, source_files
from sft_core.data.own_columns import OWN
from sft_core.data.pictures.folders import keep_copy
from sft_core.data.pictures.keeping import PICTURES, move_pictures
from sft_core.data.reading import ReadFacts
from sft_core.data.roles import guess_roles
from sft_core.data.rows import join_parts, sample, write_table
from sft_core.errors import DataError, StateError
from sft_core.records import SCHEMA_VERSION, publish, read_json, write_json
from sft_core.workspace import Workspace, checked_id, new_id

ABOUT, ROWS, FIXES, FACTS, FINDINGS = "about.json", "rows.parquet", "fixes.json", "facts.json", "findings.json"
ASIDE = ".new-"
_STALE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class DatasetInfo:
    """One dataset as Home shows it; `rows` and `classes` are of its current version, None where these are damaged."""

    id: str
    name: str
    notes: str
    created: float
    current: int
    rows: int | None
    classes: int | None
    roles: Roles


@dataclass(frozen=True)
class VersionInfo:
    """One immutable state of the rows, and the steps that lead to it from version 0.

    `did` says in words what each step did. Where the steps were taken over from another dataset, `like` holds its
    `name` and what was `left_out` ({step, why}).
    """

    n: int
    parent: int | None
    steps: list[dict[str, Any]]
    rows: int
    made: float
    did: list[str]
    like: dict[str, Any] | None


class DatasetStore:
    """All datasets of a workspace. Cheap to make, holds nothing in memory."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # -- what there is -------------------------------------------------------------------------------------------

    def datasets(self) -> list[DatasetInfo]:
        """All datasets, the newest first. Where the register lacks one that is there, it is made anew first."""
        rows = self._registered()
        known = {row["id"] for row in rows}
        if any(name not in known and self._is_whole(name) for name in self._folders()):
            self.rebuild()
            rows = self._registered()
        return [self._info(row["id"], row) for row in rows if self._is_whole(row["id"])]

    def get(self, dataset_id: str) -> DatasetInfo:
        """One dataset. Raises DataError where there is none with this id."""
        with self.workspace.connect() as connection:
            row = connection.execute("SELECT * FROM datasets WHERE id = ?", (dataset_id,)).fetchone()
        return self._info(dataset_id, dict(row) if row else {})

    def about(self, dataset_id: str) -> dict[str, Any]:
        """The content of about.json: name, notes, roles, current, how each file was read (`files`, as of `current`)."""
        try:
            return dict(read_json(self._about_path(dataset_id)))
        except FileNotFoundError:
            raise DataError("There is no such dataset.", "Go back to Home and choose again.") from None

    def versions(self, dataset_id: str) -> list[VersionInfo]:
        """All versions, the oldest first."""
        folder = self.workspace.dataset(dataset_id) / "versions"
        numbers = sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())
        return [self.version(dataset_id, number) for number in numbers]

    def version(self, dataset_id: str, n: int) -> VersionInfo:
        """One version. Raises DataError where there is none with this number."""
        fixes = read_json(self._version(dataset_id, n) / FIXES)
        did, like = fixes.get("did") or [""] * len(fixes["steps"]), fixes.get("like")
        rows = self.facts(dataset_id, n)["rows"]
        return VersionInfo(n, fixes["parent"], fixes["steps"], rows, fixes["made"], did, like)

    def rows_path(self, dataset_id: str, n: int | None = None) -> Path:
        """The rows.parquet of a version (default: the current one). Raises DataError where it is gone or cut off."""
        path = self._version(dataset_id, self._number(dataset_id, n)) / ROWS
        if not query.is_whole(path):
            raise DataError("The rows of this dataset are damaged.", "Bring the file again.")
        return path

    def read_rows(self, dataset_id: str, n: int | None = None) -> pd.DataFrame:
        """The rows of a version as a table in memory: for work in jobs, never for showing."""
        return pd.read_parquet(self.rows_path(dataset_id, n))

    def facts(self, dataset_id: str, n: int | None = None) -> dict[str, Any]:
        """Facts of a version (see `profile.facts`) for the present roles; counted anew when the roles changed."""
        return self._facts_for(dataset_id, self._number(dataset_id, n), self._roles(dataset_id))

    def findings(self, dataset_id: str, n: int | None = None) -> list[dict[str, Any]] | None:
        """Findings of a version as they were stored for the present roles; None where nobody has looked yet."""
        folder = self._version(dataset_id, self._number(dataset_id, n))
        try:
            stored = read_json(folder / FINDINGS)
        except FileNotFoundError:
            return None
        return list(stored["findings"]) if stored["roles"] == self._roles(dataset_id).model_dump(mode="json") else None

    def save_findings(self, dataset_id: str, n: int, findings: Sequence[Mapping[str, Any]]) -> None:
        """Keep what was found in a version, with the roles that it was found for."""
        roles = self._roles(dataset_id).model_dump(mode="json")
        write_json(self._version(dataset_id, n) / FINDINGS, {"roles": roles, "findings": [dict(f) for f in findings]})

    # -- making --------------------------------------------------------------------------------------------------

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A folder beside the datasets to build one in; what is left of it afterwards goes."""
        folder = self.workspace.datasets / f"{ASIDE}{new_id()}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def create_from(
        self,
        name: str,
        files: Mapping[str, Path],
        parts: Mapping[str, tuple[Path, ReadFacts]],
        *,
        room: Path,
        roles: Roles | None = None,
        dataset: str | None = None,
        notes: str = "",
    ) -> str:
        """A dataset from files that were read already (`parts`: by split, rows.parquet and facts); its id.

        `room` lies on the volume of the workspace (see `room`). Roles are guessed from the training rows where none
        are given; a role that names no column is refused.
        """
        dataset = checked_id(dataset) if dataset else new_id()
        final = self.workspace.dataset(dataset)
        if final.exists():
            raise StateError("There is a dataset with this address already.", "Import the file again.")
        aside = room / "dataset"
        version = aside / "versions" / "0"
        version.mkdir(parents=True, mode=0o700)
        join_parts([path for path, _facts in parts.values()], version / ROWS)
        roles = roles if roles is not None and roles.columns() else guess_roles(sample(version / ROWS))
        _check_roles(roles, query.column_names(version / ROWS))
        _keep_sources(files, aside / "source")
        _keep_pictures(parts, aside / PICTURES)
        made = time.time()
        write_json(version / FIXES, {"schema_version": SCHEMA_VERSION, "parent": None, "made": made, "steps": []})
        facts = profile.facts(version / ROWS, roles)
        write_json(version / FACTS, facts)
        about = {
            "schema_version": SCHEMA_VERSION,
            "id": dataset,
            "name": name.strip() or files["train"].stem,
            "notes": notes,
            "created": made,
            "current": 0,
            "roles": roles.model_dump(mode="json"),
            "files": {split: facts_.as_dict() for split, (_path, facts_) in parts.items()},
        }
        write_json(aside / ABOUT, about)
        publish(aside, final)
        with self.workspace.writing() as connection:
            _register(connection, about, facts)
        return dataset

    def add_version(
        self,
        dataset_id: str,
        table: pd.DataFrame,
        steps: list[dict[str, Any]],
        parent: int | None,
        *,
        use: bool = True,
        did: Sequence[str] = (),
        like: Mapping[str, Any] | None = None,
    ) -> int:
        """A new version of these rows; its number. It becomes the current one unless `use` is False.

        `did` and `like` as in `VersionInfo`.
        """
        home = self.workspace.dataset(dataset_id) / "versions"
        if not home.is_dir():
            raise DataError("There is no such dataset.", "Go back to Home and choose again.")
        aside = home / f"{ASIDE}{new_id()}"
        aside.mkdir(mode=0o700)
        try:
            write_table(table, aside / ROWS)
            made = time.time()
            fixes: dict[str, Any] = {
                "schema_version": SCHEMA_VERSION,
                "parent": parent,
                "made": made,
                "steps": list(steps),
                "did": list(did),
                "like": dict(like) if like else None,
            }
            write_json(aside / FIXES, fixes)
            write_json(aside / FACTS, profile.facts(aside / ROWS, self._roles(dataset_id)))
            with self.workspace.writing():
                number = 1 + max(int(path.name) for path in home.iterdir() if path.name.isdigit())
                publish(aside, home / str(number))
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        if use:
            self.set_current(dataset_id, number)
        return number

    # -- changing ------------------------------------------------------------------------------------------------

    def rename(self, dataset_id: str, name: str) -> None:
        """Give another name; the id stays."""
        if not name.strip():
            raise DataError("A dataset needs a name.", "Type one.")
        self._change(dataset_id, name=name.strip())

    def set_notes(self, dataset_id: str, notes: str) -> None:
        """Replace the notes."""
        self._change(dataset_id, notes=notes)

    def set_roles(self, dataset_id: str, roles: Roles) -> None:
        """Say anew what each column is for; versions stay, their facts are counted anew when asked for."""
        _check_roles(roles, query.column_names(self.rows_path(dataset_id)))
        self._change(dataset_id, roles=roles.model_dump(mode="json"))

    def set_current(self, dataset_id: str, n: int) -> None:
        """Make a version the current one (undo and redo); about.json names the files that its rows are from."""
        steps = self.version(dataset_id, n).steps
        files = source_files.files_after(self.workspace.dataset(dataset_id), self.about(dataset_id), steps)
        self._change(dataset_id, current=n, **files)

    def delete(self, dataset_id: str) -> Path:
        """Move a dataset to the trash; the path by which `restore` and `delete_for_good` know it."""
        self.about(dataset_id)
        thrown = self.workspace.throw_away(self.workspace.dataset(dataset_id))
        with self.workspace.writing() as connection:
            connection.execute("DELETE FROM datasets WHERE id = ?", (dataset_id,))
        return thrown

    def restore(self, thrown: Path) -> str:
        """Bring a dataset back from the trash; its id."""
        folder = self.workspace.put_back(thrown)
        self._change(folder.name)
        return folder.name

    def delete_for_good(self, thrown: Path) -> None:
        """Delete a thrown dataset: rows, versions, source files and what the cache holds of them are gone."""
        self.workspace.empty_trash(thrown)

    def rebuild(self) -> int:
        """Write the rows of app.db anew from the folders; how many datasets there are. Stale building sites go."""
        for site in self.workspace.datasets.glob(f"{ASIDE}*"):
            if time.time() - site.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(site, ignore_errors=True)
        known = [(self.about(name), self._facts_or_none(name)) for name in self._folders() if self._is_whole(name)]
        with self.workspace.writing() as connection:
            connection.execute("DELETE FROM datasets")
            for about, facts in known:
                _register(connection, about, facts)
        return len(known)

    # -- inside --------------------------------------------------------------------------------------------------

    def _registered(self) -> Sequence[dict[str, Any]]:
        with self.workspace.connect() as connection:
            found = connection.execute("SELECT * FROM datasets ORDER BY created DESC, id DESC").fetchall()
        return [dict(row) for row in found]

    def _folders(self) -> Sequence[str]:
        return [path.name for path in sorted(self.workspace.datasets.iterdir()) if not path.name.startswith(".")]

    def _about_path(self, dataset_id: str) -> Path:
        return self.workspace.dataset(dataset_id) / ABOUT

    def _version(self, dataset_id: str, n: int) -> Path:
        folder = self.workspace.dataset(dataset_id) / "versions" / str(int(n))
        if not folder.is_dir():
            raise DataError("There is no such version of this dataset.", "Choose one from its list of versions.")
        return folder

    def _number(self, dataset_id: str, n: int | None) -> int:
        return int(self.about(dataset_id)["current"]) if n is None else n

    def _roles(self, dataset_id: str) -> Roles:
        return Roles(**self.about(dataset_id)["roles"])

    def _info(self, dataset_id: str, row: Mapping[str, Any]) -> DatasetInfo:
        about = self.about(dataset_id)
        return DatasetInfo(
            id=dataset_id,
            name=about["name"],
            notes=about["notes"],
            created=about["created"],
            current=about["current"],
            rows=row.get("rows"),
            classes=row.get("classes"),
            roles=Roles(**about["roles"]),
        )

    def _facts_for(self, dataset_id: str, n: int, roles: Roles) -> dict[str, Any]:
        """The facts of a version as stored, counted anew where they were counted for other roles."""
        folder = self._version(dataset_id, n)
        try:
            known = read_json(folder / FACTS)
        except FileNotFoundError:
            known = {}
        if known.get("roles") == roles.model_dump(mode="json"):
            return dict(known)
        found = profile.facts(self.rows_path(dataset_id, n), roles)
        write_json(folder / FACTS, found)
        return found

    def _facts_or_none(self, dataset_id: str) -> dict[str, Any] | None:
        try:
            return self.facts(dataset_id)
        except DataError:
            return None

    def _change(self, dataset_id: str, **changes: Any) -> None:
        """Change about.json and the register as one step for all processes; counting comes before, outside the lock."""
        about = {**self.about(dataset_id), **changes}
        facts = self._facts_for(dataset_id, about["current"], Roles(**about["roles"]))
        with self.workspace.writing() as connection:
            about = {**self.about(dataset_id), **changes}
            write_json(self._about_path(dataset_id), about)
            _register(connection, about, facts)

    def _is_whole(self, dataset_id: str) -> bool:
        """Whether about.json is there and not damaged: one broken dataset must not hide the others."""
        try:
            self.about(dataset_id)
        except DataError:
            return False
        return True

    list = datasets  # last of the class: inside it, the name would hide the builtin


def _register(connection: sqlite3.Connection, about: Mapping[str, Any], facts: Mapping[str, Any] | None) -> None:
    """Write a dataset's row of app.db; without facts nothing is said of its rows and classes."""
    rows, classes = (facts["rows"], facts["distinct_labels"]) if facts else (None, None)
    connection.execute(
        "INSERT OR REPLACE INTO datasets (id, name, created, current_version, rows, classes) VALUES (?, ?, ?, ?, ?, ?)",
        (about["id"], about["name"], about["created"], about["current"], rows, classes),
    )


def _check_roles(roles: Roles, columns: Sequence[str]) -> None:
    missing = [name for name in roles.columns() if name not in columns]
    if missing:
        own = [name for name in columns if name not in OWN]
        raise DataError(f"There is no column “{missing[0]}” in this table.", f"Choose one of: {', '.join(own[:12])}.")


def _keep_sources(files: Mapping[str, Path], home: Path) -> None:
    """Copy the uploaded files to where they stay; a copy on the same volume shares its blocks where it can."""
    for split, path in files.items():
        folder = home / split
        folder.mkdir(parents=True, mode=0o700)
        keep_copy(path, folder / path.name)


def _keep_pictures(parts: Mapping[str, tuple[Path, ReadFacts]], home: Path) -> None:
    """Take over what lies in `pictures` beside each part's rows."""
    for rows, _facts in parts.values():
        move_pictures(rows.parent / PICTURES, home)
