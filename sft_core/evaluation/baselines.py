"""What a run must beat: the commonest class, counted words, and the base model with nothing but a new last layer.

They take seconds, run before the training, and already fill the confusion matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.data.gathering import Gathered
from sft_core.features.majority import fit_majority
from sft_core.features.material import Part, parts
from sft_core.features.probe import Probe, fit_probe
from sft_core.features.words import fit_words
from sft_core.records import Work
from sft_core.scoring.calibration import fit_temperature
from sft_core.scoring.metrics import confusion, score

Floats = NDArray[np.float32]
METRICS = ("accuracy", "macro_f1", "macro_precision", "macro_recall")
# Above this a baseline learns from an evenly drawn part: it takes seconds, and more rows hardly change it.
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Baseline:
    """Probabilities of one baseline on the validation and the test rows, (n, k) in the order of the labels."""

    validation: Floats
    test: Floats


def simple_baselines(gathered: Gathered, seed: int, work: Work) -> dict[str, Baseline]:
    """Majority, and TF-IDF with logistic regression; an event for each as soon as it is there. No base model."""
    splits, labels = parts(gathered), gathered.labels
    train, found = splits["train"], {}

    def keep(name: str, validation: Floats, test: Floats) -> None:
        found[name] = Baseline(validation, test)
        tell(work, name, splits["validation"].true, validation, labels)

    majority = fit_majority(train.y, labels)
    keep("majority", *(majority.probabilities(len(splits[split])) for split in ("validation", "test")))
    words = fit_words(train.texts, train.y, labels, pairs=train.pairs, seed=seed)
    keep("tfidf_logreg", *(words.probabilities(splits[s].texts, splits[s].pairs) for s in ("validation", "test")))
    return found


def try_probe(
    splits: Mapping[str, Part],
    features: Mapping[str, Floats],
    labels: tuple[str, ...],
    seed: int,
    work: Work,
) -> Probe:
    """Fit the probe and tell how it does on validation.

    `features` are mean-pooled features (n, h) of the frozen base model for training and validation.
    """
    chosen = _drawn(splits["train"], seed)
    probe = fit_probe(features["train"][chosen], splits["train"].y[chosen], labels, seed)
    probe = probe.cooled(fit_temperature(probe.logits(features["validation"]), splits["validation"].y))
    tell(work, "probe", splits["validation"].true, probe.probabilities(features["validation"]), labels)
    return probe


def tell(work: Work, name: str, true: list[str], probabilities: Floats, labels: tuple[str, ...]) -> None:
    """The event from which the live page draws a baseline and the first confusion matrix."""
    scores: dict[str, Any] = {**score(true, probabilities, labels)}
    matrix = {"labels": list(labels), "matrix": confusion(true, probabilities, labels)}
    work.events.add("baseline", name=name, metrics={key: scores[key] for key in METRICS}, confusion=matrix)


def _drawn(train: Part, seed: int) -> NDArray[np.int64]:
    if len(train) <= MOST_ROWS:
        return np.arange(len(train))
    return np.sort(np.random.default_rng(seed).choice(len(train), MOST_ROWS, replace=False))
