"""Rows that a model has met while it was made: they prove nothing, so a later test reports them apart."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Roles
from sft_core.data.duplicates import table_hashes


def read_row_hashes(path: Path) -> frozenset[str] | None:
    """The hashes of a run's training and validation rows; None where the run has none."""
    if not path.is_file():
        return None
    return frozenset(line.strip() for line in path.read_text(encoding="ascii").splitlines() if line.strip())


def seen_rows(table: pd.DataFrame, roles: Roles, hashes: frozenset[str]) -> NDArray[np.bool_]:
    """Which rows of a table (n) hold what the model has met, whatever their label."""
    own = table_hashes(table, roles.for_answers())
    return np.fromiter((value in hashes for value in own), dtype=bool, count=len(own))
