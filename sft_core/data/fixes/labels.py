"""Class names that mean the same, and classes that are too rare."""

import pandas as pd
from pydantic import Field

from sft_core.config import Frozen, Roles
from sft_core.data.duplicates import is_blank
from sft_core.data.fixes.effect import Effect, Fix, Mask, RowWords, drop, own_rows, replace_cells
from sft_core.errors import DataError


class MergeParams(Frozen):
    mapping: dict[str, str] = Field(title="Old name to new name")


class RareParams(Frozen):
    least: int = Field(5, ge=2, le=1000, title="Fewest rows that a class may have")


def label_column(roles: Roles) -> str:
    """The name of the label's column. Raises DataError where no column has this role."""
    if roles.label is None:
        raise DataError("No column is named as the label.", "Say which column holds the right answer.")
    return roles.label


def rare_rows(table: pd.DataFrame, roles: Roles, least: int) -> Mask:
    """Rows of classes with fewer than `least` rows; those of a given test file neither count nor go."""
    labels = table[label_column(roles)]
    usable = own_rows(table) & ~is_blank(labels)
    counts = labels[usable].value_counts()
    return usable & labels.isin(counts[counts < least].index).to_numpy(dtype=bool)


def _merge(table: pd.DataFrame, params: MergeParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    """Class names renamed, in the label and in the answer that is given today: else it would seem to be wrong."""
    names = [label_column(roles)] + [name for name in (roles.rival,) if name and name in table]
    new = {name: {label: params.mapping.get(label, label) for label in table[name].unique()} for name in names}
    return replace_cells(table, {name: table[name].map(new[name]).astype("str") for name in names}, roles)


def _drop_rare(table: pd.DataFrame, params: RareParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, rare_rows(table, roles, params.least), roles)


def _merged(params: MergeParams, _rows: RowWords) -> str:
    targets: dict[str, list[str]] = {}
    for old, new in params.mapping.items():
        targets.setdefault(new, []).append(f"“{old}”")
    return "; ".join(f"{', '.join(old)} renamed to “{new}”" for new, old in targets.items()) or "Nothing renamed"


def _merge_button(params: MergeParams, _rows: RowWords) -> str:
    targets = set(params.mapping.values())
    return f"Write all as {targets.pop()}" if len(targets) == 1 else "Merge classes"


MERGE_LABELS = Fix("Merge classes", MergeParams, _merge, _merged, button=_merge_button)
DROP_RARE_CLASSES = Fix(
    "Drop rare classes",
    RareParams,
    _drop_rare,
    lambda params, rows: f"Classes with fewer than {params.least} {rows[1]} dropped",
)
