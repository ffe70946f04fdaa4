"""A few real steps before a training: the longest batch and a typical one, for their time and their memory.

They are taken with a learning rate of zero. No weight moves, so none has to be kept aside and put back: a second copy
of a large model could be what does not fit. The dice are put back too: a training goes as it would have gone without.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
import torch
from accelerate import Accelerator

from sft_core.errors import ResourceError, Stopped
from sft_core.features.device import Precision, is_memory_error
from sft_core.training import hardware
from sft_core.training.batch_plan import BatchPlan, Indices
from sft_core.training.estimate import USABLE, Trial, tokens
from sft_core.training.job import TrainJob
from sft_core.training.loop import open_accelerator
from sft_core.training.memory_guard import at_most
from sft_core.training.stepping import Material, Stepper

LEAST_BYTES = 8  # that a learning number takes beside itself: its gradient and one moment
LAST = 0.97  # of the free memory: more the steps do not get, even where less was expected of them
GROWTH = 4  # the base model was read with the usual budget; then four times as much is tried, and so on
CUT = 0.7  # of the room: steps that are cut smaller leave some, since rows of all lengths follow each other
SLOW, SHORT, MOST_TRIES = 1.5, 0.2, 4  # seconds: beside a slow step setting up is nothing, a short one is noisy
_ONEDNN_WORDS = ("could not create a", "could not execute a")  # all that it says when it gets no memory


def try_steps(job: TrainJob, plan: BatchPlan, free_mb: int) -> Trial:
    """Take real steps and leave model and dice as they were.

    Where memory does not suffice for the wished token budget a smaller one is taken, as in a training. On a CPU the
    steps get no more memory than is free, whatever happens.
    Raises ResourceError where the weights alone, or a single row, cannot fit; Stopped where the work says so.
    """
    settings = job.settings
    torch.set_num_threads(settings.threads or hardware.physical_threads())
    hardware.give_back_memory()
    hardware.keep_memory()
    accelerator, precision = open_accelerator(settings.mixed_precision)
    device = accelerator.device
    job.engine.freeze(job.model, settings.frozen_layers)
    job.model.to(device)
    limit = at_most(int(free_mb * LAST)) if device.type == "cpu" else nullcontext()
    with _left_as_it_was(job.model, device), limit:
        return _measured(job, plan, accelerator, precision, free_mb)


def _measured(job: TrainJob, plan: BatchPlan, accelerator: Accelerator, precision: Precision, free_mb: int) -> Trial:
    settings, memory = job.settings, _Memory(accelerator.device)
    assert settings.token_budget is not None, "settings are not resolved"
    material = Material(job.model, job.engine, job.encoded_train, job.y_train, len(job.labels))
    batches = sorted(plan.epoch(0), key=lambda batch: -tokens(batch, plan))
    longest, typical = batches[0], batches[len(batches) // 2]
    stepper: Stepper | None = None
    try:
        stepper = Stepper(material, settings, accelerator, precision, settings.token_budget)
        _check_weights(stepper, free_mb)
        if accelerator.device.type == "cpu":  # a GPU refuses what is too much, and the stepper cuts smaller
            stepper.token_budget = _fitting_budget(job, stepper, longest, memory, free_mb)
        slow, quick = _seconds(job, stepper, longest), _seconds(job, stepper, typical)
    except (RuntimeError, MemoryError) as error:
        if is_memory_error(error) or any(words in str(error) for words in _ONEDNN_WORDS):
            raise ResourceError(
                f"This training needs more than the {free_mb / 1024:.1f} GB of memory that are free.", job.engine.advice
            ) from error
        raise
    finally:
        if stepper is not None:
            stepper.close()
    fixed, rate = _line(slow, quick, tokens(longest, plan), tokens(typical, plan))
    return Trial(fixed, rate, memory.needed_mb(), stepper.token_budget)


class _Memory:
    """How much memory was taken at most since this was made."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        hardware.reset_peak_memory(device)
        self.before, self.floor = hardware.memory_mb(device), hardware.peak_memory_mb(device)

    def needed_mb(self) -> int:
        peak = hardware.peak_memory_mb(self.device)
        used = peak if peak > self.floor else hardware.memory_mb(self.device)  # where the peak cannot be forgotten
        return max(0, used - self.before)


