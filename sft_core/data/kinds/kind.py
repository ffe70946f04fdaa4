"""What the handling of data needs to know of a kind of input: which columns it is, what is the same, what is empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Roles

Keys = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Inputs = tuple[list[str], list[str] | None]


@dataclass(frozen=True)
class Copies:
    """How copies are spoken of: "1 row {conflict}", "… repeats {exact}" or "{alike}"; `rule` is for its fix."""

    conflict: tuple[str, str]
    exact: str
    alike: str
    why_alike: str
    rule: Literal["normalised", "near"]


class InputKind(Protocol):
    """One kind of input (text, image). Tables hold `_source`, `_row`, `_split`, further hidden columns, and the file's.

    Columns that begin with "_" are ours: nobody is asked about them, and no role names one.
    """

    name: str
    noun: str  # what one input is called in a sentence: "the same text"
    rows: tuple[str, str]  # what one row and many rows are called
    copies: Copies
    checks: Mapping[str, str]  # what is looked for in Prepare: words for the progress, "module:function"

    def inputs(self, table: pd.DataFrame, roles: Roles, pictures: Path | None) -> Inputs:
        """What the model's encoder is given for each row, and the second half of each pair (None without pairs).

        `pictures` is the folder in which stored pictures lie; a kind that has none does not need it.
        """
        ...

    def example(self, folder: Path) -> str:
        """An input such as `inputs` gives, to try a model with; `folder` is there for what it needs on the disk."""
        ...

    def exact_keys(self, table: pd.DataFrame, roles: Roles) -> Keys:
        """A key for each row, equal where the input is the same to the last bit."""
        ...

    def alike_keys(self, table: pd.DataFrame, roles: Roles) -> Keys:
        """A key for each row, equal where the inputs are the same to a reader: such rows never lie on two sides."""
        ...

    def hashes(self, table: pd.DataFrame, roles: Roles) -> list[str]:
        """32 hex digits a row of what it is, by which a later file is searched for rows that the model has seen."""
        ...

    def empty(self, table: pd.DataFrame, roles: Roles) -> Mask:
        """Which rows have nothing to read."""
        ...
