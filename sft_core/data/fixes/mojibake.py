"""Texts that were read in the wrong encoding at some time: "schÃ¶n" for "schön"."""

import ftfy
import pandas as pd

from sft_core.config import Roles
from sft_core.data.examples import text_columns
from sft_core.data.fixes.effect import Effect, Fix, Mask, NoParams, replace_cells

# A lead byte of UTF-8 read as a letter, followed by what its second byte looks like. Only such cells are tried, since
# the full repair takes about 50 microseconds a cell.
_SUSPECT = "[ÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðА-Яâ][\u0080-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"


def repaired(text: str) -> str:
    """The text as it was meant; the same one where nothing looks wrong."""
    return str(ftfy.fix_encoding(text))


def repaired_cells(column: pd.Series) -> pd.Series:
    """The column with its broken cells repaired."""
    cells = column.to_numpy(dtype=object, copy=True)
    suspect = column.str.contains(_SUSPECT, regex=True).to_numpy(dtype=bool)
    cells[suspect] = [repaired(cell) for cell in cells[suspect]]
    return pd.Series(cells, index=column.index, dtype="str")


def is_broken(column: pd.Series) -> Mask:
    """Which cells would be repaired."""
    return (repaired_cells(column) != column).to_numpy(dtype=bool)


def _apply(table: pd.DataFrame, _params: NoParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    return replace_cells(table, {name: repaired_cells(table[name]) for name in text_columns(roles)}, roles)


FIX_MOJIBAKE = Fix(
    "Repair broken letters", NoParams, _apply, lambda _params, _rows: "Broken letters repaired (Ã¶ to ö)"
)
