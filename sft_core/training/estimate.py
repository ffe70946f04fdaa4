"""What a training is expected to take: a pure sum over the real plan of what a few real steps took.

Without torch, so that pages and the command line can ask it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sft_core.config import TrainingSettings
from sft_core.training.batch_plan import BatchPlan, Indices
from sft_core.training.durations import estimated

# Settings that decide how fast a step is and how much memory it takes. All others change how often steps are taken, or
# nothing: for them no step needs to be measured again.
DECIDE_SPEED = (
    "batch_size",
    "max_length",
    "token_budget",
    "frozen_layers",
    "mixed_precision",
    "optimizer",
    "dropout",
    "threads",
)
FORWARD_SHARE = 1 / 3  # a backward pass costs about twice a forward pass
USABLE = 0.9  # of the free memory: other programs live too


@dataclass(frozen=True)
class Trial:
    """What real steps took: `fixed` seconds a step and `rate` seconds a token.

    `memory_mb` came on top of what was in use; `token_budget` is the one with which they fitted.
    """

    fixed: float
    rate: float
    memory_mb: int
    token_budget: int

    def seconds(self, batch: Indices, plan: BatchPlan) -> float:
        """How long a step on this batch takes."""
        return self.fixed + self.rate * tokens(batch, plan)


@dataclass(frozen=True)
class Estimate:
    """What a training is expected to take. Memory is that of its whole process, `free_mb` what such a process can get.

    `seconds_per_evaluation` is the part of `total_seconds` that one more look at the validation rows would add.
    """

    total_seconds: float
    seconds_per_step: float
    seconds_per_evaluation: float
    samples_per_second: float
    steps: int
    memory_mb: int
    free_mb: int
    token_budget: int
    fits: bool
    message: str
    hint: str = ""


def tokens(batch: Indices, plan: BatchPlan) -> int:
    """Tokens of a batch, padded to its longest row."""
    return len(batch) * int(plan.lengths[batch].max())


def estimate(
    trial: Trial,
    plan: BatchPlan,
    settings: TrainingSettings,
    validation: NDArray[np.int32],
    free_mb: int,
    *,
    held_mb: int = 0,
    features_known: bool = False,
    advice: str = "Choose a smaller model.",
) -> Estimate:
    """The whole training; `validation` are the lengths of its rows (in tokens).

    `held_mb` is what this process holds before the first step and `free_mb` what it can still get.

    Unless the features of the training rows are known already, reading them once belongs to it. `advice` is what to do
    where it does not fit.
    """
    epoch = sum(trial.seconds(batch, plan) for batch in plan.epoch(0))
    forward = trial.rate * FORWARD_SHARE
    look = forward * int(validation.sum())
    reading = 0.0 if features_known else forward * int(plan.lengths.sum())
    total = epoch * plan.epochs + reading + look * (settings.evaluations_per_epoch * plan.epochs + 1)
    fits = trial.memory_mb <= free_mb * USABLE
    memory_mb, free_mb = held_mb + trial.memory_mb, held_mb + free_mb
    need, free = memory_mb / 1024, free_mb / 1024
    says = f"About {estimated(total)} on this machine; needs {need:.1f} GB of memory, {free:.1f} GB are free."
    return Estimate(
        total_seconds=round(total, 3),
        seconds_per_step=round(epoch / plan.steps_per_epoch, 4),
        seconds_per_evaluation=round(look, 3),
        samples_per_second=round(len(plan.lengths) / epoch, 1),
        steps=plan.total_steps,
        memory_mb=memory_mb,
        free_mb=free_mb,
        token_budget=trial.token_budget,
        fits=fits,
        message=says if fits else f"This training needs {need:.1f} GB of memory; {free:.1f} GB are free.",
        hint="" if fits else advice,
    )


def refusal(plan: BatchPlan, token_budget: int, free_mb: int, message: str, hint: str) -> Estimate:
    """The estimate of a training of which not even one step can be taken."""
    return Estimate(
        0.0, 0.0, 0.0, 0.0, plan.total_steps, 0, free_mb, token_budget, fits=False, message=message, hint=hint
    )
