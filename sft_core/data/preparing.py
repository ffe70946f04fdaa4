"""Changing the rows of a dataset: each step makes a new version, and every earlier one stays, for undo and redo.

Tables that are too large to change while a person waits are changed by a job.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sft_core.config import ReadOptions, validated
from sft_core.data import previews, steps
from sft_core.data.findings.stored import find_problems
from sft_core.data.fixes.registry import get_fix
from sft_core.data.given_test import bringer, brings, keep
from sft_core.data.importing import read_safely
from sft_core.data.replaying import can_carry
from sft_core.data.store import DatasetStore
from sft_core.errors import StateError, Stopped
from sft_core.records import SCHEMA_VERSION, Work, write_json
from sft_core.workspace import Workspace

PREVIEW = "preview.json"

Step = dict[str, Any]


def prepare_job(work: Work) -> None:
    """Job kind "prepare": request {dataset, parent, steps, file} makes a version, {dataset, parent, step, file}
    previews one step, {dataset, parent} looks for problems in that version.

    `steps` is the whole list that leads from version 0; where it only adds to the parent's list, only what was added
    is applied to the parent's rows. `file` ({path, read}) is the test file of the last step, where that brings one.
    A preview (see `previews`) goes to `preview.json` of the job folder.
    """
    request = work.request
    store = DatasetStore(Workspace(work.folder.resolve().parent.parent))
    dataset, parent = str(request["dataset"]), int(request["parent"])
    if "step" in request:
        _preview(work, store, dataset, parent)
        return
    number = parent
    if "steps" in request:
        wanted = list(request["steps"])
        if request.get("file"):
            _keep_file(work, store, dataset, wanted[-1])
        number = apply_steps(store, dataset, wanted, parent, on_progress=work.progress, should_stop=work.should_stop)
    work.progress(0.9 if "steps" in request else 0.1, "Looking for problems")
    find_problems(store, dataset, number)
    work.events.add("version", dataset=dataset, version=number)
    work.progress(1.0, "Done")


def apply_steps(
    store: DatasetStore,
    dataset: str,
    wanted: list[Step],
    parent: int,
    *,
    on_progress: Callable[[float, str], None] = lambda _share, _message: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Make the version that these steps lead to, and use it; its number. Raises Stopped between two steps."""
    before = store.version(dataset, parent)
    adds = wanted[: len(before.steps)] == before.steps
    base, rest, did = (parent, wanted[len(before.steps) :], before.did) if adds else (0, wanted, [])
    on_progress(0.0, "Reading the rows")
    rows, effects = steps.replay(
        store.read_rows(dataset, base),
        rest,
        store.get(dataset).roles,
        on_step=_on_step(len(rest), on_progress, should_stop),
        bring=bringer(store, dataset, wanted),
    )
    if not len(rows):
        raise StateError("No row would be left.", "Choose a step that keeps some rows.")
    on_progress(0.8, "Writing the new version")
    did = [*did, *(effect.message for effect in effects)]
    return store.add_version(dataset, rows, wanted, parent=base, did=did, like=before.like)


def apply_step(store: DatasetStore, dataset: str, step: Step) -> int:
    """Do one more step on the current version, look through the rows again; the number of the new version."""
    current = store.get(dataset).current
    checked = steps.step(step["fix"], **step.get("params", {}))
    number = apply_steps(store, dataset, [*store.version(dataset, current).steps, checked], current)
    find_problems(store, dataset, number)
    return number


def undo(store: DatasetStore, dataset: str, index: int | None = None) -> int:
    """Take back one step (default: the last) and keep the others; the number of the version that is then current.

    Where a version with just these steps exists it is used again, else they are replayed from version 0.
    """
    current = store.get(dataset).current
    done = store.version(dataset, current).steps
    place = len(done) - 1 if index is None else index
    if not 0 <= place < len(done):
        raise StateError("There is no such step to undo.", "Choose one from the list of changes.")
    return _become(store, dataset, without(done, place), current)


def without(done: list[Step], place: int) -> list[Step]:
    """The steps without one of them. With a test file go the changes that were made by hand on its rows.

    The same row numbers would mean other rows in the file that takes its place.
    """
    later = done[place + 1 :]
    if brings(done[place]):
        until = next((n for n, one in enumerate(later) if get_fix(one["fix"]).by_file), len(later))
        later = [kept for one in later[:until] if (kept := _off_test(one)) is not None] + later[until:]
    return [*done[:place], *later]


