"""Changing the rows of a dataset: each step makes a new version, and every earlier one stays, for undo and redo.

Tables that are too large to change while a person waits are changed by a job.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from sft_core.config import Roles, SplitPlan, validated
from sft_core.data import splitting, steps
from sft_core.data.importing import find_problems
from sft_core.data.store import DatasetStore
from sft_core.errors import StateError, Stopped
from sft_core.records import SCHEMA_VERSION, Work, write_json
from sft_core.workspace import Workspace

PREVIEW = "preview.json"

Step = dict[str, Any]


def prepare_job(work: Work) -> None:
    """Job kind "prepare": request {dataset, parent, steps} makes a version, {dataset, parent, plan} previews a split.

    `steps` is the whole list that leads from version 0; where it only adds to the parent's list, only what was added
    is applied to the parent's rows. The preview (SplitFacts as JSON) goes to `preview.json` of the job folder.
    """
    request = work.request
    store = DatasetStore(Workspace(work.folder.resolve().parent.parent))
    dataset, parent = str(request["dataset"]), int(request["parent"])
    if "plan" in request:
        _preview(work, store, dataset, parent, validated(SplitPlan, request["plan"]))
        return
    number = apply_steps(
        store, dataset, list(request["steps"]), parent, on_progress=work.progress, should_stop=work.should_stop
    )
    work.progress(0.9, "Looking for problems")
    find_problems(store, dataset, number)
    work.events.add("version", dataset=dataset, version=number)
    work.progress(1.0, "The rows are changed")


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
    done = store.version(dataset, parent).steps
    adds = wanted[: len(done)] == done
    base, rest = (parent, wanted[len(done) :]) if adds else (0, wanted)
    on_progress(0.0, "Reading the rows")
    rows = _replayed(store.read_rows(dataset, base), rest, store.get(dataset).roles, on_progress, should_stop)
    if not len(rows):
        raise StateError("No row would be left.", "Choose a step that keeps some rows.")
    on_progress(0.8, "Writing the new version")
    return store.add_version(dataset, rows, wanted, parent=base)


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
    left = done[:place] + done[place + 1 :]
    known = [version.n for version in store.versions(dataset) if version.steps == left]
    if known:
        store.set_current(dataset, known[-1])
        return known[-1]
    number = apply_steps(store, dataset, left, current)
    find_problems(store, dataset, number)
    return number


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


def _replayed(
    rows: pd.DataFrame,
    rest: list[Step],
    roles: Roles,
    on_progress: Callable[[float, str], None],
    should_stop: Callable[[], bool],
) -> pd.DataFrame:
    def on_step(number: int, words: str) -> None:
        if should_stop():
            raise Stopped("The change was stopped.", "The rows are as they were.")
        on_progress(0.1 + 0.7 * number / max(1, len(rest)), words)

    return steps.replay(rows, rest, roles, on_step=on_step)[0]


def _preview(work: Work, store: DatasetStore, dataset: str, version: int, plan: SplitPlan) -> None:
    work.progress(0.1, "Reading the rows")
    rows, roles = store.read_rows(dataset, version), store.get(dataset).roles
    work.progress(0.5, "Dealing the rows out")
    _sides, facts = splitting.assign(rows, roles, plan)
    write_json(work.folder / PREVIEW, {"schema_version": SCHEMA_VERSION, **facts.as_dict()})
