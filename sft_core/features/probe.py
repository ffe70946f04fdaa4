"""The probe: logistic regression on the base model's frozen features. The baseline that fine-tuning must beat."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from sft_core.tasks.logistic import Logistic, fit_logistic

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Probe:
    """A fitted probe: probabilities over `labels` from (n, h) mean-pooled features."""

    labels: tuple[str, ...]
    model: Logistic
    temperature: float = 1.0

    def logits(self, features: Floats) -> Floats:
        """(n, k) fp32, the temperature already in them."""
        return self.model.logits(features)

    def cooled(self, temperature: float) -> "Probe":
        """The same probe with its logits divided by a temperature: as sure as it is right. Its answers stay."""
        weight, bias = self.model.weight / temperature, self.model.bias / temperature
        model = Logistic(weight.astype(np.float32), bias.astype(np.float32), self.model.c)
        return Probe(self.labels, model, self.temperature * temperature)

    def probabilities(self, features: Floats) -> Floats:
        """(n, k) fp32."""
        return self.model.probabilities(features)

    def save(self, path: Path) -> None:
        """Keep the probe in a safetensors file (the labels lie beside it, in the run's configuration)."""
        numbers = {"c": np.array([self.model.c]), "temperature": np.array([self.temperature])}
        save_file({"weight": self.model.weight, "bias": self.model.bias, **numbers}, str(path))


def fit_probe(features: Floats, y: NDArray[np.int64], labels: Sequence[str], seed: int = 0) -> Probe:
    """Fit on (n, h) mean-pooled features of training rows; the penalty is chosen by cross-validation inside them."""
    return Probe(tuple(labels), fit_logistic(features, y, len(labels), seed=seed))


def load_probe(path: Path, labels: Sequence[str]) -> Probe:
    """The probe that was saved."""
    kept = load_file(str(path))
    temperature = float(kept["temperature"][0]) if "temperature" in kept else 1.0  # already in the weights
    return Probe(tuple(labels), Logistic(kept["weight"], kept["bias"], float(kept["c"][0])), temperature)
