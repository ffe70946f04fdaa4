"""A trained head on a frozen body, in seconds, from features that were computed once."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from sft_core.tasks.text_classification.heads import Head

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class WarmStart:
    """What the training of the head took."""

    seconds: float
    steps: int
    loss: float


def train_head(
    head: Head,
    features: Floats,
    y: NDArray[np.int64],
    *,
    seed: int,
    pooled: Floats | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> WarmStart:
    """Train a head's parts in place on (n, h) features and class numbers (n,)."""
    began = time.monotonic()
    x, target = torch.from_numpy(features), torch.from_numpy(y)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.01)
    generator = torch.Generator().manual_seed(seed)
    steps, loss = 0, torch.zeros(())
    for _ in range(30):
        for rows in torch.randperm(len(x), generator=generator).split(256):
            loss = F.cross_entropy(head.logits(x[rows]), target[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps += 1
        if should_stop():
            break
    return WarmStart(time.monotonic() - began, steps, float(loss))
