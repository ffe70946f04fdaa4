"""A finished run as it is needed to judge it on a later file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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


def load_tuned_run(folder: RunFolder, training_counts: Mapping[str, int] | None = None) -> TunedRun:
    """The run of a folder. Raises FileNotFoundError where it has no report yet."""
    return TunedRun(read_json(folder.report), training_counts or {})
