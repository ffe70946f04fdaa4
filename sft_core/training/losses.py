"""What is made small while learning. Each loss returns the *sum* over rows: the loop divides by the rows of a step."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

# (logits (b, k) fp32, targets (b,)) -> scalar: the sum over the rows
SummedLoss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def cross_entropy(y: NDArray[np.int64], classes: int, smoothing: float = 0.0) -> SummedLoss:  # noqa: ARG001
    """All rows count alike. `smoothing` is the share of each row's target that is spread over all classes."""
    return partial(functional.cross_entropy, reduction="sum", label_smoothing=smoothing)


def class_weighted(y: NDArray[np.int64], classes: int, smoothing: float = 0.0) -> SummedLoss:
    """All classes count alike: a row weighs rows / (classes present × rows of its class), 1 on average over `y`."""
    counts = np.bincount(y, minlength=classes)
    present = counts > 0
    weights = np.where(present, len(y) / (max(1, present.sum()) * np.maximum(counts, 1)), 1.0)
    tensor = torch.tensor(weights, dtype=torch.float32)

    def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        weight = tensor.to(logits.device)
        return functional.cross_entropy(logits, targets, weight=weight, reduction="sum", label_smoothing=smoothing)

    return loss


# (classes (n,) of the training rows, how many there are, smoothing) -> the loss
LOSSES: dict[str, Callable[[NDArray[np.int64], int, float], SummedLoss]] = {
    "cross_entropy": cross_entropy,
    "class_weighted": class_weighted,
}
