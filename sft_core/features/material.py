"""The rows of a run as the model reads them: inputs, classes and what is read of them, for each split."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.config import SPLITS
from sft_core.data import examples
from sft_core.data.gathering import Gathered
from sft_core.features.readers import Reader
from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Engine


@dataclass(frozen=True)
class Part:
    """One split: inputs (texts, or paths of pictures; second texts), the true class of each row, and its number.

    `y` is -1 where the class is none of the labels: such a row can only be answered wrongly.
    """

    inputs: list[str]
    pairs: list[str] | None
    true: list[str]
    y: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.inputs)


def parts(gathered: Gathered) -> dict[str, Part]:
    """Inputs and classes of each split."""
    place = {label: number for number, label in enumerate(gathered.labels)}
    result: dict[str, Part] = {}
    for split in SPLITS:
        rows = gathered.rows(split)
        inputs, pairs = examples.inputs(rows, gathered.roles, gathered.pictures)
        true = examples.labels(rows, gathered.roles)
        y = np.array([place.get(label, -1) for label in true], dtype=np.int64)
        result[split] = Part(inputs, pairs, true, y)
    return result


def encode(
    splits: dict[str, Part],
    reader: Reader,
    engine: Engine,
    encoder: Any,
    max_length: int | None,
    cache: Path,
    should_stop: Callable[[], bool],
    on_progress: Callable[[float], None],
) -> dict[str, Rows]:
    """The rows of each split, from the cache where they were made before; steps are taken on those of training."""
    return {
        split: reader.rows(
            engine,
            encoder,
            part.inputs,
            part.pairs,
            max_length,
            cache=cache,
            learnt=split == "train",
            should_stop=should_stop,
            on_progress=on_progress,
        )
        for split, part in splits.items()
    }
