"""Logistic regression on tiny thumbnails: what colours and rough shapes alone achieve, with no base model at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sft_core.tasks.image_classification.pictures import opened
from sft_core.tasks.logistic import Logistic, fit_logistic

Floats = NDArray[np.float32]

GREY, COLOURED = 16, 4  # pixels a side
MOST_ROWS = 5_000  # some seconds; of more rows a random sample is used


@dataclass(frozen=True)
class PixelsModel:
    """A fitted baseline; `rows_used` tells how many training rows it saw."""

    model: Logistic
    rows_used: int

    def probabilities(self, inputs: Sequence[str], pairs: Sequence[str] | None = None) -> Floats:  # noqa: ARG002
        """(n, k) fp32 for the pictures at these paths."""
        return self.model.probabilities(thumbnails(inputs))


def fit_pixels(
    inputs: Sequence[str],
    y: NDArray[np.int64],
    labels: Sequence[str],
    *,
    pairs: Sequence[str] | None = None,  # noqa: ARG001
    seed: int = 0,
) -> PixelsModel:
    """Fit on the pictures at these paths."""
    rows: NDArray[np.int64] = np.arange(len(y))
    if len(y) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    model = fit_logistic(thumbnails([inputs[int(i)] for i in rows]), y[rows], len(labels), seed=seed)
    return PixelsModel(model, len(rows))


def thumbnails(paths: Sequence[str]) -> Floats:
    """(n, GREY² + 3 COLOURED²) from 0 to 1."""
    width = GREY * GREY + 3 * COLOURED * COLOURED
    return np.stack([_thumbnail(path) for path in paths]) if len(paths) else np.zeros((0, width), dtype=np.float32)


def _thumbnail(path: str) -> Floats:
    picture = opened(path)
    grey = picture.convert("L").resize((GREY, GREY), Image.Resampling.BOX)
    coloured = picture.resize((COLOURED, COLOURED), Image.Resampling.BOX)
    values = np.concatenate([np.asarray(grey).ravel(), np.asarray(coloured).ravel()])
    return (values / 255).astype(np.float32)
