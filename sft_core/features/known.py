"""Is this a kind of input that the model knows? A score from 0 to 1, learnt on validation.

A row's energy (the log of the sum of its exponentiated logits; Liu et al. 2020, arXiv 2010.03759) is high for inputs
like those of training. The score is the share of validation rows whose energy is not higher: 0.5 is an everyday row,
0.01 is as odd as one validation row in a hundred. Without such a scale the highest probability, seen from pure
guessing, stands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sft_core.errors import DataError
from sft_core.records import read_json, write_json

Floats = NDArray[np.float32]

FILE = "known.json"
POINTS = 201  # quantiles kept: a score is exact to half a hundredth, and no row of validation leaves the run


@dataclass(frozen=True)
class KnownScale:
    """Rising quantiles of the energies of validation rows, for logits as the saved model gives them."""

    quantiles: tuple[float, ...]

    def score(self, logits: Floats) -> Floats:
        """(n,) from 0 (like nothing on validation) to 1, for (n, k) logits."""
        places = np.linspace(0.0, 1.0, len(self.quantiles))
        values: Floats = np.interp(energies(logits), self.quantiles, places).astype(np.float32)
        return values

    def save(self, folder: Path) -> None:
        """Write `known.json` into a model folder, where every later prediction finds it."""
        write_json(folder / FILE, {"schema_version": 1, "energy_quantiles": list(self.quantiles)})


def fit_known_scale(logits: Floats) -> KnownScale:
    """The scale from the final (temperature folded in) logits (n, k) of validation rows."""
    if not len(logits):
        raise DataError("There are no validation rows to learn from.", "Set a share for validation aside.")
    spread = np.quantile(energies(logits).astype(np.float64), np.linspace(0, 1, POINTS))
    rising: Sequence[float] = (spread + np.arange(POINTS) * 1e-9).tolist()  # np.interp needs a strictly rising axis
    return KnownScale(tuple(rising))


def load_known_scale(folder: Path) -> KnownScale | None:
    """The scale of a model folder, None where it has none."""
    try:
        kept = read_json(folder / FILE)
    except FileNotFoundError:
        return None
    return KnownScale(tuple(float(value) for value in kept["energy_quantiles"]))


def energies(logits: Floats) -> Floats:
    """(n,) log of the sum of exponentiated logits, without overflow."""
    top = logits.max(axis=1)
    values: Floats = (top + np.log(np.exp(logits - top[:, None]).sum(axis=1))).astype(np.float32)
    return values


def confidence_score(probabilities: Floats) -> Floats:
    """(n,) the stand-in without a scale: the highest probability, 0 for pure guessing and 1 for certainty."""
    guess = 1.0 / probabilities.shape[1]
    values: Floats = ((probabilities.max(axis=1) - guess) / max(1.0 - guess, guess)).clip(0, 1).astype(np.float32)
    return values
