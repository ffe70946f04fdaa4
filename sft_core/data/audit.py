"""The proof that a split is honest: what stands on more than one side, counted from the rows themselves."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import SPLITS, Roles
from sft_core.data import duplicates
from sft_core.data.times import read_times


def audit(table: pd.DataFrame, roles: Roles) -> dict[str, Any]:
    """What a table with a `_split` column has on more than one side. Zero is what a reader wants to see.

    `duplicates_across_splits` counts the rows whose text (case, spaces and sentence marks ignored) stands in another
    split too, `exact_across_splits` those that do so letter by letter, `groups_across_splits` the groups that lie in
    several splits, `later_than_test` the training rows that are younger than the oldest test row (None where no
    column has the role).
    """
    used = table[table["_split"] != ""]
    split = used["_split"].to_numpy(dtype=object)
    return {
        "rows": {name: int((split == name).sum()) for name in SPLITS},
        "left_out": len(table) - len(used),
        "duplicates_across_splits": int(_across(duplicates.table_keys(used, roles), split).sum()),
        "exact_across_splits": int(_across(duplicates.exact_table_keys(used, roles), split).sum()),
        "groups_across_splits": _groups_across(used, roles, split),
        "later_than_test": _later_than_test(used, roles, split),
        "labels_only_in_test": _labels_only_in_test(used, roles, split),
    }


def _across(keys: NDArray[np.generic], split: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which rows share their key with a row of another split."""
    codes, kinds = pd.factorize(keys)
    sides = np.zeros((len(kinds), len(SPLITS)), dtype=bool)
    sides[codes, [SPLITS.index(name) for name in split]] = True
    return np.asarray(sides.sum(axis=1) > 1, dtype=np.bool_)[codes]


def _groups_across(used: pd.DataFrame, roles: Roles, split: NDArray[np.object_]) -> int | None:
    if not roles.group:
        return None
    named = ~duplicates.is_blank(used[roles.group])
    groups = used[roles.group].to_numpy(dtype=object)[named]
    return len(set(groups[_across(groups, split[named])]))


def _later_than_test(used: pd.DataFrame, roles: Roles, split: NDArray[np.object_]) -> int | None:
    if not roles.time:
        return None
    times = read_times(used[roles.time]).values
    tested = times[(split == "test") & ~np.isnan(times)]
    return int((times[split == "train"] > tested.min()).sum()) if len(tested) else 0


def _labels_only_in_test(used: pd.DataFrame, roles: Roles, split: NDArray[np.object_]) -> list[str]:
    if not roles.label:
        return []
    labels = used[roles.label].to_numpy(dtype=object)
    return sorted(set(labels[split == "test"]) - set(labels[split == "train"]))
