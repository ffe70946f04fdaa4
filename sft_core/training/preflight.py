"""How long a training will take here and whether it fits, from real steps instead of a formula, taken once.

What the steps took is remembered in the cache under a name of all that decides on it: the run that follows a
pre-flight, or repeats another one, knows it at once. A training that ends puts it right by its own pace: the machine
may have been busy in the seconds of the pre-flight.
"""

import hashlib
import platform
from dataclasses import asdict, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np
import torch

from sft_core.errors import DataError, InputError, ResourceError
from sft_core.records import read_json, write_json
from sft_core.training import hardware
from sft_core.training.batch_plan import BatchPlan
from sft_core.training.checkpoints import Checkpoints
from sft_core.training.estimate import DECIDE_SPEED, USABLE, Estimate, Trial, estimate, refusal
from sft_core.training.job import TrainJob, TrainResult
from sft_core.training.trial import try_steps

FILE = "trial.json"
FORMAT = 1
LEAST_STEPS = 20  # whose pace says more than that of a few


def preflight(job: TrainJob, cache: Path | None = None) -> Estimate:
    """What this training takes, by steps that were taken before or are taken now; the model is left as it was.

    Where it cannot fit the estimate says so (`fits`, `message`, `hint`). Raises Stopped where the work says so.
    """
    plan, free, held = _plan(job), hardware.free_memory_mb(_device()), hardware.memory_mb(_device())
    place = cache / _name(job) / FILE if cache else None
    try:
        trial = _remembered(place)
        if trial is None or trial.memory_mb > free * USABLE:  # perhaps with fewer tokens at once
            trial = try_steps(job, plan, free)
            _remember(trial, place, job)
    except ResourceError as error:
        return refusal(plan, job.settings.token_budget or 0, free, error.message, error.hint)
    return _estimate(job, plan, trial, free, held)


def expected(job: TrainJob, cache: Path) -> Estimate | None:
    """What a run that is about to begin takes. Raises InputError where it cannot fit.

    A run that goes on from a saved state takes no steps for it and is not refused: None, unless it is remembered.
    """
    if job.checkpoints.exists() and Checkpoints(job.checkpoints).steps():
        trial = _remembered(cache / _name(job) / FILE)
        free, held = hardware.free_memory_mb(_device()), hardware.memory_mb(_device())
        return _estimate(job, _plan(job), trial, free, held) if trial else None
    found = preflight(job, cache)
    if not found.fits:
        raise InputError(found.message, found.hint)
    return found


def learn_pace(job: TrainJob, result: TrainResult, cache: Path) -> None:
    """Put right what is remembered of steps, by the pace of the training that just ended.

    Where it went on from a saved state, took few steps or had to cut them smaller, that says nothing of it.
    """
    place = cache / _name(job) / FILE
    trial, speed = _remembered(place), result.timing["samples_per_second"]
    if trial is None or not speed or job.work.attempt > 1 or result.steps < LEAST_STEPS:
        return
    if result.token_budget != trial.token_budget:
        return
    plan = _plan(job)
    batches = islice(chain.from_iterable(map(plan.epoch, range(plan.epochs))), result.steps)
    ratio = result.timing["examples"] / speed / sum(trial.seconds(batch, plan) for batch in batches)
    _remember(replace(trial, fixed=trial.fixed * ratio, rate=trial.rate * ratio), place, job)


def _estimate(job: TrainJob, plan: BatchPlan, trial: Trial, free_mb: int, held_mb: int) -> Estimate:
    validation, known = job.encoded_validation.lengths, job.first_token is not None
    return estimate(
        trial,
        plan,
        job.settings,
        validation,
        free_mb,
        held_mb=held_mb,
        features_known=known,
        advice=job.engine.advice,
    )


def _plan(job: TrainJob) -> BatchPlan:
    settings = job.settings
    return BatchPlan(job.encoded_train.lengths, settings.batch_size, settings.epochs, settings.seed)


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _remembered(place: Path | None) -> Trial | None:
    try:
        return Trial(**read_json(place)) if place else None
    except (OSError, DataError, TypeError):
        return None


def _remember(trial: Trial, place: Path | None, job: TrainJob) -> None:
    """Not where memory was short: next time more may be free."""
    if place is not None and trial.token_budget == job.settings.token_budget:
        write_json(place, asdict(trial))


def _name(job: TrainJob) -> str:
    """Equal where steps take the same time and memory: shapes, lengths, the settings that matter, the machine."""
    device, settings = _device(), job.settings
    machine = (platform.node(), torch.cuda.get_device_name() if device.type == "cuda" else platform.machine())
    precision = hardware.choose_precision(settings.mixed_precision, device)
    threads = settings.threads or hardware.physical_threads()
    shapes = [(name, tuple(value.shape)) for name, value in job.model.named_parameters()]
    chosen = [getattr(settings, name) for name in DECIDE_SPEED]
    facts = (FORMAT, type(job.model).__name__, shapes, chosen, precision, threads, machine, torch.__version__)
    content = repr(facts).encode() + np.ascontiguousarray(job.encoded_train.lengths, dtype="<i4").tobytes()
    return f"speed-{hashlib.sha256(content).hexdigest()[:32]}"
