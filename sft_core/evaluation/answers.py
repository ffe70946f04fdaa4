"""What was asked and what came back: rows, their true labels, and a probability for each class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.errors import DataError


@dataclass(frozen=True, eq=False)
class Answers:
    """One set of rows with the answers to them.

    `rows` are the input columns with `_source` and `_row`; `true` has one label a row, "" where there is none;
    `probabilities` (n, k) fp32 in the order of the labels.
    """

    rows: pd.DataFrame
    true: list[str]
    probabilities: NDArray[np.float32]

    def __post_init__(self) -> None:
        sizes = (len(self.rows), len(self.true), len(self.probabilities))
        if len(set(sizes)) > 1:
            raise DataError(
                "There are {} rows, {} labels and {} answers: they do not belong together.".format(*sizes),
                "Make the answers anew.",
            )

    def __len__(self) -> int:
        return len(self.true)

    @property
    def confidence(self) -> NDArray[np.float32]:
        """The probability of the answer given (n)."""
        return self.probabilities.max(axis=1) if len(self) else np.empty(0, dtype=np.float32)

    def said(self, labels: Sequence[str]) -> list[str]:
        """The most likely class of each row; the first of equals."""
        return [labels[i] for i in self.probabilities.argmax(axis=1)] if len(self) else []

    def right(self, labels: Sequence[str]) -> NDArray[np.bool_]:
        """Which answers are right (n)."""
        return np.array([a == b for a, b in zip(self.true, self.said(labels), strict=True)], dtype=bool)

    def take(self, mask: NDArray[Any]) -> "Answers":
        """Only the rows where `mask` (n, bool) is true."""
        kept = np.flatnonzero(mask)
        return Answers(self.rows.iloc[kept], [self.true[i] for i in kept], self.probabilities[kept])

    def row_numbers(self) -> list[int]:
        """Row numbers in the source file."""
        return [int(number) for number in self.rows["_row"]]
