"""Dealing the rows of a dataset out to training, validation and test, and saying what that means.

A row never lies on two sides: rows with the same text (letter by letter, or but for case, spaces and sentence marks)
stay together, whatever their labels say, and so do rows of one group where a column says what belongs together.
Files that were given as validation or test stay whole.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Roles, SplitPlan
from sft_core.data import duplicates, one_side
from sft_core.data.counted import counted, verb
from sft_core.data.dealing import CODES, LEFT_OUT, NAMES, TEST, TRAIN, VALIDATION, Codes, Names, Shares, deal
from sft_core.data.kinds.registry import kind_of
from sft_core.data.one_side import Left
from sft_core.data.split_facts import SplitFacts, facts_of, listed
from sft_core.data.times import read_times
from sft_core.errors import DataError

_WORDS = {
    TRAIN: {"train", "training", "trn", "tr", "learn", "learning", "fit"},
    VALIDATION: {"validation", "valid", "val", "dev", "development", "devel", "eval", "validate"},
    TEST: {"test", "testing", "tst", "holdout", "hold-out", "hold_out", "held-out", "heldout", "evaluation"},
}
_SIDES = {word: code for code, words in _WORDS.items() for word in words}


@dataclass(frozen=True)
class _Rows:
    """What the methods work on. `codes` holds the split of each row so far; TRAIN may still be dealt out.

    Rows with the same number in `texts` have the same text, with the same one in `groups` belong together, with the
    same one in `keys` are dealt out together; `names` holds a 64-bit hash of the text, or of the group.
    """

    table: pd.DataFrame
    roles: Roles
    plan: SplitPlan
    codes: Codes
    classes: Codes
    texts: Codes
    groups: Codes | None
    keys: Codes
    names: Names

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
    rows, left = _one_side(rows)
    kind = kind_of(roles)
    notes += left.notes(kind)
    rows, later = _dealt(rows, groups=left.groups_kept)
    if not (rows.codes == TRAIN).any():
        raise DataError(
            "No row is left to learn from.", "Check whether the same rows were given for training and for the test."
        )
    if later.texts:
        n = later.texts
        notes.append(
            f"{counted(n, *kind.rows)} {verb(n, 'is', 'are')} left out:"
            f" the same {kind.noun} stands in a group on another side."
        )
    facts = facts_of(table, roles, rows.codes, left.texts + later.texts, notes)
    return pd.Series(NAMES[rows.codes], index=table.index, name="_split", dtype="str"), facts


def _given(table: pd.DataFrame, roles: Roles, plan: SplitPlan) -> tuple[_Rows, list[str]]:
    """Where the files themselves say what a row is for, and rows that nothing can be learned from left out."""
    codes: Codes = np.full(len(table), TRAIN, dtype=np.int64)
    if "_source" in table:
        codes[:] = table["_source"].map(CODES).fillna(TRAIN)
    labels = table[roles.label] if roles.label else pd.Series("", index=table.index, dtype="str")
    unlabelled = duplicates.is_blank(labels) if roles.label else np.zeros(len(table), dtype=bool)
    empty = unlabelled | (duplicates.empty_inputs(table, roles) & (codes != TEST))
    notes = []
    if n := int(empty.sum()):
        kind = kind_of(roles)
        notes.append(f"{counted(n, *kind.rows)} without {kind.noun} or label {verb(n, 'is', 'are')} in no split.")
    codes[empty] = LEFT_OUT
    classes: Codes = pd.factorize(labels, sort=True)[0].astype(np.int64)
    names = duplicates.table_keys(table, roles)
    texts, groups = duplicates.linked(names), one_side.group_codes(table, roles)
    rows = _Rows(table, roles, plan, codes, classes, texts, groups, texts, names)
    return (rows if groups is None else _by_what_belongs_together(rows, groups)), notes


def _by_what_belongs_together(rows: _Rows, groups: Codes) -> _Rows:
    """Rows of one group are dealt as one; where common texts chain most groups together, the groups go first."""
    column = rows.table[rows.roles.group]
    codes, kinds = pd.factorize(column)
    names = np.where(duplicates.is_blank(column), rows.names, duplicates.exact_keys(kinds.tolist())[codes])
    return replace(rows, keys=_chained(rows, groups), names=names)


def _by_chance(rows: _Rows) -> tuple[_Rows, list[str]]:
    """By lots; where a column says what belongs together, rows of one group draw one lot."""
    if not rows.roles.group:
        return rows, []
    blank = duplicates.is_blank(rows.table[rows.roles.group])
    n = int((blank & (rows.codes == TRAIN)).sum())  # a given file stays whole and needs no groups
    return rows, [f"{counted(n)} without a group {verb(n, 'counts', 'count')} as a group each."] if n else []


def _by_group(rows: _Rows) -> tuple[_Rows, list[str]]:
    if not rows.roles.group:
        raise DataError("No column is chosen for the groups.", "Choose the column that says what belongs together.")
    return _by_chance(rows)


def _chained(rows: _Rows, groups: Codes) -> Codes:
    used = rows.codes != LEFT_OUT
    both = np.full(len(groups), -1, dtype=np.int64)
    both[used] = duplicates.linked(rows.texts[used], groups[used])
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


def _one_side(rows: _Rows, *, groups: bool = True) -> tuple[_Rows, Left]:
    """Leave out what stands in an earlier split than another row with the same text, or of the same group."""
    left = one_side.apart(rows.codes, rows.texts, rows.groups if groups else None, rows.classes)
    return replace(rows, codes=left.codes), left


def _dealt(rows: _Rows, *, groups: bool) -> tuple[_Rows, Left]:
    """Cut off what is still missing; then, where whole groups were dealt, the texts that stand in several of them."""
    shares, free = rows.shares, rows.codes == TRAIN
    if shares.test or shares.validation:
        codes = rows.codes.copy()
        codes[free] = deal(rows.keys[free], rows.classes[free], rows.names[free], shares, rows.plan.seed)
        rows = replace(rows, codes=codes)
    return _one_side(rows, groups=groups)
