"""The folder with everything: where things lie, the settings, and the schema of `app.db`.

Default `~/.tuneboard`, or the folder named by TUNEBOARD_HOME. `app.db` is a register that can be rebuilt from the
folders; the folders are the truth.
"""

import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sft_core.errors import DiskFullError, InputError, SFTError, StateError, is_disk_full
from sft_core.records import JOB, SCHEMA_VERSION, read_json, write_json

# Even to be read, the register needs room on the disk. A file keeps this much, which is given up when nothing else is
# left: whoever looks still sees true states, and can make room.
SPARE, SPARE_BYTES = "spare", 1 << 18
_SCARCE, _PLENTY = SPARE_BYTES // 4, 8 * SPARE_BYTES

MODELS = "models"  # in the cache: downloads, which no row ever went into
_WAS = "was.json"  # in a thrown folder: where it lay
_STALE_SECONDS = 24 * 3600
_NO_PLACE = ("unable to open", "readonly")  # SQLite's words where a folder is not to be written

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    folder TEXT NOT NULL,
    idem TEXT UNIQUE,
    desired TEXT NOT NULL DEFAULT 'run' CHECK (desired IN ('run', 'stop')),
    state TEXT NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'starting', 'running', 'stopping', 'finished', 'stopped', 'failed', 'lost')),
    message TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    attempt INTEGER NOT NULL DEFAULT 1,
    slot TEXT,
    boot_id TEXT,
    pid INTEGER,
    ticks INTEGER,
    parent TEXT,
    submitted REAL NOT NULL,
    started REAL,
    ended REAL
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, submitted);
CREATE TABLE IF NOT EXISTS datasets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created REAL NOT NULL,
    current_version INTEGER,
    rows INTEGER,
    classes INTEGER
);
"""


class Workspace:
    """Paths and register of one workspace. Cheap to make; `open_workspace` makes the folders."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().resolve()

    def __repr__(self) -> str:
        return f"Workspace({str(self.root)!r})"

    @property
    def database(self) -> Path:
        return self.root / "app.db"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def trash(self) -> Path:
        return self.root / "trash"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    def dataset(self, dataset_id: str) -> Path:
        """The folder of a dataset; the id is checked, so that no path can be smuggled in."""
        return self.datasets / checked_id(dataset_id)

    def run(self, run_id: str) -> Path:
        """The folder of a run of this workspace."""
        return self.runs / checked_id(run_id)

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """A short-lived connection in autocommit mode; read-then-write goes inside `writing`.

        Raises DiskFullError where the disk has not even the little room that this needs.
        """
        self._give_up_spare()
        connection = sqlite3.connect(self.database, timeout=30, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = FULL")
            yield connection
        except sqlite3.OperationalError as error:
            if is_disk_full(error) or ("disk I/O error" in str(error) and self._room() < _SCARCE):
                raise DiskFullError() from error
            raise
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that takes the write lock at once: a deferred one fails when two writers meet."""
        with self.connect() as connection, at_once(connection):
            yield connection

    def keep_spare(self) -> None:
        """Set some room aside for the register, where there is plenty."""
        spare = self.root / SPARE
        if not spare.exists() and self._room() > _PLENTY:
            with suppress(OSError):  # a quota, of which the free room tells nothing
                spare.write_bytes(os.urandom(SPARE_BYTES))  # zeros take no room where the disk is compressed

    def _give_up_spare(self) -> None:
        if self._room() < _SCARCE:
            (self.root / SPARE).unlink(missing_ok=True)

    def _room(self) -> int:
        return shutil.disk_usage(self.root).free

    def settings(self) -> dict[str, Any]:
        """The settings of this workspace ({} where none were made)."""
        try:
            value = read_json(self.root / "settings.json")
        except FileNotFoundError:
            return {}
        return dict(value)

    def save_settings(self, **changes: Any) -> None:
        """Change some settings, keep the others."""
        write_json(self.root / "settings.json", {"schema_version": SCHEMA_VERSION, **self.settings(), **changes})

    def throw_away(self, folder: Path, *, outside: bool = False) -> Path:
        """Move a folder to the trash, with a note of where it was; its new path. `outside`: from elsewhere too."""
        source = folder.resolve()
        inside = source.is_relative_to(self.root)
        if source == self.root or not (inside or outside):
            raise StateError("Only folders of the workspace can be moved to its trash.", "Delete the folder by hand.")
        was = str(source.relative_to(self.root)) if inside else str(source)
        with suppress(OSError):  # on a full disk deleting must work; the name of most folders says enough
            write_json(source / _WAS, {"schema_version": SCHEMA_VERSION, "was": was})
        target = self.trash / f"{int(time.time() * 1000)}-{source.parent.name}-{source.name}"
        return Path(shutil.move(source, target))

    def put_back(self, thrown: Path, *, was: Path | None = None) -> Path:
        """Move a folder from the trash back to where it was; its path. Raises StateError where that cannot be.

        `was` is where it lay, for a folder that was thrown away without a note (on a full disk).
        """
        _stamp, parent, name = thrown.name.split("-", 2)
        note = thrown / _WAS
        unnoted = was or self.root / parent / name
        target = self.root / str(read_json(note)["was"]) if note.exists() else unnoted
        if target.exists():
            raise StateError("There is already something in its old place.", "Rename or delete that first.")
        if not target.parent.parent.is_dir():
            raise StateError("What it belonged to is not there any more.", "Bring that back first.")
        target.parent.mkdir(exist_ok=True, mode=0o700)
        shutil.move(thrown, target)
        (target / _WAS).unlink(missing_ok=True)
        return target

    def empty_trash(self, thrown: Path | None = None) -> None:
        """Delete one thrown folder, or all of them, for good; with the copies and the cache made of its rows."""
        for folder in [thrown] if thrown else list(self.trash.iterdir()):
            for order in folder.rglob(JOB):
                with suppress(SFTError):  # a damaged one names no file
                    self._remove_upload(read_json(order))
            shutil.rmtree(folder)
        self.forget_prepared()

    def forget_prepared(self) -> None:
        """Delete what was made of rows for faster starts; it is made again when needed. Models stay."""
        for folder in self.cache.iterdir():
            if folder.name != MODELS:
                shutil.rmtree(folder, ignore_errors=True)

    def _remove_upload(self, order: Any) -> None:
        """Delete the upload that a job was told to read, if it was one."""
        request = order.get("request") if isinstance(order, dict) else None
        path = Path(str(request.get("data") or "")) if isinstance(request, dict) else Path()
        if path.is_relative_to(self.uploads) and path != self.uploads:
            shutil.rmtree(self.uploads / path.relative_to(self.uploads).parts[0], ignore_errors=True)

    def sweep_uploads(self) -> None:
        """Delete what an upload left that was interrupted a day ago or earlier; what was finished stays."""
        for path in self.uploads.iterdir():
            if path.is_dir() and not path.name.startswith("."):
                continue
            with suppress(OSError):  # it was finished in this moment, or is another's: never a reason not to open
                newest = max([path.stat().st_mtime, *(part.stat().st_mtime for part in path.rglob("*"))])
                if time.time() - newest > _STALE_SECONDS:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


class RunFolder:
    """Where things lie in the folder of a run, inside or outside a workspace: the folder alone is enough to go on."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().resolve()

    def __repr__(self) -> str:
        return f"RunFolder({str(self.root)!r})"

    @property
    def config(self) -> Path:
        """All that is needed to repeat the run, and what was measured and chosen at its start."""
        return self.root / "config.json"

    @property
    def rows(self) -> Path:
        """The rows that it learns from and is tested on, with their split."""
        return self.root / "rows.parquet"

    @property
    def pictures(self) -> Path:
        """The pictures that its rows name, each under a name made of its content."""
        return self.root / "pictures"

    @property
    def row_hashes(self) -> Path:
        """One line a training or validation row: the hash of its text, by which seen rows are found later."""
        return self.root / "row_hashes.txt"

    @property
    def checkpoints(self) -> Path:
        return self.root / "checkpoints"

    @property
    def model(self) -> Path:
        """The ordinary Hugging Face folder."""
        return self.root / "model"

    @property
    def probe(self) -> Path:
        """The probe's weights: the base model's answer, for Try it."""
        return self.root / "probe.npz"

    @property
    def pinned(self) -> Path:
        """Sentences that were pinned or taken off while it runs; absent where nothing was changed since its start."""
        return self.root / "pinned.json"

    @property
    def report(self) -> Path:
        return self.root / "report.json"

    @property
    def predictions(self) -> Path:
        return self.root / "predictions.parquet"

    @property
    def evaluations(self) -> Path:
        """Job folders of later test files, each with its own report and predictions."""
        return self.root / "evaluations"

    @property
    def is_run(self) -> bool:
        """Whether this folder was made for a run."""
        return (self.root / "job.json").exists() or self.config.exists()


@contextmanager
def at_once(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes the write lock at its start, undone where something goes wrong in it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def new_id() -> str:
    """A generated name that sorts by time: names are labels only, ids never change."""
    return f"{time.strftime('%Y%m%d%H%M%S')}-{secrets.token_hex(4)}"


def checked_id(value: str) -> str:
    """The id itself. Raises InputError where it could leave its folder."""
    if not value or value.startswith(".") or not all(c.isalnum() or c in "-_." for c in value) or len(value) > 80:
        raise InputError("There is nothing with this address.", "Go back to Home and choose again.")
    return value


def workspace_root() -> Path:
    """TUNEBOARD_HOME, default `~/.tuneboard`. Raises InputError where it begins with the name of nobody."""
    named = os.environ.get("TUNEBOARD_HOME") or "~/.tuneboard"
    try:
        return Path(named).expanduser()
    except RuntimeError as error:
        raise _no_workspace(Path(named), "there is no such home folder") from error


def open_workspace(root: Path | None = None) -> Workspace:
    """The workspace at `root` (default: `workspace_root()`), made where absent, private to its owner.

    Raises InputError where no folder can be made or written there.
    """
    workspace = Workspace(root or workspace_root())
    try:
        _make(workspace)
    except (OSError, sqlite3.OperationalError) as error:
        if is_disk_full(error) or not (isinstance(error, OSError) or any(word in str(error) for word in _NO_PLACE)):
            raise
        raise _no_workspace(workspace.root, getattr(error, "strerror", None) or str(error)) from error
    workspace.keep_spare()
    workspace.sweep_uploads()
    return workspace


def _make(workspace: Workspace) -> None:
    workspace.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in (
        workspace.datasets,
        workspace.runs,
        workspace.jobs,
        workspace.uploads,
        workspace.trash,
        workspace.cache,
    ):
        folder.mkdir(exist_ok=True, mode=0o700)
    with workspace.connect() as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _no_workspace(root: Path, reason: str) -> InputError:
    return InputError(
        f"The folder {root} cannot be used for the workspace: {reason.lower()}.",
        "Set TUNEBOARD_HOME to a folder that you may write to.",
    )
