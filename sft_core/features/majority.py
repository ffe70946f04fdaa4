"""The least that a model must beat: always the shares of the classes in training, whatever the text says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Majority:
    """The classes' shares in training; the most frequent one is the answer to everything."""

    labels: tuple[str, ...]
    shares: Floats

    def probabilities(self, rows: int) -> Floats:
        """(rows, k): the same shares in each row."""
        return np.tile(self.shares, (rows, 1))


def fit_majority(y: NDArray[np.int64], labels: Sequence[str]) -> Majority:
    """Shares of the class numbers `y` over `labels`."""
    counts = np.bincount(y, minlength=len(labels)).astype(np.float32)
    return Majority(tuple(labels), counts / max(float(counts.sum()), 1.0))
