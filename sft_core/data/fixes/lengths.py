"""Texts that are too short to say anything, or too long to be one message."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from sft_core.config import Frozen, Roles
from sft_core.data.examples import text_columns
from sft_core.data.fixes.effect import Effect, Fix, drop, own_rows


class ShortParams(Frozen):
    shortest: int = Field(3, ge=1, le=10_000, title="Fewest characters")


class LongParams(Frozen):
    longest: int = Field(10_000, ge=10, title="Most characters")


def lengths(table: pd.DataFrame, roles: Roles) -> NDArray[np.int64]:
    """Characters of each row's texts, spaces around them not counted."""
    total = np.zeros(len(table), dtype=np.int64)
    for name in text_columns(roles):
        total += table[name].str.strip().str.len().to_numpy(dtype=np.int64)
    return total


def _drop_short(table: pd.DataFrame, params: ShortParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, (lengths(table, roles) < params.shortest) & own_rows(table), roles)


def _drop_long(table: pd.DataFrame, params: LongParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, (lengths(table, roles) > params.longest) & own_rows(table), roles)


DROP_SHORT = Fix(
    "Drop very short texts",
    ShortParams,
    _drop_short,
    lambda params, _rows: f"Texts of fewer than {params.shortest} characters dropped",
)
DROP_LONG = Fix(
    "Drop very long texts",
    LongParams,
    _drop_long,
    lambda params, _rows: f"Texts of more than {params.longest:,} characters dropped",
)
