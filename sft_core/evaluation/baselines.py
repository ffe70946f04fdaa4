"""What a run must beat: the commonest class, counted words, and the base model with nothing but a new last layer.

They take seconds, run before the training, and already fill the confusion matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.data.gathering import Gathered
from sft_core.evaluation.wording import spoken
from sft_core.features.majority import fit_majority
from sft_core.features.material import Part, parts
from sft_core.features.probe import Probe, fit_probe
from sft_core.features.simple import SIMPLE, fit_simple
from sft_core.records import Work
from sft_core.scoring.calibration import fit_temperature
from sft_core.scoring.metrics import confusion, score
from sft_core.tasks.registry import get_task

Floats = NDArray[np.float32]
METRICS = ("accuracy", "macro_f1", "macro_precision", "macro_recall")
# Above this the probe learns from an evenly drawn part: it takes seconds, and more rows hardly change it.
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Baseline:
    """Probabilities of one baseline on the validation and the test rows, (n, k) in the order of the labels.

    `rows_used` is how many of the training rows it learnt from.
    """

    validation: Floats
    test: Floats
    rows_used: int


def simple_baselines(gathered: Gathered, task: str, seed: int, work: Work) -> dict[str, Baseline]:
    """What needs no base model: majority, and the simple methods of the task; an event for each when it is there."""
    splits, labels = parts(gathered), gathered.labels
    train, found = splits["train"], {}

    def keep(name: str, rows_used: int, validation: Floats, test: Floats) -> None:
        found[name] = Baseline(validation, test, rows_used)
        tell(work, name, splits["validation"].true, validation, labels)

    majority = fit_majority(train.y, labels)
    keep("majority", len(train), *(majority.probabilities(len(splits[split])) for split in ("validation", "test")))
    for name in simple_methods(task):
        model = fit_simple(name, train, labels, seed)
        said = (model.probabilities(splits[split].inputs, splits[split].pairs) for split in ("validation", "test"))
        keep(name, model.rows_used, *said)
    return found


def simple_methods(task: str) -> list[str]:
    """The names of a task's simple methods."""
    return [name for name in get_task(task).baselines if name in SIMPLE]


def learnt_from_part(baselines: Mapping[str, Baseline], rows: int) -> dict[str, int]:
    """The baselines that learnt from fewer than all `rows` training rows, and from how many."""
    return {name: baseline.rows_used for name, baseline in baselines.items() if baseline.rows_used < rows}


def part_warnings(parts: Mapping[str, int], rows: int) -> list[str]:
    """What a reader should know where baselines learnt from fewer rows than the model: one sentence, or none."""
    if not parts:
        return []
    learnt = " and ".join(f"{spoken(name)} learnt from {used:,}" for name, used in parts.items())
    return [
        f"To save time, not all {rows:,} training rows were used for the comparisons: {learnt}. "
        "With all of them the comparison might be closer."
    ]


def try_probe(
    splits: Mapping[str, Part],
    features: Mapping[str, Floats],
    labels: tuple[str, ...],
    seed: int,
    work: Work,
) -> Probe:
    """Fit the probe, on at most `MOST_ROWS` rows, and tell how it does on validation.

    `features` are mean-pooled features (n, h) of the frozen base model for training and validation.
    """
    chosen = _drawn(splits["train"], seed)
    probe = fit_probe(features["train"][chosen], splits["train"].y[chosen], labels, seed)
    probe = probe.cooled(fit_temperature(probe.logits(features["validation"]), splits["validation"].y))
    tell(work, "probe", splits["validation"].true, probe.probabilities(features["validation"]), labels)
    return probe


def of_probe(probe: Probe, validation: Floats, test: Floats, train: Part) -> Baseline:
    """What the probe that was fitted on `train` says to the features (n, h) of the validation and the test rows."""
    return Baseline(probe.probabilities(validation), probe.probabilities(test), min(len(train), MOST_ROWS))


def tell_parts(baselines: Mapping[str, Baseline], rows: int, work: Work) -> None:
    """Say once to whoever follows the run which baselines learnt from a part of its `rows` training rows."""
    for message in part_warnings(learnt_from_part(baselines, rows), rows) if work.attempt == 1 else []:
        work.events.add("warning", message=message, hint="")


def tell(work: Work, name: str, true: list[str], probabilities: Floats, labels: tuple[str, ...]) -> None:
    """The event from which the live page draws a baseline and the first confusion matrix."""
    scores: dict[str, Any] = {**score(true, probabilities, labels)}
    matrix = {"labels": list(labels), "matrix": confusion(true, probabilities, labels)}
    work.events.add("baseline", name=name, metrics={key: scores[key] for key in METRICS}, confusion=matrix)


def _drawn(train: Part, seed: int) -> NDArray[np.int64]:
    if len(train) <= MOST_ROWS:
        return np.arange(len(train))
    return np.sort(np.random.default_rng(seed).choice(len(train), MOST_ROWS, replace=False))