def _check_weights(stepper: Stepper, free_mb: int) -> None:
    needed = sum(p.numel() for p in stepper.learning) * LEAST_BYTES / hardware.MIB
    if needed > free_mb * USABLE:
        raise ResourceError(
            f"This model needs at least {needed / 1024:.1f} GB of memory to learn; {free_mb / 1024:.1f} GB are free.",
            "Choose a smaller model, freeze more layers, or close other programs.",
        )


def _fitting_budget(job: TrainJob, stepper: Stepper, batch: Indices, memory: _Memory, free_mb: int) -> int:
    """The wished token budget, or the one up to which memory is expected to suffice for the longest batch.

    It is approached from below, each time as far as what was just needed lets hope: here a step that takes too much is
    not refused but killed. Rows of one length take memory in proportion to their number.
    """
    wished, longest = stepper.token_budget, int(job.encoded_train.lengths[batch].max())
    most = min(len(batch), max(1, wished // longest))
    rows = min(most, max(1, job.engine.usual_budget(memory.device) // longest))
    ordered = batch[np.argsort(-job.encoded_train.lengths[batch], kind="stable")]
    while rows < most:
        _stop_if_asked(job)
        stepper.take(ordered[:rows], 0, lr_factor=0.0)
        fixed = _fixed_mb(stepper)
        room, taken = free_mb * USABLE - fixed, max(0.0, memory.needed_mb() - fixed)
        more = min(most, rows * GROWTH)
        if taken * more / rows > room:
            return max(rows, int(rows * CUT * room / taken)) * longest
        rows = more
    return wished


def _fixed_mb(stepper: Stepper) -> float:
    """What gradients and the optimizer's memory take, whatever the rows."""
    moments = [value for state in stepper.optimizer.state.values() for value in state.values()]
    held = [*stepper.learning, *(value for value in moments if isinstance(value, torch.Tensor))]
    return float(sum(value.numel() * value.element_size() for value in held) / hardware.MIB)


@contextmanager
def _left_as_it_was(model: torch.nn.Module, device: torch.device) -> Iterator[None]:
    """Mode, buffers (running means, say), gradients and dice of before, whatever happens."""
    was_training = model.training
    buffers = {name: value.detach().clone() for name, value in model.named_buffers()}
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        model.train()
        try:
            yield
        finally:
            model.train(was_training)
            model.zero_grad()
            for name, value in model.named_buffers():
                value.copy_(buffers[name])
            gc.collect()  # gradients and moments, before the training makes its own
            if device.type == "cuda":
                torch.cuda.empty_cache()


def _line(slow: float, quick: float, many: int, few: int) -> tuple[float, float]:
    """(fixed seconds of a step, seconds a token) by a line through two batches of so many tokens."""
    if many <= few or slow <= quick:  # all batches alike, or noise: all time counts by tokens
        return 0.0, slow / many
    rate = (slow - quick) / (many - few)
    return max(0.0, quick - rate * few), rate


def _seconds(job: TrainJob, stepper: Stepper, batch: Indices) -> float:
    """The quickest of a few: the first one also sets things up, and others may work on this machine too."""
    took: list[float] = []
    while len(took) < 2 or (len(took) < MOST_TRIES and sum(took) < SHORT):
        _stop_if_asked(job)
        began = time.monotonic()
        stepper.take(batch, len(took), lr_factor=0.0)
        if stepper.accelerator.device.type == "cuda":
            torch.cuda.synchronize()
        took.append(time.monotonic() - began)
        if took[-1] > SLOW:
            break
    return max(min(took), 1e-6)


def _stop_if_asked(job: TrainJob) -> None:
    if job.work.should_stop():
        raise Stopped("Stopped while the time was estimated.", "Choose Resume to start.")
