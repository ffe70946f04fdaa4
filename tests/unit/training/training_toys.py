"""A tiny BERT with its engine, separable toy rows, and a training of them in a process of its own.

`python training_toys.py <folder> [key=value …]` trains in <folder> and prints a digest of what came out.
"""

import hashlib
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from transformers import BertConfig, BertForSequenceClassification

from sft_core.config import Goal, TrainingSettings
from sft_core.records import EventLog, Work, read_events
from sft_core.tasks.encoded import Encoded, from_rows
from sft_core.tasks.text_classification.engine import ENGINE, TextClassification
from sft_core.training.job import TrainJob, TrainResult
from sft_core.training.loop import train
from sft_core.training.pinned import PinnedSentences
from sft_core.workspace import RunFolder

LABELS = ("bill", "card", "loan")
VOCABULARY = 100
WORDS = 40  # of which occur


class ColdEngine(TextClassification):
    """Leaves the head as it is: what these tests hold is the way from there on."""

    def warm_start_head(self, *_: object, **__: object) -> None:
        """Nothing."""


def tiny_bert(*, dropout: float = 0.1, classes: int = 3, seed: int = 0) -> BertForSequenceClassification:
    """Two layers of 16 numbers, random weights."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        num_labels=classes,
        initializer_range=0.3,  # with the usual 0.02, so small a model learns nothing for a hundred steps
    )
    return BertForSequenceClassification(config)


def toy_rows(n: int, *, seed: int = 0, classes: int = 3, noise: float = 0.0) -> tuple[Encoded, np.ndarray]:
    """Rows whose class is the one of which they hold a telling token; `noise` is the share of wrong classes."""
    dice = np.random.default_rng(seed)
    y = dice.integers(0, classes, n)
    rows = []
    for label in y:
        row = dice.integers(10, WORDS, dice.integers(2, 12))
        row[dice.integers(0, len(row))] = 4 + label
        rows.append([1, *row.tolist(), 2])
    wrong = dice.random(n) < noise
    y = np.where(wrong, dice.integers(0, classes, n), y)
    return from_rows({"input_ids": rows}, {"input_ids": 0}), y.astype(np.int64)


def toy_settings(**changes) -> TrainingSettings:
    """Settings that learn the toy rows in a second."""
    values = {
        "epochs": 3,
        "batch_size": 16,
        "lr_body": 3e-3,
        "lr_head": 3e-3,
        "token_budget": 64,
        "max_length": 16,
        "mixed_precision": "off",
        "threads": 1,
        **changes,
    }
    return TrainingSettings(**values)


def toy_job(folder: Path, *, should_stop=lambda: False, rows: int = 96, dropout: float = 0.1, **changes):
    """A training of the toy rows in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    warm = changes.pop("warm", False)
    goal, pinned = changes.pop("goal", Goal()), changes.pop("pinned", ())
    work = Work(folder, {}, 1, EventLog(folder / "events.jsonl", 1), should_stop)
    encoded, y = toy_rows(rows, seed=1)
    validation, y_validation = toy_rows(changes.pop("validation_rows", 40), seed=2, noise=0.1)
    return TrainJob(
        model=tiny_bert(dropout=dropout),
        engine=ENGINE if warm else ColdEngine(),
        encoded_train=encoded,
        y_train=y,
        encoded_validation=validation,
        y_validation=y_validation,
        labels=LABELS,
        settings=toy_settings(goal=goal, **changes),
        work=work,
        checkpoints=folder / "checkpoints",
        pinned=PinnedSentences(RunFolder(folder), tuple(pinned), _toy_tokens, partial(_warn, work)),
    )


def _toy_tokens(sentences: Sequence[str]) -> Encoded:
    return toy_rows(len(sentences), seed=5)[0]


def _warn(work: Work, message: str, hint: str) -> None:
    work.events.add("warning", message=message, hint=hint)


def events_of(folder: Path, kind: str) -> list[dict]:
    """All events of one kind."""
    return [event for event in read_events(folder / "events.jsonl")[0] if event["kind"] == kind]


def digest(model: torch.nn.Module) -> str:
    """A hash of all weights, bit for bit."""
    content = b"".join(value.detach().contiguous().numpy().tobytes() for value in model.state_dict().values())
    return hashlib.sha256(content).hexdigest()


def outcome(job: TrainJob, result: TrainResult) -> dict:
    """What two equal trainings must have in common."""
    return {
        "weights": digest(job.model),
        "best": result.best_step,
        "losses": [entry.loss for entry in result.history],
        "examples": result.timing["examples"],
        "training scores": {
            str(event["step"]): event["train_accuracy"] for event in events_of(job.work.folder, "evaluation")
        },
    }


def on_forward(job: TrainJob, act: Callable[[int], None], *, training: bool = True) -> None:
    """Call `act` with the number (from 1) of each forward pass through the body that is (not) for training."""
    numbers = itertools.count(1)

    def hook(module: torch.nn.Module, *_: object) -> None:
        if module.training is training:
            act(next(numbers))

    job.model.bert.embeddings.register_forward_hook(hook)


def job_that_stops(folder: Path, *, at: int, training: bool = True, **changes) -> TrainJob:
    """A job that is asked to stop during its forward pass number `at`."""
    asked: list[int] = []
    job = toy_job(folder, should_stop=lambda: bool(asked), **changes)
    on_forward(job, lambda number: asked.append(number) if number >= at else None, training=training)
    return job


def main(folder: Path, *pairs: str) -> None:
    """Train; with kill_at=N kill this process (SIGKILL) inside the N-th forward pass."""
    options = {key: json.loads(value) for key, value in (pair.split("=") for pair in pairs)}
    kill_at = options.pop("kill_at", None)
    job = toy_job(folder, **options)
    if kill_at is not None:
        on_forward(job, lambda number: os.kill(os.getpid(), signal.SIGKILL) if number >= kill_at else None)
    sys.stdout.write(json.dumps(outcome(job, train(job))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
