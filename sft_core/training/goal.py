"""Which state of a model is kept, by what matters most to the user on validation.

With few validation rows an early state wins by luck now and then. A later one has learnt more, at lower rates, and is
kept unless it is worse than the best by more than half a standard error (docs/decisions.md has the measurements).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.config import Goal, validated
from sft_core.errors import ConfigError

TOLERANCE = 0.5  # standard errors below the best that still count as equally good


def goal_score(goal: Goal, metrics: Mapping[str, Any], matrix: NDArray[np.int64], labels: Sequence[str]) -> float:
    """The number that the goal is about, 0–1; `matrix` counts rows by (true, predicted)."""
    if goal.kind in ("accuracy", "macro_f1"):
        return float(metrics[goal.kind] or 0.0)
    at = class_index(goal, labels)
    rows = goal_rows(goal, matrix, labels)
    return int(matrix[at, at]) / rows if rows else 0.0


def goal_rows(goal: Goal, matrix: NDArray[np.int64], labels: Sequence[str]) -> int:
    """How many validation rows the number of the goal rests on."""
    if goal.kind in ("accuracy", "macro_f1"):
        return int(matrix.sum())
    at = class_index(goal, labels)
    return int(matrix[at].sum() if goal.kind == "recall" else matrix[:, at].sum())


def class_index(goal: Goal, labels: Sequence[str]) -> int:
    """Position of the goal's class. Raises ConfigError where there is none of that name."""
    if goal.label not in labels:
        known = ", ".join(list(labels)[:10])
        raise ConfigError([f"There is no class {goal.label!r} to judge by."], f"Choose one of: {known}.")
    return list(labels).index(str(goal.label))


def check_goal(settings: Mapping[str, Any], labels: Sequence[str], validation: Collection[str]) -> None:
    """Raise ConfigError where changed settings judge by a class that is not there; before anything is learnt.

    `labels` are all classes, `validation` the label of each validation row: without one of the class no state of the
    model is better for it than another, so none could be chosen, nor the learning be stopped early.
    """
    goal = validated(Goal, settings.get("goal") or {})
    if goal.kind not in ("recall", "precision"):
        return
    class_index(goal, labels)
    if goal.label not in set(validation):
        raise ConfigError(
            [f"No validation row is of the class {goal.label!r}, so nothing tells how good the model is at it."],
            "Choose another answer to “What matters most?”, or keep back more rows for validation.",
        )


def is_kept(score: float, rows: int, best: float | None, first: float | None) -> bool:
    """Whether a state replaces the one that is kept.

    `best` is the highest score of the states before, `first` that of the frozen body with its trained head: nothing
    that is worse than that is ever kept, nor one whose score rests on no row (the precision of a class that is never
    predicted): that is no progress, so the learning ends early. The error is that of a share of `rows` rows.
    """
    if best is None or first is None:
        return True
    if not rows:
        return False
    error = math.sqrt(best * (1 - best) / rows)
    return score >= max(first, best - TOLERANCE * error)
