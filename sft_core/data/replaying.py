"""The changes of one dataset made on the file of another: next month's file is cleaned as this month's was."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from sft_core.config import Roles
from sft_core.data import steps
from sft_core.data.findings.stored import find_problems
from sft_core.data.fixes.registry import get_fix
from sft_core.data.steps import Step
from sft_core.data.store import DatasetInfo, DatasetStore
from sft_core.errors import SFTError, Stopped

Progress = Callable[[float, str], None]

BY_ROW = "It names single rows of the other file."
BY_FILE = "The test file belongs to the other data."
NO_ROW_LEFT = "It would leave no row."


@dataclass(frozen=True)
class LeftOut:
    """A step that was not made on the new file, in words, and why."""

    step: str
    why: str


def can_carry(one: Step) -> bool:
    """Whether a step means something for another file: those that name single rows or a test file do not."""
    fix = get_fix(one["fix"])
    return not (fix.by_row or fix.by_file)


def fitting(store: DatasetStore, columns: Sequence[str]) -> list[DatasetInfo]:
    """Datasets whose changes could be made on a table with these columns, the newest first."""
    known = set(columns)
    return [
        info
        for info in store.datasets()
        if info.roles.inputs()
        and set(info.roles.columns()) <= known
        and any(can_carry(step) for step in store.version(info.id, info.current).steps)
    ]


def carried(
    table: pd.DataFrame,
    wanted: Sequence[Step],
    roles: Roles,
    on_step: Callable[[int, str], None] = lambda _number, _words: None,
) -> tuple[pd.DataFrame, list[Step], list[str], list[LeftOut]]:
    """The table after those steps that can be made on it, these steps, what each of them did, and what was left out."""
    made: list[Step] = []
    did: list[str] = []
    left_out: list[LeftOut] = []
    for number, one in enumerate(wanted):
        words = steps.describe(one, roles)
        on_step(number, words)
        try:
            after, effects = steps.replay(table, [one], roles) if can_carry(one) else (table, [])
        except SFTError as error:
            left_out.append(LeftOut(words, f"{error.message} {error.hint}".strip()))
            continue
        if not effects or not len(after):
            why = BY_FILE if get_fix(one["fix"]).by_file else BY_ROW
            left_out.append(LeftOut(words, NO_ROW_LEFT if effects else why))
            continue
        table = after
        made.append(one)
        did.append(effects[0].message)
    return table, made, did, left_out


def replay_like(
    store: DatasetStore,
    dataset: str,
    source: str,
    version: int,
    *,
    on_progress: Progress = lambda _share, _message: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Make on the rows of `dataset`, as they came, what led to that version of `source`; the number of the new version.

    The version says what each step did and which steps could not be made. Raises Stopped between two steps.
    """
    wanted = store.version(source, version).steps

    def on_step(number: int, words: str) -> None:
        if should_stop():
            raise Stopped("The change was stopped.", "The rows are as they came.")
        on_progress(0.1 + 0.7 * number / max(1, len(wanted)), words)

    on_progress(0.0, "Reading the rows")
    rows = store.read_rows(dataset, 0)
    rows, made, did, left_out = carried(rows, wanted, store.get(dataset).roles, on_step)
    on_progress(0.8, "Writing the new version")
    like = {"name": store.get(source).name, "left_out": [asdict(one) for one in left_out]}
    number = store.add_version(dataset, rows, made, parent=0, did=did, like=like)
    on_progress(0.9, "Looking for problems")
    find_problems(store, dataset, number)
    return number
