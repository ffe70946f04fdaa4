"""Logistic regression on fixed features: standardised, with the strength of its penalty chosen on held-out rows."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sft_core.errors import DataError

if TYPE_CHECKING:  # scikit-learn takes a second to import, and only who fits needs it
    from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float32]
Classes = NDArray[np.int64]

CANDIDATES = (0.01, 0.03, 0.1, 0.3, 1.0)  # of C, from strong to weak penalty; on standardised features 0.1 is usual
SEARCH_ROWS = 4_000  # so that the choice of C takes about as long as one fit on all rows
TOLERANCE, SEARCH_TOLERANCE = 1e-4, 1e-3  # the choice of C needs no exact fits
FOLDS_BELOW = 1_000  # with fewer rows one held-out part is too small to choose by
ABSENT = -30.0  # logit of a class without a training row, below the least of the others: probability 0 in fp32


@dataclass(frozen=True)
class Logistic:
    """logits = x @ weight.T + bias, with weight (k, h) and bias (k,) in the units of the given features."""

    weight: Floats
    bias: Floats
    c: float

    def logits(self, features: Floats) -> Floats:
        """(n, k) logits."""
        values: Floats = (features @ self.weight.T + self.bias).astype(np.float32)
        return values

    def probabilities(self, features: Floats) -> Floats:
        """(n, k) probabilities."""
        return softmax(self.logits(features))


def softmax(logits: Floats) -> Floats:
    """Rows of logits as probabilities, without overflow."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    values: Floats = (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
    return values


def fit_logistic(
    features: Floats,
    y: Classes,
    classes: int,
    *,
    seed: int,
    candidates: tuple[float, ...] = CANDIDATES,
) -> Logistic:
    """Fit on (n, h) features and class numbers (n,) below `classes`; classes without rows get probability 0.

    Raises DataError where a feature is not a number.
    """
    if not np.isfinite(features).all():
        raise DataError("The base model gave values that are not numbers.", "Choose another base model.")
    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-3  # a dead feature stays near 0
    scaled = ((features - centre) / spread).astype(np.float32)
    c = choose_c(scaled, y, seed, candidates)
    weight, bias = _fit(scaled, y, classes, [c], TOLERANCE)[c]
    weight = weight / spread
    return Logistic(weight.astype(np.float32), (bias - weight @ centre).astype(np.float32), c)


def choose_c(scaled: Floats, y: Classes, seed: int, candidates: tuple[float, ...] = CANDIDATES) -> float:
    """The candidate with the least log loss on held-out rows (five folds where rows are few)."""
    order = np.random.default_rng(seed).permutation(len(y))[:SEARCH_ROWS]
    parts = np.array_split(order, 5)
    if len(candidates) == 1 or min(len(part) for part in parts) == 0 or len(np.unique(y)) < 2:
        return candidates[len(candidates) // 2]
    held_out = parts if len(y) < FOLDS_BELOW else parts[:1]
    losses = np.zeros(len(candidates))
    for test in held_out:
        train = np.setdiff1d(order, test, assume_unique=True)
        fits = _fit(scaled[train], y[train], int(y.max()) + 1, list(candidates), SEARCH_TOLERANCE)
        losses += [_log_loss(*fits[c], scaled[test], y[test]) for c in candidates]
    return candidates[int(losses.argmin())]


def _log_loss(weight: Floats, bias: Floats, x: Floats, y: Classes) -> float:
    probabilities = softmax((x @ weight.T + bias).astype(np.float32))
    return float(-np.log(np.maximum(probabilities[np.arange(len(y)), y], 1e-7)).sum())


def _fit(x: Floats, y: Classes, classes: int, cs: list[float], tolerance: float) -> dict[float, tuple[Floats, Floats]]:
    """(weight, bias) for each C, from the strongest penalty on, each starting where the last one ended."""
    from sklearn.linear_model import LogisticRegression

    weight, bias = np.zeros((classes, x.shape[1]), np.float32), np.full(classes, ABSENT, np.float32)
    present = np.unique(y)
    bias[present] = 0
    if len(present) < 2:
        return dict.fromkeys(cs, (weight, bias))
    model = LogisticRegression(max_iter=200, tol=tolerance, warm_start=True)
    fits = {}
    for c in sorted(cs):
        model.set_params(C=c)
        _converge(model, x, y)
        weight, bias = weight.copy(), bias.copy()
        weight[present], bias[present] = _rows(model)
        bias[np.setdiff1d(np.arange(classes), present)] = bias[present].min() + ABSENT
        fits[c] = (weight, bias)
    return fits


def _converge(model: "LogisticRegression", x: Floats, y: Classes) -> None:
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # an early end is a little more regularisation, no harm
        model.fit(x, y)


def _rows(model: "LogisticRegression") -> tuple[Floats, Floats]:
    if len(model.classes_) == 2:  # one row is kept then, for the second class against the first
        coefficients, intercepts = (
            np.vstack([-model.coef_, model.coef_]) / 2,
            np.array([-1.0, 1.0]) * model.intercept_ / 2,
        )
    else:
        coefficients, intercepts = model.coef_, model.intercept_
    return coefficients.astype(np.float32), intercepts.astype(np.float32)
