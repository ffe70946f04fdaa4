"""Dealing the rows of a dataset out to training, validation and test, and saying what that means.

A row never lies on two sides: rows with the same text (letter by letter, or but for case, spaces and sentence marks)
stay together, whatever their labels say. Files that were given as validation or test stay whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import SPLITS, Roles, SplitPlan
from sft_core.data import duplicates
from sft_core.data.counted import counted, verb
from sft_core.data.dealing import LEFT_OUT, TEST, TRAIN, VALIDATION, Shares, deal, keep_on_one_side
from sft_core.data.times import read_times
from sft_core.errors import DataError

TOO_FEW = 10

Codes = NDArray[np.int64]

_NAMES = np.array(["", *SPLITS], dtype=object)
_CODES = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
_WORDS = {
    TRAIN: {"train", "training", "trn", "tr", "learn", "learning", "fit"},
    VALIDATION: {"validation", "valid", "val", "dev", "development", "devel", "eval", "validate"},
    TEST: {"test", "testing", "tst", "holdout", "hold-out", "hold_out", "held-out", "heldout", "evaluation"},
}
_SIDES = {word: code for code, words in _WORDS.items() for word in words}


@dataclass(frozen=True)
class SplitFacts:
    """What a split comes to: rows of each class and in all, and in `notes` what a person should know about it.

    `moved` counts the rows that had to leave their side because the same text stands on another one, `left_out` all
    rows that are in no split, `too_few` names the classes with so few test rows that their scores say little.
    """

    counts: dict[str, dict[str, int]]
    totals: dict[str, int]
    too_few: list[str]
    left_out: int
    moved: int
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON-able values."""
        return asdict(self)


@dataclass(frozen=True)
class _Rows:
    """What the methods work on. `codes` holds the split of each row so far; TRAIN may still be dealt out.

    Rows with the same number in `texts` have the same text; rows with the same number in `keys` stay together.
    """

    table: pd.DataFrame
    roles: Roles
    plan: SplitPlan
    codes: Codes
    classes: Codes
    texts: Codes
    keys: Codes

    @property
    def shares(self) -> Shares:
        """What is still to be cut off: nothing where the split is there already."""
        present = set(np.unique(self.codes).tolist())
        return Shares(
            0.0 if TEST in present else self.plan.test_share,
            0.0 if VALIDATION in present else self.plan.validation_share,
        )


_Method = Callable[[_Rows], tuple[_Rows, list[str]]]


def assign(table: pd.DataFrame, roles: Roles, plan: SplitPlan) -> tuple[pd.Series, SplitFacts]:
    """The split of each row ("" = left out of all of them) and what it comes to.

    Raises DataError where the plan needs a column that has no role, or where nothing is left to learn from.
    """
    rows, notes = _given(table, roles, plan)
    rows, said = _METHODS[plan.method](rows)
    notes += said
    rows, moved = _one_side(rows)
    if moved:
        notes.append(
            f"{counted(moved)} of training or validation {verb(moved, 'has', 'have')} the same text as a row of the"
            f" test or of validation: {verb(moved, 'it is', 'they are')} left out, so that the scores stay honest."
        )
    rows, moved_later, said = _dealt(rows)
    if not (rows.codes == TRAIN).any():
        raise DataError(
            "No row is left to learn from.", "Check whether the same rows were given for training and for the test."
        )
    facts = _facts(table, roles, rows.codes, moved + moved_later, notes + said)
    return pd.Series(_NAMES[rows.codes], index=table.index, name="_split", dtype="str"), facts


def _given(table: pd.DataFrame, roles: Roles, plan: SplitPlan) -> tuple[_Rows, list[str]]:
    """Where the files themselves say what a row is for, and rows that nothing can be learned from left out."""
    codes: Codes = np.full(len(table), TRAIN, dtype=np.int64)
    if "_source" in table:
        codes[:] = table["_source"].map(_CODES).fillna(TRAIN)
    labels = table[roles.label] if roles.label else pd.Series("", index=table.index, dtype="str")
    unlabelled = duplicates.is_blank(labels) if roles.label else np.zeros(len(table), dtype=bool)
    empty = unlabelled | (duplicates.empty_texts(table, roles) & (codes != TEST))
    notes = []
    if n := int(empty.sum()):
        notes.append(f"{counted(n)} without text or label {verb(n, 'is', 'are')} in no split.")
    codes[empty] = LEFT_OUT
    classes: Codes = pd.factorize(labels)[0].astype(np.int64)
    texts = duplicates.linked(duplicates.table_keys(table, roles))
    return _Rows(table, roles, plan, codes, classes, texts, texts), notes


