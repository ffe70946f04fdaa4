"""What is made small while learning. Each loss returns the *sum* over rows: the loop divides by the rows of a step."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

# (logits (b, k) fp32, targets (b,)) -> scalar: the sum over the rows
SummedLoss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def cross_entropy(y: NDArray[np.int64], classes: int) -> SummedLoss:  # noqa: ARG001
    """All rows count alike."""
    return lambda logits, targets: functional.cross_entropy(logits, targets, reduction="sum")


def class_weighted(y: NDArray[np.int64], classes: int) -> SummedLoss:
    """All classes count alike: a row weighs rows / (classes present × rows of its class), 1 on average over `y`."""
    counts = np.bincount(y, minlength=classes)
    present = counts > 0
    weights = np.where(present, len(y) / (max(1, present.sum()) * np.maximum(counts, 1)), 1.0)
    tensor = torch.tensor(weights, dtype=torch.float32)

    def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(logits, targets, weight=tensor.to(logits.device), reduction="sum")

    return loss


LOSSES: dict[str, Callable[[NDArray[np.int64], int], SummedLoss]] = {
    "cross_entropy": cross_entropy,
    "class_weighted": class_weighted,
}
