"""How long a training will take here and whether it fits, from real steps instead of a formula.

The longest batch is computed twice and a typical one twice; the weights are put back afterwards. Seconds are then
`fixed + rate × tokens`, summed over the real plan; evaluations and the head's warm start are forward passes only.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch

from sft_core.errors import ResourceError, Stopped
from sft_core.training import hardware
from sft_core.training.batch_plan import BatchPlan, Indices
from sft_core.training.job import TrainJob
from sft_core.training.loop import open_accelerator
from sft_core.training.stepping import Material, Stepper

BYTES_LEARNING, BYTES_FROZEN = 16, 4  # fp32 weight, gradient and two moments; fp32 weight alone
FORWARD_SHARE = 1 / 3  # a backward pass costs about twice a forward pass
USABLE = 0.9  # of the free memory: other programs live too


@dataclass(frozen=True)
class Estimate:
    """What a training is expected to take. Memory is what comes on top of what is in use now."""

    total_seconds: float
    seconds_per_step: float
    samples_per_second: float
    steps: int
    memory_mb: int
    free_mb: int
    token_budget: int
    fits: bool
    message: str
    hint: str = ""


def preflight(job: TrainJob) -> Estimate:
    """Take two real steps on the longest batch and two on a typical one, and leave the model as it was.

    Raises ResourceError where the weights alone, or a single row, cannot fit; Stopped where the work says so.
    """
    settings = job.settings
    torch.set_num_threads(settings.threads or hardware.physical_threads())
    hardware.keep_memory()
    accelerator, precision = open_accelerator(settings.mixed_precision)
    device = accelerator.device
    free = hardware.free_memory_mb(device)
    job.engine.freeze(job.model, settings.frozen_layers)
    _check_weights(job.model, free)
    plan = BatchPlan(job.encoded_train.lengths, settings.batch_size, settings.epochs, settings.seed)
    kept = {name: value.detach().clone() for name, value in job.model.state_dict().items()}
    hardware.reset_peak_memory(device)
    before = hardware.memory_mb(device)
    model = job.model.to(device)
    assert settings.token_budget is not None, "settings are not resolved"
    material = Material(model, job.engine, job.encoded_train, job.y_train, len(job.labels))
    stepper = Stepper(material, settings, accelerator, precision, settings.token_budget)
    try:
        was_training = model.training
        model.train()
        times = _time_steps(job, stepper, plan)
        model.train(was_training)
    finally:
        stepper.close()
        model.load_state_dict(kept)
        model.zero_grad()
    needed = max(0, hardware.peak_memory_mb(device) - before)
    return _estimate(job, plan, times, needed, free, stepper.token_budget)


def _check_weights(model: torch.nn.Module, free_mb: int) -> None:
    learning = sum(p.numel() for p in model.parameters() if p.requires_grad)
    frozen = sum(p.numel() for p in model.parameters() if not p.requires_grad)
    needed = (learning * BYTES_LEARNING + frozen * BYTES_FROZEN) / hardware.MIB
    if needed > free_mb * USABLE:
        raise ResourceError(
            f"This model needs at least {needed / 1024:.1f} GB of memory to learn; {free_mb / 1024:.1f} GB are free.",
            "Choose a smaller model, freeze more layers, or close other programs.",
        )


def _time_steps(job: TrainJob, stepper: Stepper, plan: BatchPlan) -> tuple[float, float]:
    """(fixed seconds of a step, seconds a token) by a line through the longest and the typical batch."""
    batches = sorted(plan.epoch(0), key=lambda batch: -_tokens(batch, plan))
    longest, typical = batches[0], batches[len(batches) // 2]
    slow, quick = _seconds(job, stepper, longest), _seconds(job, stepper, typical)
    difference = _tokens(longest, plan) - _tokens(typical, plan)
    if difference <= 0 or slow <= quick:  # all batches alike, or noise: all time counts by tokens
        return 0.0, slow / _tokens(longest, plan)
    rate = (slow - quick) / difference
    return max(0.0, quick - rate * _tokens(typical, plan)), rate


def _seconds(job: TrainJob, stepper: Stepper, batch: Indices) -> float:
    for step in range(2):  # the first one also sets things up
        if job.work.should_stop():
            raise Stopped("Stopped while the time was estimated.")
        began = time.monotonic()
        stepper.take(batch, step, 1e-3)
        if stepper.accelerator.device.type == "cuda":
            torch.cuda.synchronize()
    return max(time.monotonic() - began, 1e-6)


def _tokens(batch: Indices, plan: BatchPlan) -> int:
    return len(batch) * int(plan.lengths[batch].max())


def _estimate(
    job: TrainJob, plan: BatchPlan, times: tuple[float, float], needed_mb: int, free_mb: int, token_budget: int
) -> Estimate:
    fixed, rate = times
    epoch = sum(fixed + rate * _tokens(batch, plan) for batch in plan.epoch(0))
    forward = rate * FORWARD_SHARE
    evaluations = job.settings.evaluations_per_epoch * plan.epochs + 1
    others = forward * (int(plan.lengths.sum()) + evaluations * int(job.encoded_validation.lengths.sum()))
    total = epoch * plan.epochs + others
    fits = needed_mb <= free_mb * USABLE
    return Estimate(
        total_seconds=round(total, 1),
        seconds_per_step=round(epoch / plan.steps_per_epoch, 4),
        samples_per_second=round(len(plan.lengths) / epoch, 1),
        steps=plan.total_steps,
        memory_mb=needed_mb,
        free_mb=free_mb,
        token_budget=token_budget,
        fits=fits,
        message=f"About {in_words(total)} on this machine; needs {needed_mb / 1024:.1f} GB of memory, "
        f"{free_mb / 1024:.1f} GB are free.",
        hint="" if fits else "Choose a smaller model, shorter texts or a smaller token budget.",
    )


def in_words(seconds: float) -> str:
    """A duration as a person says it: 40 seconds, 5 minutes, 2.5 hours."""
    if seconds < 90:
        return f"{max(10, int(np.ceil(seconds / 10)) * 10)} seconds"
    if seconds < 90 * 60:
        return f"{int(np.ceil(seconds / 60))} minutes"
    return f"{seconds / 3600:.1f} hours"
