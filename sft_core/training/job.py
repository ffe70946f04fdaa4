"""What a training is given, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sft_core.config import TrainingSettings
from sft_core.records import Work
from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Engine, Floats
from sft_core.training.pinned import PinnedSentences


@dataclass(frozen=True)
class TrainJob:
    """All that `loop.train` needs. `settings` are resolved (presets.resolve_settings): rates are not None.

    `first_token` and `pooled` are the features (n, h) of the training rows by the model as it comes, where they are
    already known: the head's warm start then costs no forward pass.
    """

    model: torch.nn.Module
    engine: Engine
    encoded_train: Rows
    y_train: NDArray[np.int64]
    encoded_validation: Rows
    y_validation: NDArray[np.int64]
    labels: Sequence[str]
    settings: TrainingSettings
    work: Work
    checkpoints: Path
    pinned: PinnedSentences | None = None
    first_token: Floats | None = None
    pooled: Floats | None = None


@dataclass(frozen=True)
class Evaluation:
    """One look at the validation rows. `score` is the goal's number; `step` 0 is the trained head on a frozen body."""

    epoch: float
    step: int
    loss: float
    score: float
    metrics: dict[str, Any]


@dataclass(frozen=True)
class TrainResult:
    """What came of it; the best weights are in `job.model`.

    `timing` holds train_seconds (all optimizer steps and the head's warm start), examples (rows that went forward and
    backward through the body), samples_per_second (examples by the seconds of their steps) and peak_memory_mb.
    """

    best_step: int
    best_validation_score: float | None
    steps: int
    planned_steps: int
    stopped_early: bool
    history: list[Evaluation]
    timing: dict[str, float]
    precision: str
    token_budget: int
    warnings: list[dict[str, str]] = field(default_factory=list)
