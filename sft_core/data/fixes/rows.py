"""Changes to single rows, each known by its file and its row number: dropped, given another class, edited."""

import pandas as pd
from pydantic import Field

from sft_core.config import Frozen, Roles, Split
from sft_core.data.counted import counted
from sft_core.data.fixes.effect import Effect, Fix, Mask, drop, replace_cells
from sft_core.data.fixes.labels import label_column
from sft_core.data.own_columns import OWN
from sft_core.errors import DataError

RowNumber = tuple[Split, int]


class RowsParams(Frozen):
    rows: tuple[RowNumber, ...] = Field(min_length=1, title="Rows")


class RelabelParams(RowsParams):
    label: str = Field(min_length=1, title="New class")


class EditParams(Frozen):
    row: RowNumber
    column: str
    text: str


def chosen(table: pd.DataFrame, rows: tuple[RowNumber, ...]) -> Mask:
    """Which rows of the table are meant."""
    wanted = pd.MultiIndex.from_tuples(rows)
    return pd.MultiIndex.from_arrays([table["_source"], table["_row"]]).isin(wanted)


def _drop_rows(table: pd.DataFrame, params: RowsParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return drop(table, chosen(table, params.rows), roles)


def _relabel(table: pd.DataFrame, params: RelabelParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    name = label_column(roles)
    return replace_cells(table, {name: table[name].mask(chosen(table, params.rows), params.label)}, roles)


def _edit(table: pd.DataFrame, params: EditParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    if params.column not in table or params.column in OWN:
        raise DataError(f"There is no column “{params.column}” to edit.", "Choose a column of the file.")
    mask = chosen(table, (params.row,))
    return replace_cells(table, {params.column: table[params.column].mask(mask, params.text)}, roles)


DROP_ROWS = Fix(
    "Drop rows",
    RowsParams,
    _drop_rows,
    lambda params, rows: f"{counted(len(params.rows), *rows)} dropped by hand",
    by_row=True,
)
RELABEL_ROWS = Fix(
    "Change the class",
    RelabelParams,
    _relabel,
    lambda params, rows: f"{counted(len(params.rows), *rows)} set to “{params.label}” by hand",
    by_row=True,
)
EDIT_TEXT = Fix(
    "Edit a text", EditParams, _edit, lambda params, _rows: f"Row {params.row[1] + 1} edited by hand", by_row=True
)
