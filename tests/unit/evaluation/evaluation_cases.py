"""Small made-up answers, the same for every test of the evaluation."""

from pathlib import Path

import numpy as np
import pandas as pd

from sft_core.evaluation.answers import Answers
from sft_core.evaluation.predictions import write_predictions
from sft_core.evaluation.report import RunFacts, build_report
from sft_core.records import write_json
from sft_core.workspace import RunFolder

LABELS = ["Billing", "Complaint", "Delivery"]
CONFIG = {
    "schema_version": 1,
    "name": "Sample",
    "task": "text-classification",
    "preset": "quick",
    "seed": 0,
    "model": {"asked": "/home/someone/models/x", "name": "bundled", "revision": None, "sha256": "53aa"},
    "settings": {"epochs": 3, "optimizer": "adamw", "max_length": 64, "goal": {"kind": "recall", "label": "Billing"}},
    "data": {"name": "messages.csv", "hash": "abc123", "version": 2},
    "roles": {"text": ["message"], "label": "topic"},
    "labels": LABELS,
    "reasons": ["3 classes are few."],
    "pinned": ["a private sentence"],
}


def answers(rows: int = 200, skill: float = 3.0, seed: int = 0, labels: list[str] | None = None) -> Answers:
    """Answers that are right more often the higher `skill` is; the same `seed` gives the same rows."""
    labels = labels or LABELS
    y = np.random.default_rng(seed).integers(0, len(labels), rows)
    dice = np.random.default_rng([seed, round(abs(skill) * 10)])
    logits = dice.normal(size=(rows, len(labels))) + skill * np.eye(len(labels))[y]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return Answers(table(rows), [labels[i] for i in y], p.astype(np.float32))


def table(rows: int, start: int = 0) -> pd.DataFrame:
    """Rows with a message each, no two alike."""
    numbers = range(start, start + rows)
    return pd.DataFrame(
        {
            "message": [f"message number {i}" for i in numbers],
            "_source": ["train"] * rows,
            "_row": np.array(list(numbers), dtype=np.int64),
        }
    )


def report(**changes: object) -> dict:
    """A report of a decent model with its three baselines."""
    values = {
        "facts": RunFacts("text-classification", "bundled", "quick", 0, {"train": 700, "validation": 100, "test": 200}),
        "labels": LABELS,
        "validation": answers(100, seed=1),
        "test": answers(200),
        "baselines": {
            "majority": one_class(answers(200), 0),
            "tfidf_logreg": answers(200, skill=1.2),
            "probe": answers(200, skill=1.5),
        },
        "temperature": 1.4,
        "audit": {"duplicates_across_splits": 0},
        "timing": {"train_seconds": 3.5, "examples": 2100},
        "environment": {"python": "3.11"},
    }
    return build_report(**{**values, **changes})


def one_class(given: Answers, place: int, sure: float = 0.9) -> Answers:
    """The same rows, all answered with one class."""
    k = given.probabilities.shape[1]
    p = np.full((len(given), k), (1 - sure) / max(1, k - 1), dtype=np.float32)
    p[:, place] = sure
    return Answers(given.rows, given.true, p)


def run_folder(root: Path) -> RunFolder:
    """A finished run as it lies on the disk; its weights are only bytes."""
    folder = RunFolder(root)
    folder.model.mkdir(parents=True)
    write_json(folder.report, report())
    write_json(folder.config, CONFIG)
    names = {str(place): label for place, label in enumerate(LABELS)}
    write_json(folder.model / "config.json", {"model_type": "bert", "id2label": names})
    (folder.model / "model.safetensors").write_bytes(b"\x01" * 3_000_000)
    (folder.model / "tokenizer.json").write_text("{}")
    (folder.model / "README.md").write_text("old")
    (folder.model / "evil.bin").write_bytes(b"a pickle")
    folder.row_hashes.write_text("aa\nbb\n")
    write_predictions(folder.predictions, answers(20), LABELS)
    return folder
