"""Which of two states of a model is better on validation, by what matters most to the user."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.config import Goal
from sft_core.errors import ConfigError

# the goal's own score, then macro-F1, then a smaller loss: small validation sets have many ties
Rank = tuple[float, float, float]


def goal_score(goal: Goal, metrics: Mapping[str, Any], matrix: NDArray[np.int64], labels: Sequence[str]) -> float:
    """The number that the goal is about, 0–1; `matrix` counts rows by (true, predicted)."""
    if goal.kind in ("accuracy", "macro_f1"):
        return float(metrics[goal.kind] or 0.0)
    at = class_index(goal, labels)
    hits = int(matrix[at, at])
    found = int(matrix[at].sum() if goal.kind == "recall" else matrix[:, at].sum())
    return hits / found if found else 0.0


def class_index(goal: Goal, labels: Sequence[str]) -> int:
    """Position of the goal's class. Raises ConfigError where there is none of that name."""
    if goal.label not in labels:
        known = ", ".join(list(labels)[:10])
        raise ConfigError([f"There is no class {goal.label!r} to judge by."], f"Choose one of: {known}.")
    return list(labels).index(str(goal.label))


def rank(score: float, metrics: Mapping[str, Any], loss: float) -> Rank:
    """What states are ordered by; higher is better."""
    return (score, float(metrics.get("macro_f1") or 0.0), -loss)