def _by_chance(rows: _Rows) -> tuple[_Rows, list[str]]:
    return rows, []


def _by_group(rows: _Rows) -> tuple[_Rows, list[str]]:
    """Rows of one group count as one; where common texts chain most groups together, the groups go first."""
    groups, blank = _groups(rows)
    notes = [f"{counted(blank)} without a group {verb(blank, 'counts', 'count')} as a group each."] if blank else []
    return replace(rows, keys=_chained(rows, groups)), notes


def _groups(rows: _Rows) -> tuple[Codes, int]:
    if not rows.roles.group:
        raise DataError("No column is chosen for the groups.", "Choose the column that says what belongs together.")
    column = rows.table[rows.roles.group]
    blank = duplicates.is_blank(column)
    codes = pd.factorize(column)[0].astype(np.int64)
    codes[blank] = len(column) + np.arange(int(blank.sum()))
    return codes, int((blank & (rows.codes == TRAIN)).sum())  # a given file stays whole and needs no groups


def _chained(rows: _Rows, groups: Codes) -> Codes:
    used = rows.codes != LEFT_OUT
    both = np.full(len(groups), -1, dtype=np.int64)
    both[used] = duplicates.linked(rows.keys[used], groups[used])
    return groups if _largest(both[used]) > max(0.5, _largest(groups[used])) else both


def _largest(codes: Codes) -> float:
    """The share of the rows that lie in the largest cluster."""
    return float(np.unique(codes, return_counts=True)[1].max() / len(codes)) if len(codes) else 0.0


def _by_time(rows: _Rows) -> tuple[_Rows, list[str]]:
    """The latest rows to the test, the latest of the others to validation. Rows of one moment stay together."""
    if not rows.roles.time:
        raise DataError("No column is chosen for the time.", "Choose the column with the date or the time.")
    times = read_times(rows.table[rows.roles.time])
    codes, shares, notes = rows.codes.copy(), rows.shares, []
    for split, share, word in ((TEST, shares.test, "the test"), (VALIDATION, shares.validation, "validation")):
        free = (codes == TRAIN) & ~np.isnan(times.values)
        late = _latest(times.values[free], share)
        codes[np.flatnonzero(free)[late]] = split
        if share and not late.any():
            notes.append(f"There are too few different times to cut off {word} by time: it is drawn at random.")
    notes.append(f"The times were read as {times.notation}.")
    if n := int((np.isnan(times.values) & (codes == TRAIN)).sum()):
        notes.append(f"{counted(n)} without a readable time {verb(n, 'stays', 'stay')} in training.")
    return replace(rows, codes=codes), notes


