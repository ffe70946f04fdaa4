"""What was found in a version, kept beside it in its `findings.json`."""

from typing import Any

import pandas as pd

from sft_core.config import Roles
from sft_core.data.findings.registry import find
from sft_core.data.store import DatasetStore


def find_problems(store: DatasetStore, dataset: str, n: int) -> None:
    """Look for what is wrong with a version, and keep it."""
    store.save_findings(dataset, n, find_all(store.read_rows(dataset, n), store.get(dataset).roles))


def find_all(table: pd.DataFrame, roles: Roles) -> list[dict[str, Any]]:
    """All findings of a table as JSON values."""
    return [finding.as_dict() for finding in find(table, roles)]
