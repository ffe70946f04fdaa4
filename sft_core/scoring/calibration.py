"""Whether "90 % sure" is right nine times in ten: the temperature that makes it so, and how far off it is."""

from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from sft_core.scoring.metrics import Floats
from sft_core.scoring.uncertainty import wilson

BINS = 10
COLDEST, HOTTEST = 0.05, 20.0


class Bin(TypedDict):
    """The rows whose confidence lies in (low, high]: how sure the model was, and how often it was right."""

    low: float
    high: float
    rows: int
    confidence: float | None
    accuracy: float | None
    interval: list[float] | None


def fit_temperature(logits: NDArray[Any], y: NDArray[Any]) -> float:
    """The T by which logits (n, k) are divided so that the validation rows `y` (n) are most likely (Guo et al. 2017).

    Rows with y < 0 (unknown labels) are left out. A standard normal prior on log T keeps few or faultless rows from
    driving T to a bound; with hundreds of rows it weighs nothing. 1.0 without rows.
    """
    known = np.asarray(y) >= 0
    scores = np.asarray(logits, dtype=np.float64)[known]
    right = np.asarray(y)[known].astype(np.int64)
    if not len(scores) or scores.shape[1] < 2 or not np.isfinite(scores).all():
        return 1.0
    rows = np.arange(len(scores))

    def cost(log_t: float) -> float:
        likelihood = log_softmax(scores / np.exp(log_t), axis=1)[rows, right].sum()
        return float(-likelihood + 0.5 * log_t**2)

    found = minimize_scalar(cost, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded", options={"xatol": 1e-5})
    return float(np.exp(found.x))


def soften(probabilities: NDArray[Any], temperature: float) -> Floats:
    """Probabilities (n, k) as they would be at this temperature: softmax(log p / T). `1 / T` undoes it."""
    logs = np.log(np.asarray(probabilities, dtype=np.float64).clip(np.finfo(np.float64).tiny, None))
    return np.asarray(softmax(logs / temperature, axis=1), dtype=np.float64)


def ece(confidence: NDArray[Any], right: NDArray[Any], bins: int = BINS) -> float | None:
    """Expected calibration error (Naeini et al. 2015): mean gap of confidence and accuracy; None without rows."""
    if not len(confidence):
        return None
    place, counts = _binned(confidence, bins)
    sure = np.bincount(place, np.asarray(confidence, dtype=np.float64), minlength=bins)
    hits = np.bincount(place, np.asarray(right, dtype=np.float64), minlength=bins)
    return float(np.abs(sure - hits).sum() / counts.sum())


def ece_by_chance(confidence: NDArray[Any], *, repeats: int = 200, seed: int = 0) -> float | None:
    """The error that a perfectly calibrated model would show on as many rows: small samples never show 0."""
    if not len(confidence):
        return None
    sure = np.asarray(confidence, dtype=np.float64)
    place, counts = _binned(sure, BINS)
    expected = np.bincount(place, sure, minlength=BINS)
    dice = np.random.default_rng(seed)
    gaps = [
        np.abs(expected - np.bincount(place, dice.random(len(sure)) < sure, minlength=BINS)).sum()
        for _ in range(repeats)
    ]
    return float(np.mean(gaps) / counts.sum())


def reliability(confidence: NDArray[Any], right: NDArray[Any], bins: int = BINS) -> list[Bin]:
    """The rows by confidence, in `bins` equal steps; empty steps have no accuracy."""
    sure, hits = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=bool)
    place, counts = _binned(sure, bins)
    return [_bin(i, bins, sure[place == i], hits[place == i]) for i in range(bins)] if counts.sum() else []


def _bin(place: int, bins: int, sure: Floats, hits: NDArray[Any]) -> Bin:
    rows = len(sure)
    interval = wilson(int(hits.sum()), rows)
    return Bin(
        low=place / bins,
        high=(place + 1) / bins,
        rows=rows,
        confidence=float(sure.mean()) if rows else None,
        accuracy=float(hits.mean()) if rows else None,
        interval=list(interval) if interval else None,
    )


def _binned(confidence: NDArray[Any], bins: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The step of each confidence (right edge belongs to it) and the rows in each step."""
    place = (np.ceil(np.asarray(confidence, dtype=np.float64) * bins).astype(np.int64) - 1).clip(0, bins - 1)
    return place, np.bincount(place, minlength=bins)
