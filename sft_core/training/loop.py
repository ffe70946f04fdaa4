"""The training itself: from a base model to the state that validation says to keep. Our own loop, on Accelerate.

The order at each step: evaluate if due, save if due, stop if asked, then step. A state is saved with its cursor, and an
evaluation that was due but not finished is made after the resume: an interrupted run ends like an undisturbed one.
"""

import time
from functools import partial
from pathlib import Path

import torch
from accelerate import Accelerator

from sft_core.errors import StateError, Stopped
from sft_core.features.device import Precision
from sft_core.features.inference import forward_features
from sft_core.training import hardware
from sft_core.training.batch_plan import BatchPlan, Indices, padding_ratio
from sft_core.training.checkpoints import Checkpoints, is_whole
from sft_core.training.early_stopping import Patience
from sft_core.training.estimate import Estimate
from sft_core.training.goal import is_kept
from sft_core.training.job import Evaluation, TrainJob, TrainResult
from sft_core.training.progress import Progress, read_progress
from sft_core.training.schedules import learning_rate_factor
from sft_core.training.state import disk_needed, load_state, load_weights, write_state
from sft_core.training.stepping import Material, Stepper
from sft_core.training.telemetry import StepTelemetry
from sft_core.training.validation import Validator, pinned_probabilities

SECONDS_BETWEEN_CHECKPOINTS = 120.0
FIRST_CHECKPOINT_BY = 3  # a third of the planned steps


def train(job: TrainJob, expected: Estimate | None = None) -> TrainResult:
    """Fine-tune `job.model` and leave the best state in it; go on from the newest checkpoint where there is one.

    `expected` is told to those who wait; where its steps had to be cut smaller to fit, so are those of the training.
    The first candidate (step 0) is the frozen body with a trained head. Raises Stopped after a checkpoint where the
    work says so, StateError where the numbers break down, ResourceError where memory or disk do not suffice.
    """
    training = _Training(job, expected)
    training.begin()
    training.run()
    return training.finish()


