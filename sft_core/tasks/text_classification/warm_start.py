"""A trained head on a frozen body, in seconds, from features that were computed once (the "LP" of LP-FT, 2202.10054).

Two closed steps instead of hundreds of small ones. The dense layer learns, by ridge regression, to say from the vector
that the stock head sees what the mean over all tokens says: that is where a sentence encoder keeps its meaning. Then
the last layer is a logistic regression. Training both on by gradient gained nothing (banking77, see docs/decisions.md).
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sft_core.errors import Stopped
from sft_core.tasks.last_layer import WarmStart, set_layer, train_last
from sft_core.tasks.text_classification.heads import Head

Floats = NDArray[np.float32]

RIDGE = 0.01  # penalty a row, on standardised features
# Where each activation is nearly a straight line: the spread of what goes in, and the middle.
SPREAD, MIDDLE = 0.6, 0.0  # tanh
SPREAD_OPEN, MIDDLE_OPEN = 1.0, 2.5  # relu, gelu: far enough on the open side


def train_head(
    head: Head,
    features: Floats,
    y: NDArray[np.int64],
    *,
    seed: int,
    pooled: Floats | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> WarmStart:
    """Set a head's weights from (n, h) features of `first_token` and class numbers (n,).

    `pooled` (n, h), the mean over tokens of the same rows, is what the dense layer is led to; without it the layer
    only brings the features into the range of its activation. Of an unknown head only the last layer is set.
    """
    began = time.monotonic()
    if head.dense is not None:
        _lead(head.dense, head.activation is torch.tanh, features, features if pooled is None else pooled)
    if should_stop():
        raise Stopped("Stopped while the head was trained.")
    found = train_last(head.out, _hidden(head, features), y, seed=seed, should_stop=should_stop)
    return replace(found, seconds=time.monotonic() - began)


def _lead(dense: nn.Linear, closed: bool, features: Floats, goal: Floats) -> None:
    """Ridge regression from features to the goal, both standardised, in the straight part of the activation."""
    spread, middle = (SPREAD, MIDDLE) if closed else (SPREAD_OPEN, MIDDLE_OPEN)
    wanted = (goal - goal.mean(axis=0)) / (goal.std(axis=0) + 1e-3) * spread + middle
    centre, scale = features.mean(axis=0).astype(np.float64), features.std(axis=0).astype(np.float64) + 1e-3
    if dense.bias is None:
        centre = np.zeros_like(centre)
    x = (features - centre) / scale
    columns = x if dense.bias is None else np.column_stack([x, np.ones(len(x))])
    penalty = np.full(columns.shape[1], RIDGE * len(x))
    if dense.bias is not None:
        penalty[-1] = 1e-6 * len(x)  # the intercept is free
    solved = np.linalg.solve(columns.T @ columns + np.diag(penalty), columns.T @ wanted)
    weight = (solved[: x.shape[1]] / scale[:, None]).T
    bias = None if dense.bias is None else solved[-1] - weight @ centre
    set_layer(dense, weight, bias)


def _hidden(head: Head, features: Floats) -> Floats:
    with torch.no_grad():
        device = head.out.weight.device
        blocks = torch.split(torch.from_numpy(features), 8192)
        parts = [head.hidden(block.to(device)).float().cpu() for block in blocks]
    values: Floats = torch.cat(parts).numpy()
    return values
