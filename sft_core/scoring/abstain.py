"""When to say nothing: the confidence below which an answer is better left to a person, learnt on validation."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sft_core.scoring.uncertainty import Interval, wilson

KEPT = 0.95  # share of the right validation answers that "none of these" may not swallow
POINTS = 200


class Coverage(NamedTuple):
    """What happens when only answers at least `threshold` sure are given: the share answered, the share of it right."""

    threshold: float
    answered: float
    right: float | None
    rows: int
    interval: Interval | None


def none_threshold(confidence: NDArray[Any], right: NDArray[Any]) -> float | None:
    """The confidence below which "none of these" is said: all but 5 % of the right validation answers lie above it.

    None without a right answer. It is the usual operating point of out-of-distribution detection
    (Hendrycks & Gimpel 2017), taken on rows that the model has not learnt from.
    """
    hits = np.asarray(confidence, dtype=np.float64)[np.asarray(right, dtype=bool)]
    if not len(hits):
        return None
    return float(np.quantile(hits, 1 - KEPT, method="lower"))


def at_threshold(confidence: NDArray[Any], right: NDArray[Any], threshold: float) -> Coverage:
    """What a threshold does on these rows."""
    given = np.asarray(confidence, dtype=np.float64) >= threshold
    rows, hits = int(given.sum()), int(np.asarray(right, dtype=bool)[given].sum())
    share = rows / len(given) if len(given) else 0.0
    return Coverage(float(threshold), share, hits / rows if rows else None, rows, wilson(hits, rows))


def risk_coverage(confidence: NDArray[Any], right: NDArray[Any], points: int = POINTS) -> list[Coverage]:
    """The trade of answering much for being right, from answering all down to the surest rows; ≤ `points` points."""
    curve = _curve(confidence, right)
    if len(curve) <= points:
        return curve
    return [curve[int(i)] for i in np.linspace(0, len(curve) - 1, points)]


def _curve(confidence: NDArray[Any], right: NDArray[Any]) -> list[Coverage]:
    """One point for each different confidence, the lowest threshold first."""
    sure = np.asarray(confidence, dtype=np.float64)
    order = np.argsort(-sure, kind="stable")
    hits = np.cumsum(np.asarray(right, dtype=bool)[order])
    last = np.flatnonzero(np.diff(sure[order], append=-np.inf))  # equal confidences are answered together
    return [
        Coverage(
            float(sure[order[i]]),
            (int(i) + 1) / len(sure),
            float(hits[i] / (i + 1)),
            int(i) + 1,
            wilson(int(hits[i]), int(i) + 1),
        )
        for i in last[::-1]
    ]
