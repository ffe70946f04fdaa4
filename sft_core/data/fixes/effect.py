"""What every fix is made of: its parameters, what it does to a table, and the words for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Frozen, Roles
from sft_core.data.counted import counted
from sft_core.data.kinds.registry import kind_of

Params = TypeVar("Params", bound=Frozen)
Mask = NDArray[np.bool_]
RowWords = tuple[str, str]  # what one row and many rows are called


@dataclass(frozen=True)
class Effect:
    """What a fix did to a table: rows that went, rows that changed, and both in words."""

    dropped: int
    changed: int
    message: str


@dataclass(frozen=True)
class Fix(Generic[Params]):
    """One kind of fix. `apply` is pure: it keeps the order and the index of the rows that stay.

    `by_row` is true where it names single rows of one file, `by_file` where it is about a file that lies beside the
    dataset: neither means anything for another dataset. `button` says what its button says where that is not the title.
    """

    title: str
    params: type[Params]
    apply: Callable[[pd.DataFrame, Params, Roles], tuple[pd.DataFrame, Effect]]
    describe: Callable[[Params, RowWords], str]
    by_row: bool = False
    by_file: bool = False
    button: Callable[[Params, RowWords], str] | None = None


class NoParams(Frozen):
    """A fix that needs no choice."""


def own_rows(table: pd.DataFrame) -> Mask:
    """Rows that a rule may drop: a given test file stays whole."""
    if "_source" not in table:
        return np.ones(len(table), dtype=bool)
    return (table["_source"] != "test").to_numpy(dtype=bool)


def rows_of(n: int, roles: Roles) -> str:
    """ "1 row", "2,000 pictures": as the kind of input calls its rows."""
    return counted(n, *kind_of(roles).rows)


def drop(table: pd.DataFrame, mask: Mask, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    """The table without these rows."""
    n = int(mask.sum())
    return table[~mask], Effect(n, 0, f"{rows_of(n, roles)} dropped.")


def replace_cells(table: pd.DataFrame, cells: dict[str, "pd.Series[Any]"], roles: Roles) -> tuple[pd.DataFrame, Effect]:
    """The table with some columns replaced; rows count as changed where a cell differs."""
    changed = np.zeros(len(table), dtype=bool)
    for name, column in cells.items():
        changed |= (table[name] != column).to_numpy(dtype=bool)
    n = int(changed.sum())
    return table.assign(**cells), Effect(0, n, f"{rows_of(n, roles)} changed.")
