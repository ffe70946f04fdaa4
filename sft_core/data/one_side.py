"""The rule that nothing lies on two sides, made sure of wherever a split is there: when dealt, changed or trained on.

Rows that have their like in a later split leave the earlier one: the test keeps its rows, then validation. They stay in
the table, in no split.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sft_core.config import Roles
from sft_core.data import duplicates
from sft_core.data.counted import counted, verb
from sft_core.data.dealing import CODES, LEFT_OUT, NAMES, TRAIN, Codes, keep_on_one_side
from sft_core.data.kinds.kind import InputKind
from sft_core.data.kinds.registry import kind_of

MUST_STAY = 0.1  # of the training rows: what keeps groups together at the cost of nearly all others helps nobody


@dataclass(frozen=True)
class Left:
    """The split of each row after the rule, and how many rows left theirs: for their text, then for their group.

    `groups_kept` is False where the groups that lie on two sides were let be, since hardly a training row would stay.
    """

    codes: Codes
    texts: int
    groups: int
    groups_kept: bool

    def notes(self, kind: InputKind) -> list[str]:
        """What was done, in sentences; empty where nothing had to be."""
        found = [
            (self.texts, verb(self.texts, "has", "have") + f" the same {kind.noun} as a {kind.rows[0]}"),
            (self.groups, verb(self.groups, "belongs", "belong") + f" to the same group as a {kind.rows[0]}"),
        ]
        said = [
            f"{counted(n, *kind.rows)} of training or validation {why} of the test or of validation:"
            f" {verb(n, 'it is', 'they are')} left out, so that the scores stay honest."
            for n, why in found
            if n
        ]
        return said if self.groups_kept else [*said, NOT_KEPT]


NOT_KEPT = (
    "Groups are not kept together: nearly all training rows belong to groups that lie in the test or in validation too,"
    " and would have to be left out."
)


def apart(codes: Codes, texts: Codes, groups: Codes | None, classes: Codes) -> Left:
    """The split of each row so that no text, and no group, lies on two sides. All four hold a number for each row."""
    after = np.where(keep_on_one_side(codes, texts), LEFT_OUT, codes)
    n_texts = int((after != codes).sum())
    if groups is None:
        return Left(after, n_texts, 0, groups_kept=True)
    strict = np.where(keep_on_one_side(after, groups), LEFT_OUT, after)
    if _leaves_too_little(after, strict, classes):
        return Left(after, n_texts, 0, groups_kept=False)
    return Left(strict, n_texts, int((strict != after).sum()), groups_kept=True)


def made_sure(table: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, list[str]]:
    """The table with nothing on two sides of its `_split`, and what had to leave, in sentences.

    The table as it is where it has no split yet, or nothing to read.
    """
    if not roles.inputs() or "_split" not in table or not (table["_split"] != "").any():
        return table, []
    used = np.flatnonzero((table["_split"] != "").to_numpy(dtype=bool))
    rows = table.iloc[used]
    codes: Codes = np.array([CODES[name] for name in rows["_split"]], dtype=np.int64)
    labels = rows[roles.label] if roles.label else pd.Series("", index=rows.index, dtype="str")
    left = apart(
        codes,
        duplicates.linked(duplicates.table_keys(rows, roles)),
        group_codes(rows, roles),
        pd.factorize(labels)[0].astype(np.int64),
    )
    if left.texts + left.groups:
        split = table["_split"].to_numpy(dtype=object).copy()
        split[used] = NAMES[left.codes]
        table = table.assign(_split=pd.Series(split, index=table.index, dtype="str"))
    return table, left.notes(kind_of(roles))


def group_codes(table: pd.DataFrame, roles: Roles) -> Codes | None:
    """A number for each row's group, rows without a group each for themselves; None where no column says it."""
    if not roles.group:
        return None
    column = table[roles.group]
    blank = duplicates.is_blank(column)
    codes = pd.factorize(column)[0].astype(np.int64)
    codes[blank] = len(column) + np.arange(int(blank.sum()))
    return codes


def _leaves_too_little(before: Codes, after: Codes, classes: Codes) -> bool:
    had, has = before == TRAIN, after == TRAIN
    if not had.any():
        return False
    too_few_classes = len(np.unique(classes[has])) < min(2, len(np.unique(classes[had])))
    return bool(has.sum() < MUST_STAY * had.sum() or too_few_classes)