def _off_test(one: Step) -> Step | None:
    """A step without what it does to single rows of a test file; None where nothing is left of it."""
    params = one["params"]
    if not get_fix(one["fix"]).by_row:
        return one
    if "row" in params:
        return None if params["row"][0] == "test" else one
    rows = [row for row in params["rows"] if row[0] != "test"]
    return {**one, "params": {**params, "rows": rows}} if rows else None


def moved_up(done: list[Step], index: int) -> list[Step] | None:
    """The steps with this one made before the one above it; None where that makes no sense.

    A change by hand was made on the rows as they were seen then, and a split deals out the rows as they then are.
    """
    if not 0 < index < len(done) or not (_is_rule(done[index - 1]) and _is_rule(done[index])):
        return None
    return [*done[: index - 1], done[index], done[index - 1], *done[index + 1 :]]


def move_up(store: DatasetStore, dataset: str, index: int) -> int:
    """Make a step before the one above it; the number of the version that is then current. Raises StateError."""
    current = store.get(dataset).current
    wanted = moved_up(store.version(dataset, current).steps, index)
    if wanted is None:
        raise StateError("This step cannot come earlier.", "Undo it, and make the changes in the other order.")
    return _become(store, dataset, wanted, current)


def known_version(store: DatasetStore, dataset: str, wanted: list[Step]) -> int | None:
    """The newest version with just these steps; None where they have to be made."""
    known = [version.n for version in store.versions(dataset) if version.steps == wanted]
    return known[-1] if known else None


def _become(store: DatasetStore, dataset: str, wanted: list[Step], current: int) -> int:
    known = known_version(store, dataset, wanted)
    if known is not None:
        store.set_current(dataset, known)
        return known
    number = apply_steps(store, dataset, wanted, current)
    find_problems(store, dataset, number)
    return number


def _is_rule(one: Step) -> bool:
    return one["fix"] != "set_split" and can_carry(one)


def redo(store: DatasetStore, dataset: str) -> int:
    """Do the step again that was last taken back; the number of the version that is then current."""
    later = redoable(store, dataset)
    if later is None:
        raise StateError("There is no step to do again.", "Choose what to change.")
    store.set_current(dataset, later)
    return later


def redoable(store: DatasetStore, dataset: str) -> int | None:
    """The newest version that is one step further than the current one; None where there is none."""
    done = store.version(dataset, store.get(dataset).current).steps
    later = [v.n for v in store.versions(dataset) if len(v.steps) == len(done) + 1 and v.steps[:-1] == done]
    return later[-1] if later else None


def _on_step(
    many: int, on_progress: Callable[[float, str], None], should_stop: Callable[[], bool]
) -> Callable[[int, str], None]:
    def on_step(number: int, words: str) -> None:
        if should_stop():
            raise Stopped("The change was stopped.", "The rows are as they were.")
        on_progress(0.1 + 0.7 * number / max(1, many), words)

    return on_step


def _keep_file(work: Work, store: DatasetStore, dataset: str, one: Step) -> None:
    """Put the test file of a step beside the dataset."""
    given = work.request["file"]
    work.progress(0.0, "Reading the test file")
    keep(
        store,
        dataset,
        str(one["params"]["file"]),
        Path(given["path"]),
        validated(ReadOptions, given["read"]),
        should_stop=work.should_stop,
    )


def _preview(work: Work, store: DatasetStore, dataset: str, version: int) -> None:
    """What one more step would do to a version; nothing of it is kept but the preview."""
    one, given = work.request["step"], work.request.get("file")
    rows = None
    if given:
        work.progress(0.0, "Reading the test file")
        room = work.folder / "test"
        room.mkdir(exist_ok=True)
        rows = pd.read_parquet(
            read_safely(Path(given["path"]), validated(ReadOptions, given["read"]), room, source="test")[0]
        )
        shutil.rmtree(room)
    work.progress(0.3, "Reading the rows")
    table, before = store.read_rows(dataset, version), store.version(dataset, version).steps
    work.progress(0.5, "Looking at what it does")
    found = previews.of(table, one, store.get(dataset).roles, given=rows, before=before)
    write_json(work.folder / PREVIEW, {"schema_version": SCHEMA_VERSION, **found})
