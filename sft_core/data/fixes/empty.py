"""Rows without anything to read, or without label: nothing can be learned from them."""

import pandas as pd

from sft_core.config import Roles
from sft_core.data.duplicates import empty_inputs, is_blank
from sft_core.data.fixes.effect import Effect, Fix, Mask, NoParams, drop, own_rows


def empty_rows(table: pd.DataFrame, roles: Roles) -> Mask:
    """Which rows lack their text or their label."""
    empty = empty_inputs(table, roles)
    return empty | is_blank(table[roles.label]) if roles.label else empty


def _apply(table: pd.DataFrame, _params: NoParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, empty_rows(table, roles) & own_rows(table), roles)


DROP_EMPTY = Fix(
    "Drop empty rows",
    NoParams,
    _apply,
    lambda _params, rows: f"Empty {rows[1]} and {rows[1]} without label dropped",
    button=lambda _params, rows: f"Drop empty {rows[1]}",
)
