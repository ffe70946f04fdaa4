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
    several splits, `later_than_test` the training rows that are younger than the oldest test row. `test_rows_met` are
    the test rows whose text stands in training or validation, `test_rows_of_met_groups` those whose group does. What
    is about a column is None where no column has the role.
    """
    used = table[table["_split"] != ""]
    split = used["_split"].to_numpy(dtype=object)
    across = _across(duplicates.table_keys(used, roles), split)
    return {
        "rows": {name: int((split == name).sum()) for name in SPLITS},
        "left_out": len(table) - len(used),
        "duplicates_across_splits": int(across.sum()),
        "test_rows_met": int(across[split == "test"].sum()),
        "exact_across_splits": int(_across(duplicates.exact_table_keys(used, roles), split).sum()),
        **_of_groups(used, roles, split),
        "later_than_test": _later_than_test(used, roles, split),
        "labels_only_in_test": _labels_only_in_test(used, roles, split),
    }


def _across(keys: NDArray[np.generic], split: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which rows share their key with a row of another split."""
    codes, kinds = pd.factorize(keys)
    sides = np.zeros((len(kinds), len(SPLITS)), dtype=bool)
    sides[codes, [SPLITS.index(name) for name in split]] = True
    return np.asarray(sides.sum(axis=1) > 1, dtype=np.bool_)[codes]


def _of_groups(used: pd.DataFrame, roles: Roles, split: NDArray[np.object_]) -> dict[str, int | None]:
    if not roles.group:
        return {"groups_across_splits": None, "test_rows_of_met_groups": None}
    named = ~duplicates.is_blank(used[roles.group])
    groups, side = used[roles.group].to_numpy(dtype=object)[named], split[named]
    across = _across(groups, side)
    return {
        "groups_across_splits": len(set(groups[across])),
        "test_rows_of_met_groups": int(across[side == "test"].sum()),
    }


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