def _latest(values: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """The latest rows, of about the wished share; none where a cut between two moments is not possible."""
    moments, counts = np.unique(values, return_counts=True)
    if len(moments) < 2 or not share:
        return np.zeros(len(values), dtype=bool)
    later = np.cumsum(counts[::-1])[::-1][1:]
    cut = int(np.argmin(np.abs(later - share * len(values)))) + 1
    return np.asarray(values >= moments[cut], dtype=np.bool_)


def _by_column(rows: _Rows) -> tuple[_Rows, list[str]]:
    """What an own column says (train, val, dev, test …). What it lacks is drawn from its training rows."""
    if not rows.roles.split:
        raise DataError("No column is chosen for the split.", "Choose the column that says train, validation or test.")
    words = rows.table[rows.roles.split].str.strip().str.casefold()
    own = words.map(_SIDES).fillna(LEFT_OUT).to_numpy(dtype=np.int64)
    free = rows.codes == TRAIN
    if not (own[free] == TRAIN).any():
        raise DataError(
            f"No row of the column “{rows.roles.split}” says train.", "Write train, validation and test into it."
        )
    notes = []
    if n := int((free & (own == LEFT_OUT)).sum()):
        strange = [repr(word) for word in words[free & (own == LEFT_OUT)].unique()]
        notes.append(f"{counted(n)} {verb(n, 'is', 'are')} left out: the column says {listed(strange)}.")
    return replace(rows, codes=np.where(free, own, rows.codes)), notes


_METHODS: dict[str, _Method] = {
    "random": _by_chance,
    "group": _by_group,
    "time": _by_time,
    "column": _by_column,
}


def _one_side(rows: _Rows) -> tuple[_Rows, int]:
    """Leave out what stands in an earlier split than another row with the same text, or of the same group."""
    before = rows.codes
    for together in (rows.texts, rows.keys):
        rows = replace(rows, codes=np.where(keep_on_one_side(rows.codes, together), LEFT_OUT, rows.codes))
    return rows, int((rows.codes != before).sum())


def _dealt(rows: _Rows) -> tuple[_Rows, int, list[str]]:
    """Cut off what is still missing; then, where whole groups were dealt, the texts that stand in several of them."""
    shares, free = rows.shares, rows.codes == TRAIN
    if not (shares.test or shares.validation):
        return rows, 0, []
    codes = rows.codes.copy()
    codes[free] = deal(rows.keys[free], rows.classes[free], shares, rows.plan.seed)
    rows, n = _one_side(replace(rows, codes=codes))
    said = f"{counted(n)} {verb(n, 'is', 'are')} left out: the same text stands in a group on another side."
    return rows, n, [said] if n else []


def _facts(table: pd.DataFrame, roles: Roles, codes: Codes, moved: int, notes: list[str]) -> SplitFacts:
    totals: dict[str, int] = {name: int((codes == _CODES[name]).sum()) for name in SPLITS}
    counts = _class_counts(table[roles.label], codes) if roles.label else {}
    too_few = [label for label, n in counts.items() if 0 < n["test"] < TOO_FEW]
    return SplitFacts(
        counts, totals, too_few, int((codes == LEFT_OUT).sum()), moved, notes + _class_notes(counts, totals, too_few)
    )


def _class_counts(labels: pd.Series, codes: Codes) -> dict[str, dict[str, int]]:
    number, names = pd.factorize(labels, sort=True)
    cells = np.bincount(number * len(_NAMES) + codes, minlength=len(names) * len(_NAMES)).reshape(-1, len(_NAMES))
    return {
        str(name): {split: int(row[_CODES[split]]) for split in SPLITS}
        for name, row in zip(names, cells, strict=True)
        if str(name).strip()
    }


def _class_notes(counts: dict[str, dict[str, int]], totals: dict[str, int], too_few: list[str]) -> list[str]:
    def those(condition: Callable[[dict[str, int]], bool]) -> list[str]:
        return [label for label, n in counts.items() if condition(n)]

    notes = [f"No row is left for {split}: there are too few rows." for split, n in totals.items() if not n]
    single = those(lambda n: n["train"] == 1 and not n["validation"] and not n["test"])
    unseen = those(lambda n: not n["train"] and bool(n["test"] or n["validation"]))
    gone = those(lambda n: not sum(n.values()))
    untested = [label for label in those(lambda n: n["train"] > 0 and not n["test"]) if label not in set(single)]
    if single:
        notes.append(f"Only one row each: {listed(single)}. It can be learned from, but not tested.")
    if unseen:
        notes.append(f"Not in training: {listed(unseen)}. The model cannot learn it; its rows will count as wrong.")
    if gone:
        notes.append(f"No row is left of {listed(gone)}: the model will not know it.")
    if untested and totals["test"]:
        notes.append(f"Not in the test: {listed(untested)}. How well the model knows it cannot be said.")
    if too_few:
        notes.append(
            f"Fewer than {TOO_FEW} test rows: {listed(too_few)}. Too few to trust the scores of these classes."
        )
    return notes


def listed(names: Sequence[str], most: int = 5) -> str:
    """Some names in a sentence: the first few, then how many more; in quotation marks where spaces are part of one."""
    more = len(names) - most
    return ", ".join(name if name == name.strip() else f"“{name}”" for name in names[:most]) + (
        f" and {more} more" if more > 0 else ""
    )
