"""One set of answers as numbers: scores, how sure they are, class by class, and what could not be computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.scoring import metrics
from sft_core.scoring.metrics import Counts, Scores
from sft_core.scoring.uncertainty import F1Intervals, Interval, f1_intervals, wilson


@dataclass(frozen=True, eq=False)
class Judged:
    """The scores of one set of answers with all that belongs to them."""

    scores: Scores
    counts: Counts
    labels: Sequence[str]
    f1: F1Intervals

    def values(self) -> dict[str, float | None]:
        """The metrics without their reasons."""
        return {name: self.scores[name] for name in metrics.METRICS}  # type: ignore[literal-required]

    @property
    def rows(self) -> int:
        return int(self.counts.sum())

    @property
    def hits(self) -> int:
        return int(np.trace(self.counts[:-1, :-1]))

    @property
    def support(self) -> list[int]:
        """Rows of each class."""
        return [int(n) for n in self.counts.sum(axis=1)[:-1]]

    def intervals(self) -> dict[str, list[float] | None]:
        """95 % intervals of accuracy (Wilson) and macro-F1 (bootstrap)."""
        return {"accuracy": listed(wilson(self.hits, self.rows)), "macro_f1": listed(self.f1.macro)}

    def classes(self) -> list[dict[str, Any]]:
        """Each class with its scores; `interval` is that of the recall (Wilson)."""
        said = self.counts.sum(axis=0)[:-1]
        found = metrics.per_class(self.counts, self.labels)
        return [
            {
                **entry,
                "interval": listed(wilson(int(self.counts[i, i]), entry["support"])),
                "precision_interval": listed(wilson(int(self.counts[i, i]), int(said[i]))),
                "f1_interval": listed(self.f1.classes[i]),
            }
            for i, entry in enumerate(found)
        ]

    def unavailable(self, prefix: str = "") -> dict[str, str]:
        """What could not be computed, and why."""
        reasons = {f"{prefix}{name}": reason for name, reason in self.scores["unavailable"].items()}
        if self.f1.reason:
            reasons[f"{prefix}macro_f1_interval"] = self.f1.reason
        return reasons


def judge(true: Sequence[str], probabilities: NDArray[Any], labels: Sequence[str]) -> Judged:
    """The scores of probabilities (n, k). Raises DataError where a probability is missing."""
    scores = metrics.score(true, probabilities, labels)
    said = probabilities.argmax(axis=1) if len(true) else np.empty(0, dtype=np.int64)
    counts = metrics.count(metrics.codes(true, labels), said, len(labels))
    return Judged(scores, counts, labels, f1_intervals(counts))


def judge_said(true: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> Judged:
    """The scores of answers without probabilities."""
    counts = metrics.cells(true, said, labels)
    return Judged(metrics.score_said(true, said, labels), counts, labels, f1_intervals(counts))


def listed(interval: Interval | None) -> list[float] | None:
    """An interval as JSON has it."""
    return list(interval) if interval else None


def plain(value: Any) -> Any:
    """A value as JSON has it: numpy numbers as numbers, tuples as lists, what is not finite as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
