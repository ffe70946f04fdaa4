"""What a model sees of a row: its text (several columns joined), the second text of a pair, or picture; its label."""

from pathlib import Path

import pandas as pd

from sft_core.config import Roles
from sft_core.data.kinds.kind import Inputs
from sft_core.data.kinds.registry import kind_of
from sft_core.data.own_columns import OWN
from sft_core.errors import DataError


def inputs(table: pd.DataFrame, roles: Roles, pictures: Path | None = None) -> Inputs:
    """What a model's encoder is given for each row, and the second half of each pair (None without pairs).

    Of pictures (which lie in the folder `pictures`) that is the path of each.
    """
    return kind_of(roles).inputs(table, roles, pictures)


def text_columns(roles: Roles) -> list[str]:
    """The columns of the text, and of the second text of a pair."""
    return [*roles.text, *([roles.text_pair] if roles.text_pair else [])]


def texts(table: pd.DataFrame, roles: Roles) -> tuple[list[str], list[str] | None]:
    """The text of each row, and the second text of each pair (None where the roles name none).

    Several text columns are joined as "name: value", one line each, empty ones left out.
    """
    if not roles.text:
        raise DataError("No column is named as the text.", "Say which column holds the text.")
    check_columns(table, roles)
    if len(roles.text) == 1:
        joined = table[roles.text[0]].tolist()
    else:
        joined = [join(roles.text, row) for row in zip(*(table[name].tolist() for name in roles.text), strict=True)]
    return joined, table[roles.text_pair].tolist() if roles.text_pair else None


def join(names: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """Several cells as one text, a line "name: value" each."""
    return "\n".join(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True) if cell)


def labels(table: pd.DataFrame, roles: Roles) -> list[str]:
    """The label of each row, "" where it is missing."""
    if roles.label is None:
        raise DataError("No column is named as the label.", "Say which column holds the right answer.")
    check_columns(table, roles)
    return table[roles.label].tolist()


def check_columns(table: pd.DataFrame, roles: Roles) -> None:
    """Raise DataError where a role names a column that the table does not have."""
    missing = [name for name in roles.columns() if name not in table.columns]
    if missing:
        own = [str(name) for name in table.columns if name not in OWN]
        raise DataError(f"There is no column “{missing[0]}” in this table.", f"Choose one of: {', '.join(own[:12])}.")