class _Training:
    def __init__(self, job: TrainJob, expected: Estimate | None) -> None:
        settings = job.settings
        self.expected = expected
        torch.set_num_threads(settings.threads or hardware.physical_threads())
        hardware.keep_memory()
        self.job = job
        self.settings = settings
        self.plan = BatchPlan(job.encoded_train.lengths, settings.batch_size, settings.epochs, settings.seed)
        self.accelerator, self.precision = open_accelerator(settings.mixed_precision)
        self.model = job.model.to(self.accelerator.device)
        job.engine.freeze(self.model, settings.frozen_layers)
        assert settings.token_budget is not None, "settings are not resolved"
        material = Material(self.model, job.engine, job.encoded_train, job.y_train, len(job.labels))
        self.stepper = Stepper(
            material, settings, self.accelerator, self.precision, settings.token_budget, self._smaller_budget
        )
        self.validator = Validator(
            job.engine, job.encoded_validation, job.y_validation, job.labels, settings.goal, self.stepper.loss
        )
        self.checkpoints = Checkpoints(job.checkpoints)
        self.progress = Progress(self.plan.hash, settings.token_budget)
        self.patience = Patience(settings.patience)
        self.telemetry = StepTelemetry(job.work.events, partial(hardware.memory_mb, self.accelerator.device))
        self.saved_at = time.monotonic()
        self.saved = (-1, -1)  # step and last evaluated step of the newest checkpoint
        self.batches: tuple[int, list[Indices]] = (-1, [])

    # --- begin: from the base model, or from a checkpoint ---

    def begin(self) -> None:
        """Load the newest whole checkpoint, or train the head of the frozen body."""
        self.checkpoints.reserve(disk_needed(self.model))
        newest, damaged = self.checkpoints.newest_valid()
        if newest is not None:
            self._load(newest)
        for path in damaged:
            self.checkpoints.drop(path)
            self._warn(
                f"The saved state {path.name} is damaged and was left out.",
                f"Going on from step {self.progress.step}.",
            )
        self._tell_plan()
        if newest is None:
            self._cut_as_tried()
            self._warm_start()

    def _load(self, checkpoint: Path) -> None:
        if read_progress(checkpoint).plan_hash != self.plan.hash:
            raise StateError(
                "The saved state belongs to other rows or other settings.", "Start a new run instead of resuming."
            )
        progress = load_state(checkpoint, self.model, self.stepper)
        if not self.checkpoints.path(progress.best_step).exists():  # its checkpoint was lost: judge again
            progress.best_score, progress.evaluated = None, -1
        self.progress, self.saved = progress, (progress.step, progress.evaluated)
        self.patience.waited = progress.waited

    def _tell_plan(self) -> None:
        first = self.plan.epoch(0)
        self.job.work.events.add(
            "plan",
            steps=self.plan.total_steps,
            batches=self.plan.steps_per_epoch,
            padding_ratio=round(padding_ratio(first, self.plan.lengths), 4),
            plan_hash=self.plan.hash,
            epochs=self.plan.epochs,
            **self._tell_expected(),
        )

    def _tell_expected(self) -> dict[str, float]:
        """Seconds to the end of the plan and megabytes of memory, where they were measured."""
        if self.expected is None:
            return {}
        left = 1 - self.progress.step / self.plan.total_steps
        return {"seconds": round(self.expected.total_seconds * left, 3), "memory_mb": self.expected.memory_mb}

    def _cut_as_tried(self) -> None:
        if self.expected is not None and self.expected.token_budget < self.stepper.token_budget:
            self.stepper.token_budget = self.expected.token_budget
            self._smaller_budget(self.expected.token_budget)

    def _warm_start(self) -> None:
        job, began = self.job, time.monotonic()
        first_token, pooled = job.first_token, job.pooled
        if first_token is None:
            first_token, pooled = forward_features(
                self.model, job.engine, job.encoded_train, precision=self.precision, should_stop=job.work.should_stop
            )
        job.engine.warm_start_head(
            self.model,
            first_token,
            job.y_train,
            seed=self.settings.seed,
            pooled=pooled,
            should_stop=job.work.should_stop,
        )
        if job.work.should_stop():  # the head may be half trained: a resume begins anew
            raise Stopped("Stopped before the first step.", "Choose Resume to start.")
        self.progress.train_seconds += time.monotonic() - began

    # --- run ---

    def run(self) -> None:
        """All steps that are left."""
        self.model.train()
        while True:
            kept = self._evaluate_if_due()
            done = self.patience.ended or self.progress.step >= self.plan.total_steps
            if kept or done or self._checkpoint_is_due():
                self._save()
            if done:
                return
            if self.job.work.should_stop():
                self._stop()
            self._step()

    def _step(self) -> None:
        progress = self.progress
        batch = self._batch(progress.epoch, progress.next_batch)
        factor = learning_rate_factor(
            self.settings.schedule, progress.step, self.plan.total_steps, self.settings.warmup_share
        )
        began = time.monotonic()
        loss = self.stepper.take(batch, progress.step, factor)
        seconds = time.monotonic() - began
        progress.advance(self.plan.steps_per_epoch)
        progress.train_seconds += seconds
        progress.body_seconds += seconds
        progress.count(self.stepper.right, len(batch))
        self.telemetry.add(
            epoch=progress.step / self.plan.steps_per_epoch,
            step=progress.step,
            loss=loss,
            rows=len(batch),
            lr=(self.settings.lr_body or 0.0) * factor,
            seconds=seconds,
        )

    def _batch(self, epoch: int, number: int) -> Indices:
        if self.batches[0] != epoch:
            self.batches = (epoch, self.plan.epoch(epoch))
        return self.batches[1][number]

    def _evaluate_if_due(self) -> bool:
        """Whether an evaluation was due and found a state to keep."""
        progress = self.progress
        if progress.evaluated == progress.step or not self._evaluation_is_due():
            return False
        self.telemetry.flush()
        try:
            return self._evaluate()
        except Stopped:
            self._stop()
            raise

    def _evaluation_is_due(self) -> bool:
        per_epoch, each = self.plan.steps_per_epoch, self.settings.evaluations_per_epoch
        within = self.progress.step % per_epoch
        return (
            self.progress.evaluated < 0 or within == 0 or within in {-(-per_epoch * i // each) for i in range(1, each)}
        )

    def _evaluate(self) -> bool:
        progress, events = self.progress, self.job.work.events
        self.stepper.settle()
        found = self.validator.evaluate(self.model, self.precision, progress.step, self.job.work.should_stop)
        epoch = round(progress.step / self.plan.steps_per_epoch, 4)
        facts = Evaluation(epoch, progress.step, found.loss, found.score, found.metrics)
        kept = is_kept(found.score, found.rows, progress.best_score, progress.first_score)
        events.add(
            "evaluation",
            epoch=epoch,
            step=progress.step,
            loss=found.loss,
            metrics=found.metrics,
            confusion=found.confusion,
            train_accuracy=progress.train_accuracy(),
            kept=kept,
        )
        if kept:
            progress.best_step = progress.step
        if progress.first_score is None:
            progress.first_score = found.score
        progress.best_score = max(found.score, progress.best_score or 0.0)
        progress.right = progress.answered = 0
        self._tell_pinned()
        if progress.step > 0:
            self.patience.saw(kept=kept)
        progress.waited, progress.evaluated = self.patience.waited, progress.step
        progress.history = [*progress.history, facts]
        return kept

    def _tell_pinned(self) -> None:
        pinned = self.job.pinned.now() if self.job.pinned else None
        if pinned is not None:
            sentences, rows = pinned
            values = pinned_probabilities(self.model, self.job.engine, rows, self.precision)
            self.job.work.events.add("pinned", step=self.progress.step, sentences=sentences, probabilities=values)

    # --- checkpoints ---

    def _checkpoint_is_due(self) -> bool:
        step = self.progress.step
        third = max(1, self.plan.total_steps // FIRST_CHECKPOINT_BY)
        every = min(self.settings.checkpoint_steps or third, third)
        late = time.monotonic() - self.saved_at >= SECONDS_BETWEEN_CHECKPOINTS
        return step > 0 and (step % every == 0 or late)

    def _save(self) -> None:
        now = (self.progress.step, self.progress.evaluated)
        if now == self.saved:
            return
        self.progress.peak_memory_mb = max(
            self.progress.peak_memory_mb, hardware.peak_memory_mb(self.accelerator.device)
        )
        write = partial(write_state, model=self.model, stepper=self.stepper, progress=self.progress)
        self.checkpoints.save(self.progress.step, write, best=self.progress.best_step)
        self.saved_at, self.saved = time.monotonic(), now
        self.job.work.events.add("checkpoint", step=self.progress.step)

    def _stop(self) -> None:
        self.telemetry.flush()
        self._save()
        raise Stopped(
            f"Stopped at step {self.progress.step} of {self.plan.total_steps}; its state is saved.",
            "Choose Resume to go on from there.",
        )

    # --- finish ---

    def finish(self) -> TrainResult:
        """Put the best state into the model and sum up."""
        self.telemetry.flush()
        progress = self.progress
        self.stepper.close()
        best = self.checkpoints.path(progress.best_step)
        if progress.best_step != progress.step and is_whole(best):
            load_weights(best, self.model)
        elif progress.best_step != progress.step:
            self._warn("The best state was damaged on the disk.", "The last state is used instead.")
        self.model.eval()
        return TrainResult(
            best_step=progress.best_step,
            best_validation_score=self._kept_score(),
            steps=progress.step,
            planned_steps=self.plan.total_steps,
            stopped_early=progress.step < self.plan.total_steps,
            history=progress.history,
            timing=self._timing(),
            precision=self.precision,
            token_budget=self.stepper.token_budget,
            warnings=progress.warnings,
        )

    def _kept_score(self) -> float | None:
        return next((look.score for look in self.progress.history if look.step == self.progress.best_step), None)

    def _timing(self) -> dict[str, float]:
        progress = self.progress
        peak = max(progress.peak_memory_mb, hardware.peak_memory_mb(self.accelerator.device))
        return {
            "train_seconds": round(progress.train_seconds, 3),
            "examples": progress.examples,
            "samples_per_second": round(progress.examples / progress.body_seconds, 1) if progress.body_seconds else 0.0,
            "peak_memory_mb": peak,
        }

    def _smaller_budget(self, budget: int) -> None:
        self.progress.token_budget = budget
        amount = f"{budget} {self.job.engine.unit} are computed at once"
        self._warn(
            f"Memory ran out at step {self.progress.step + 1}: from here on {amount}.",
            "The result stays the same, only slower; nothing needs to be done.",
        )

    def _warn(self, message: str, hint: str) -> None:
        self.progress.warnings = [*self.progress.warnings, {"message": message, "hint": hint}]
        self.job.work.events.add("warning", message=message, hint=hint)


def open_accelerator(mixed_precision: str) -> tuple[Accelerator, Precision]:
    """The device to train on, and the short numbers to use there.

    Accelerate knows of fp16 only, for its gradient scaler; autocast is ours, the same for training and inference.
    """
    has_gpu = torch.cuda.is_available()
    precision = hardware.choose_precision(mixed_precision, torch.device("cuda" if has_gpu else "cpu"))
    accelerator = Accelerator(mixed_precision="fp16" if precision == "fp16" else "no", cpu=not has_gpu)
    if accelerator.num_processes > 1:
        raise StateError("A training runs in one process for now.", "Start it without a launcher for several.")
    return accelerator, precision
