"""The rows of a run as the model reads them: texts, classes and tokens for each split."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.config import SPLITS
from sft_core.data import examples
from sft_core.data.gathering import Gathered
from sft_core.features.tokens import tokenise
from sft_core.tasks.encoded import Encoded
from sft_core.tasks.engine import Engine


@dataclass(frozen=True)
class Part:
    """One split: texts (and second texts), the true class of each row, and its place among the labels.

    `y` is -1 where the class is none of the labels: such a row can only be answered wrongly.
    """

    texts: list[str]
    pairs: list[str] | None
    true: list[str]
    y: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.texts)


def parts(gathered: Gathered) -> dict[str, Part]:
    """Texts and classes of each split."""
    place = {label: number for number, label in enumerate(gathered.labels)}
    result: dict[str, Part] = {}
    for split in SPLITS:
        rows = gathered.rows(split)
        texts, pairs = examples.texts(rows, gathered.roles)
        true = examples.labels(rows, gathered.roles)
        y = np.array([place.get(label, -1) for label in true], dtype=np.int64)
        result[split] = Part(texts, pairs, true, y)
    return result


def encode(
    splits: dict[str, Part],
    engine: Engine,
    encoder: Any,
    max_length: int,
    cache: Path,
    should_stop: Callable[[], bool],
) -> dict[str, Encoded]:
    """Tokens of each split, from the cache where they were made before."""
    return {
        split: tokenise(engine, encoder, part.texts, part.pairs, max_length, cache=cache, should_stop=should_stop)
        for split, part in splits.items()
    }
