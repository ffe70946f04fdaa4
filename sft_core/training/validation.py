"""How good the model is on the validation rows right now."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from sft_core.config import Goal
from sft_core.features.device import Precision
from sft_core.features.inference import forward
from sft_core.scoring.metrics import count, matrix_of, per_class, score_counts
from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Engine
from sft_core.training.goal import goal_rows, goal_score
from sft_core.training.losses import SummedLoss
from sft_core.training.stepping import broke_down

METRICS = ("accuracy", "macro_f1", "macro_precision", "macro_recall")
WORST = 3


@dataclass(frozen=True)
class Scored:
    """What one look at the validation rows gives; `score` is the number of the goal, `rows` how many it rests on."""

    loss: float
    score: float
    rows: int
    metrics: dict[str, Any]
    confusion: dict[str, Any]


class Validator:
    """Scores a model on the same rows again and again, and the sentences that the user pinned."""

    def __init__(
        self, engine: Engine, rows: Rows, y: NDArray[np.int64], labels: Sequence[str], goal: Goal, loss: SummedLoss
    ) -> None:
        self.engine = engine
        self.rows = rows
        self.y = y
        self.labels = list(labels)
        self.goal = goal
        self.loss = loss

    def evaluate(
        self, model: torch.nn.Module, precision: Precision, step: int, should_stop: Callable[[], bool]
    ) -> Scored:
        """Loss, metrics and confusion. Raises Stopped where `should_stop` says so, StateError where they are NaN."""
        logits = forward(model, self.engine, self.rows, precision=precision, should_stop=should_stop)
        loss = float(self.loss(torch.from_numpy(logits), torch.from_numpy(self.y))) / len(self.y)
        if not math.isfinite(loss):
            raise broke_down(step)
        counts = count(self.y, logits.argmax(axis=1), len(self.labels))
        scores: dict[str, Any] = {**score_counts(counts)}
        metrics = {name: scores[name] for name in METRICS}
        goal = goal_score(self.goal, metrics, counts[:-1, :-1], self.labels)
        rows = goal_rows(self.goal, counts[:-1, :-1], self.labels)
        confusion = {"labels": self.labels, "matrix": matrix_of(counts)}
        return Scored(loss, goal, rows, {**metrics, "goal": goal, "worst": self._worst(counts)}, confusion)

    def _worst(self, counts: NDArray[np.int64]) -> list[dict[str, Any]]:
        present = [scores for scores in per_class(counts, self.labels) if scores["support"]]
        return [dict(scores) for scores in sorted(present, key=lambda scores: scores["f1"] or 0.0)[:WORST]]


def pinned_probabilities(
    model: torch.nn.Module, engine: Engine, pinned: Rows, precision: Precision
) -> list[list[float]]:
    """Probabilities of the pinned sentences, in the order of the labels."""
    logits = forward(model, engine, pinned, precision=precision)
    return [[round(float(p), 6) for p in row] for row in softmax(logits.astype(np.float64), axis=1)]
