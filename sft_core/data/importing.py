"""From uploaded files to a dataset: each file is read in the sandbox, then kept beside its source as version 0."""

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from sft_core import sandbox
from sft_core.config import SPLITS, ReadOptions, Roles
from sft_core.data.findings.stored import find_problems
from sft_core.data.limits import table_limits
from sft_core.data.pictures.keeping import PICTURES
from sft_core.data.reading import Preview, ReadFacts
from sft_core.data.replaying import replay_like
from sft_core.data.store import DatasetStore
from sft_core.errors import ConfigError, DataError, DiskFullError, ResourceError
from sft_core.records import Work
from sft_core.sandbox import Limits
from sft_core.workspace import Workspace

READING = Limits(memory_mb=6144, seconds=600, cpu_seconds=900, file_mb=8192)
READING_PICTURES = Limits(memory_mb=6144, seconds=4 * 3600, cpu_seconds=8 * 3600, file_mb=8192)
LOOKING = Limits(memory_mb=4096, seconds=60, cpu_seconds=60, file_mb=64)

Progress = Callable[[float, str], None]


def preview_safely(
    path: Path, options: ReadOptions | None = None, folder: Path | None = None, limits: Limits = LOOKING
) -> Preview:
    """How a file would be read, found out in the sandbox. Raises DataError."""
    arguments = {"path": str(path.resolve()), "options": _dump(options), "limits": asdict(table_limits())}
    with _room(folder) as room:
        return Preview.from_dict(_call("preview_in_child", arguments, limits, room))


def look_safely(path: Path, options: ReadOptions | None, folder: Path) -> tuple[Preview, ReadFacts | None]:
    """A preview, and all rows as `read_safely` reads them, by one child: starting it is most of a small file's time.

    No facts where the rows cannot be read: `read_safely` says why. Raises DataError where there is no preview either.
    """
    found = _call("look_in_child", _reading(path, options, folder), READING, folder)
    return Preview.from_dict(found["preview"]), ReadFacts.from_dict(found["facts"]) if found["facts"] else None


def read_safely(
    path: Path,
    options: ReadOptions | None = None,
    folder: Path | None = None,
    limits: Limits | None = None,
    *,
    source: str = "train",
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    most: int | None = None,
    pictures: Path | None = None,
) -> tuple[Path, ReadFacts]:
    """Read a file (of about `most` rows) in the sandbox into `<folder>/rows.parquet`; that path and how it was read.

    What it holds of pictures is put into the folder `pictures` (default: `<folder>/pictures`). Raises DataError.
    """
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="tuneboard-"))
    arguments = {**_reading(path, options, folder, source, pictures), "most": most}
    limits = limits or (READING_PICTURES if _may_be_pictures(path) else READING)
    facts = _call("read_in_child", arguments, limits, folder, on_progress, should_stop)
    return Path(arguments["target"]), ReadFacts.from_dict(facts)


def _reading(
    path: Path, options: ReadOptions | None, folder: Path, source: str = "train", pictures: Path | None = None
) -> dict[str, Any]:
    return {
        "path": str(path.resolve()),
        "options": _dump(options),
        "target": str(folder.resolve() / "rows.parquet"),
        "source": source,
        "limits": asdict(table_limits()),
        "pictures": str((pictures or folder / PICTURES).resolve()),
    }


def load_file(
    path: Path,
    options: ReadOptions | None = None,
    *,
    source: str = "train",
    folder: Path | None = None,
    limits: Limits | None = None,
    named: Collection[str] = (),
    pictures: Path | None = None,
) -> tuple[pd.DataFrame, ReadFacts]:
    """A file as a row table in memory, read in the sandbox, and how it was read. Raises DataError.

    `named` are columns that somebody knows it by: a first row that bears them is a header, even where it looks like
    any other (a class may be called as its column is). `pictures` as in `read_safely`.
    """
    wished = options or ReadOptions()
    with _room(folder) as room:
        rows, facts = read_safely(path, wished, room, limits, source=source, pictures=pictures)
        if wished.header is None and not facts.read.header and not set(named) <= set(facts.columns):
            aside = room / "with-header"
            aside.mkdir(exist_ok=True)
            with_header = wished.model_copy(update={"header": True})
            again, found = read_safely(path, with_header, aside, limits, source=source)
            if set(named) <= set(found.columns):
                rows, facts = again, found
        return pd.read_parquet(rows), facts


