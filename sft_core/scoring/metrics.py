"""How good answers are, as numbers: the same as scikit-learn's, from one table of counts.

Labels that the model does not know count as wrong. Macro means run over all `labels` with `zero_division=0`, like
`sklearn.metrics.f1_score(true, said, labels=labels, average="macro", zero_division=0)`. What cannot be computed is
None, and `unavailable` says why.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from sft_core.errors import DataError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

UNKNOWN = -1
METRICS = ("accuracy", "macro_f1", "weighted_f1", "macro_precision", "macro_recall", "log_loss")


class Scores(TypedDict):
    """The metrics of one set of rows; None where one cannot be computed, with the reason in `unavailable`."""

    accuracy: float | None
    macro_f1: float | None
    weighted_f1: float | None
    macro_precision: float | None
    macro_recall: float | None
    log_loss: float | None
    unavailable: dict[str, str]


class ClassScores(TypedDict):
    """The scores of one class. None: the class never occurs (recall) or was never said (precision)."""

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


def score(true: Sequence[str], probabilities: NDArray[Any], labels: Sequence[str]) -> Scores:
    """All metrics of probabilities (n, k), columns in the order of `labels`. Raises DataError where they are none."""
    checked = check_probabilities(probabilities, len(true), len(labels))
    known = codes(true, labels)
    scores = score_counts(count(known, checked.argmax(axis=1), len(labels))) if len(true) else _no_rows()
    loss, reason = _log_loss(known, checked)
    scores["log_loss"] = loss
    if reason:
        scores["unavailable"]["log_loss"] = reason
    return scores


def score_said(true: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> Scores:
    """The metrics of answers without probabilities (a person's, another program's); log_loss is then None."""
    if not true:
        return _no_rows()
    scores = score_counts(cells(true, said, labels))
    scores["unavailable"]["log_loss"] = "Only answers are there, no probabilities."
    return scores


def score_counts(counts: Counts) -> Scores:
    """The metrics of a table from `count`, log_loss left None."""
    precision, recall, f1 = rates(counts)
    support = counts.sum(axis=1)[:-1]
    total = float(counts.sum())
    known = float(support.sum())
    return Scores(
        accuracy=float(np.trace(counts[:-1, :-1]) / total),
        macro_f1=float(f1.mean()),
        weighted_f1=float((f1 * support).sum() / known) if known else 0.0,
        macro_precision=float(precision.mean()),
        macro_recall=float(recall.mean()),
        log_loss=None,
        unavailable={},
    )


def confusion(true: Sequence[str], probabilities: NDArray[Any], labels: Sequence[str]) -> list[list[int]]:
    """Rows: what it really was; columns: what was said; both in the order of `labels` (unknown labels left out)."""
    checked = check_probabilities(probabilities, len(true), len(labels))
    counts = count(codes(true, labels), checked.argmax(axis=1), len(labels))
    return matrix_of(counts)


def matrix_of(counts: Counts) -> list[list[int]]:
    """The k × k matrix of a table from `count`, as plain lists."""
    return [[int(cell) for cell in row] for row in counts[:-1, :-1]]


def per_class(counts: Counts, labels: Sequence[str]) -> list[ClassScores]:
    """Precision, recall, F1 and support of each class, from a table of `count`."""
    precision, recall, f1 = rates(counts)
    support, said = counts.sum(axis=1)[:-1], counts.sum(axis=0)[:-1]
    return [
        ClassScores(
            label=label,
            precision=float(precision[i]) if said[i] else None,
            recall=float(recall[i]) if support[i] else None,
            f1=float(f1[i]) if support[i] or said[i] else None,
            support=int(support[i]),
        )
        for i, label in enumerate(labels)
    ]


def check_probabilities(probabilities: NDArray[Any], rows: int, classes: int) -> Floats:
    """The probabilities as float64 (n, k). Raises DataError where a number is missing, negative or does not add up."""
    values = np.asarray(probabilities, dtype=np.float64)
    if values.shape != (rows, classes):
        raise DataError(
            f"There are probabilities of the shape {values.shape}, but {rows} rows and {classes} classes.",
            "The answers belong to another file or another model: make them anew.",
        )
    if not np.isfinite(values).all():
        bad = int((~np.isfinite(values).all(axis=1)).sum())
        raise DataError(
            f"The model gave no valid probabilities for {bad} of {rows} rows.",
            "Its training went wrong: train again with the settings of the preset.",
        )
    if values.size and (values.min() < -1e-6 or abs(values.sum(axis=1) - 1).max() > 1e-2):
        raise DataError(
            "These numbers are no probabilities: they do not add up to 1.", "Give shares that add up to 1 in each row."
        )
    return values


def codes(names: Sequence[str], labels: Sequence[str]) -> Counts:
    """The place of each name in `labels`; UNKNOWN (-1) for a name that is none of them."""
    places = {label: place for place, label in enumerate(labels)}
    return np.fromiter((places.get(name, UNKNOWN) for name in names), dtype=np.int64, count=len(names))


def count(true: Counts, said: NDArray[Any], classes: int) -> Counts:
    """How often which class was taken for which: (k + 1, k + 1), the last row and column for unknown labels."""
    size = classes + 1
    pairs = (true % size) * size + said % size  # -1 % size is the last place
    return np.bincount(pairs, minlength=size * size).reshape(size, size).astype(np.int64)


def cells(true: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> Counts:
    """The table of `count` from names. Two unknown labels never agree: the model could not have said them."""
    return count(codes(true, labels), codes(said, labels), len(labels))


def rates(counts: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1 (…, k) of tables (…, k + 1, k + 1); 0 where a denominator is 0, as scikit-learn does."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)[..., :-1]
    return rates_of(hits, counts.sum(axis=-2)[..., :-1], counts.sum(axis=-1)[..., :-1])


def rates_of(hits: NDArray[Any], said: NDArray[Any], support: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1 from how often each class was hit, said and real; 0 for nothing of nothing."""
    return _share(hits, said), _share(hits, support), _share(2 * hits, said + support)


def _share(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    share: Floats = np.divide(part, whole, out=np.zeros(np.shape(part), dtype=np.float64), where=whole != 0)
    return share


def _log_loss(true: Counts, probabilities: Floats) -> tuple[float | None, str]:
    """Mean negative log-probability of the right class, clipped like scikit-learn's; None with a reason."""
    if not len(true):
        return None, "There are no rows."
    if (true == UNKNOWN).any():
        return None, "Some rows have a label that the model does not know: it gives no probability to it."
    if probabilities.shape[1] < 2:
        return None, "There is only one class: its probability is always 1."
    eps = np.finfo(np.float64).eps
    right = probabilities[np.arange(len(true)), true].clip(eps, 1 - eps)
    return float(-np.log(right).mean()), ""


def _no_rows() -> Scores:
    reason = "There are no rows."
    return Scores(
        accuracy=None,
        macro_f1=None,
        weighted_f1=None,
        macro_precision=None,
        macro_recall=None,
        log_loss=None,
        unavailable=dict.fromkeys(METRICS, reason),
    )
