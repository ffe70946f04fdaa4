"""Changing the rows of a dataset as a job: for tables too large to change while a person waits."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from sft_core.config import Roles, SplitPlan, validated
from sft_core.data import splitting, steps
from sft_core.data.importing import find_problems
from sft_core.data.store import DatasetStore
from sft_core.errors import Stopped
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
    on_progress(0.8, "Writing the new version")
    return store.add_version(dataset, rows, wanted, parent=base)


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