def _may_be_pictures(path: Path) -> bool:
    """Whether it may hold thousands of pictures, which take their time."""
    return path.is_dir() or path.suffix.casefold() == ".zip"


@contextmanager
def _room(folder: Path | None) -> Iterator[Path]:
    """The given folder, or one that is gone afterwards."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="tuneboard-") as made:
        yield Path(made)


def _call(
    name: str,
    arguments: dict[str, Any],
    limits: Limits,
    folder: Path,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Any:
    try:
        return sandbox.call(
            f"sft_core.data.reading_apart:{name}",
            arguments,
            limits=limits,
            folder=folder,
            on_progress=on_progress,
            should_stop=should_stop,
        )
    except DiskFullError:
        raise
    except ResourceError as error:
        raise DataError(
            f"The file cannot be read within the limits: {error.message[:1].lower()}{error.message[1:]}",
            "Take fewer pictures, or save them smaller."
            if _may_be_pictures(Path(arguments["path"]))
            else "Save it as CSV, or keep only the columns with the text and the label.",
        ) from error


def _dump(options: ReadOptions | None) -> dict[str, Any] | None:
    return options.model_dump() if options else None


def import_files(
    workspace: Workspace,
    name: str,
    files: Mapping[str, Path],
    *,
    read: ReadOptions | Mapping[str, ReadOptions] | None = None,
    roles: Roles | None = None,
    dataset: str | None = None,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> str:
    """Read the files (by split: train, validation, test) and make a dataset of them; its id. Raises DataError.

    `read` is for the training file, or one set of options a split; roles are guessed where none are given.
    """
    if "train" not in files or set(files) - set(SPLITS):
        raise ConfigError(["An import needs a training file, and may have one for validation and one for the test."])
    options: Mapping[str, ReadOptions] = read if isinstance(read, Mapping) else {"train": read or ReadOptions()}
    store = DatasetStore(workspace)
    with store.room() as room:
        parts: dict[str, tuple[Path, ReadFacts]] = {}
        for position, split in enumerate(name for name in SPLITS if name in files):
            parts[split] = read_safely(
                files[split],
                options.get(split),
                room / split,
                source=split,
                on_progress=_part(on_progress, position, len(files)),
                should_stop=should_stop,
            )
        if on_progress:
            on_progress(0.92, "Counting classes and lengths")
        return store.create_from(name, files, parts, roles=roles, dataset=dataset, room=room)


def _part(on_progress: Progress | None, position: int, count: int) -> Progress | None:
    if on_progress is None:
        return None
    return lambda share, message: on_progress(0.9 * (position + share) / count, message)


def import_job(work: Work) -> None:
    """Job kind "import": request {name, files: {train: path, …}, read, roles, dataset, like}.

    `like` ({dataset, version}) names another dataset whose changes are made on the new one as well.
    """
    request = work.request
    read = request.get("read") or {}
    per_split: dict[str, ReadOptions] = {
        split: ReadOptions(**read[split]) for split in SPLITS if isinstance(read.get(split), dict)
    }
    workspace = Workspace(Path(request["workspace"])) if "workspace" in request else _workspace_of(work.folder)
    store = DatasetStore(workspace)
    like = request.get("like")
    if like:
        store.version(like["dataset"], like["version"])  # it may be gone by now: said before the long reading
    dataset = request.get("dataset")
    if dataset is None or not workspace.dataset(dataset).exists():  # else: resumed after the dataset was made
        dataset = import_files(
            workspace,
            request["name"],
            {split: Path(path) for split, path in request["files"].items() if path},
            read=per_split or ReadOptions(**read),
            roles=Roles(**request["roles"]) if request.get("roles") else None,
            dataset=dataset,
            on_progress=work.progress,
            should_stop=work.should_stop,
        )
    if store.findings(dataset, 0) is None:
        work.progress(0.95, "Looking for problems")
        find_problems(store, dataset, 0)
    if like and store.get(dataset).current == 0:  # else: resumed after that
        replay_like(
            store,
            dataset,
            like["dataset"],
            like["version"],
            on_progress=lambda share, words: work.progress(0.95 + 0.05 * share, words),
            should_stop=work.should_stop,
        )
    work.events.add("dataset", dataset=dataset, rows=store.get(dataset).rows)
    work.progress(1.0, "The data is in place")


def _workspace_of(folder: Path) -> Workspace:
    """The workspace in which a job folder `<root>/jobs/<id>` lies."""
    return Workspace(folder.resolve().parent.parent)
