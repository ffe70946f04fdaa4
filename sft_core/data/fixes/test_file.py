"""A separate test file as a fix: its rows come in and stay whole, the others are dealt out around them; and without it.

The rows of the file are joined to the table before (`with_rows`), for a fix itself opens no file.
"""

from collections.abc import Sequence

import pandas as pd

from sft_core.config import Frozen, Roles, SplitPlan
from sft_core.data.duplicates import empty_inputs, table_keys
from sft_core.data.fixes.effect import Effect, Fix, own_rows, rows_of
from sft_core.data.fixes.split import describe_plan, said
from sft_core.data.own_columns import OWN
from sft_core.data.splitting import assign
from sft_core.errors import DataError


class GivenFileParams(Frozen):
    """`file` is the id under which the file lies beside the dataset, `name` what it was called."""

    file: str
    name: str
    plan: SplitPlan = SplitPlan()


class NoFileParams(Frozen):
    plan: SplitPlan = SplitPlan()


def needed_columns(roles: Roles) -> list[str]:
    """What a test file must hold: what the model reads, and the label."""
    return [name for name in (*roles.inputs(), roles.label) if name]


def missing(columns: Sequence[str], roles: Roles) -> str | None:
    """The first column that a test file must hold and does not; None where all are there."""
    return next((name for name in needed_columns(roles) if name not in columns), None)


def refuse_missing(columns: Sequence[str], roles: Roles) -> None:
    """Raise DataError where a column is missing that the model reads, or the label."""
    lacks = missing(columns, roles)
    if lacks is not None:
        own = [name for name in columns if name not in OWN]
        raise DataError(
            f"The test file has no column “{lacks}”.",
            f"Its columns are: {', '.join(own[:12])}. Rename the one that fits, or read the file in another way.",
        )


def with_rows(table: pd.DataFrame, given: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    """The table with these rows as its test file, in the place of an earlier one. A cell that either lacks is empty.

    Raises DataError where a column is missing that the model reads, or the label.
    """
    refuse_missing([str(name) for name in given.columns], roles)
    rows = given.assign(_source="test", _split="")
    return pd.concat([without_rows(table), rows], ignore_index=True).fillna("")


def without_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the rows of its test file."""
    return table[own_rows(table)]


def shared(table: pd.DataFrame, roles: Roles) -> int:
    """How many rows have the same text (case, spaces and sentence marks ignored) as a row of the test file."""
    own, keys, filled = own_rows(table), table_keys(table, roles), ~empty_inputs(table, roles)
    return int(pd.Series(keys[own & filled]).isin(keys[~own]).sum())


def _use(table: pd.DataFrame, params: GivenFileParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    split, facts = assign(table, roles, params.plan)
    brought = int((~own_rows(table)).sum())
    return table.assign(_split=split), Effect(0, brought, f"{rows_of(brought, roles)} of {params.name}. {said(facts)}")


def _leave(table: pd.DataFrame, params: NoFileParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    rest = without_rows(table)
    split, facts = assign(rest, roles, params.plan)
    gone = len(table) - len(rest)
    return rest.assign(_split=split), Effect(
        gone, 0, f"{rows_of(gone, roles)} of the test file left out. {said(facts)}"
    )


USE_TEST_FILE = Fix(
    "Use a test file",
    GivenFileParams,
    _use,
    lambda params, _rows: f"“{params.name}” used as the test file",
    by_file=True,
)
LEAVE_TEST_FILE = Fix(
    "Leave the test file out",
    NoFileParams,
    _leave,
    lambda params, _rows: f"Test file left out; {describe_plan(params.plan).lower()}",
    by_file=True,
)
