"""The simple methods that learn from the training rows alone, by the name of their baseline. One line adds one."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # it imports torch, and pages ask for the names
    from sft_core.features.material import Part

SIMPLE = {
    "tfidf_logreg": "sft_core.features.words:fit_words",
    "pixels": "sft_core.features.thumbnails:fit_pixels",
}


class SimpleModel(Protocol):
    """A fitted simple method; `rows_used` tells how many training rows it saw."""

    @property
    def rows_used(self) -> int: ...

    def probabilities(self, inputs: Sequence[str], pairs: Sequence[str] | None = None, /) -> NDArray[np.float32]:
        """(n, k) over the labels of the training, for inputs as an encoder is given them."""
        ...


def fit_simple(name: str, train: "Part", labels: Sequence[str], seed: int) -> SimpleModel:
    """The simple method called `name`, fitted on the training rows."""
    module, attribute = SIMPLE[name].split(":")
    fit: Any = getattr(import_module(module), attribute)
    fitted: SimpleModel = fit(train.inputs, train.y, labels, pairs=train.pairs, seed=seed)
    return fitted
