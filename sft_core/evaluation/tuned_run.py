"""A finished run as it is needed to judge it on a later file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sft_core.records import read_json
from sft_core.workspace import RunFolder


@dataclass(frozen=True)
class TunedRun:
    """What is known of the run that is judged: its own report, and how often each class stood in its training."""

    report: Mapping[str, Any]
    training_counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        return list(self.report["labels"])

    @property
    def temperature(self) -> float | None:
        return (self.report.get("calibration") or {}).get("temperature")


def load_tuned_run(folder: RunFolder) -> TunedRun:
    """The run of a folder. Raises FileNotFoundError where it has no report yet."""
    return TunedRun(read_json(folder.report), training_counts(folder))


def training_counts(run: RunFolder) -> dict[str, int]:
    """Rows of each class that a run learnt from: from its rows, or what its zip tells of them; {} where not known."""
    config = read_json(run.config) if run.config.is_file() else {}
    label = (config.get("roles") or {}).get("label")
    if not run.rows.is_file() or not label:
        return dict((config.get("data") or {}).get("classes") or {})
    rows = pd.read_parquet(run.rows, columns=["_split", label])
    counts = rows.loc[rows["_split"] == "train", label].value_counts()
    return {str(name): int(n) for name, n in counts.items()}
