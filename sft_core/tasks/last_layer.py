"""The last linear layer, with which every stock classifier ends: what goes into it, how it is set, how it is cooled."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sft_core.errors import ModelError, Stopped
from sft_core.tasks.logistic import fit_logistic

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class WarmStart:
    """What the training of the head took, and the penalty that was chosen."""

    seconds: float
    rows: int
    c: float


def last_linear(model: Any) -> nn.Linear:
    """The last linear layer that gives one number a class. Raises ModelError where there is none."""
    classes = model.config.num_labels
    linears = [m for m in model.modules() if isinstance(m, nn.Linear) and m.out_features == classes]
    if not linears:
        raise ModelError("This model has no last part that could be trained for classes.", "Choose another base model.")
    return linears[-1]


def input_of(layer: nn.Module, run: Callable[[], Any]) -> torch.Tensor:
    """What a layer is given while `run` sends a batch through its model."""
    seen: list[torch.Tensor] = []
    hook = layer.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    try:
        run()
    finally:
        hook.remove()
    return seen[0]


def cool(layer: nn.Module, temperature: float) -> None:
    """Divide all that a linear layer will say by `temperature`."""
    if not temperature > 0:
        raise ValueError(f"a temperature is greater than 0, not {temperature}")
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.div_(temperature)


def set_layer(layer: nn.Module, weight: NDArray[np.floating], bias: NDArray[np.floating] | None) -> None:
    """Give a linear layer these weights."""
    assert isinstance(layer.weight, torch.Tensor)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        if isinstance(layer.bias, torch.Tensor) and bias is not None:
            layer.bias.copy_(torch.from_numpy(np.ascontiguousarray(bias)))


def train_last(
    layer: nn.Linear,
    features: Floats,
    y: NDArray[np.int64],
    *,
    seed: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> WarmStart:
    """Make the layer the logistic regression on (n, h) features of what goes into it."""
    began = time.monotonic()
    if should_stop():
        raise Stopped("Stopped while the head was trained.")
    fit = fit_logistic(features, y, layer.out_features, seed=seed)
    set_layer(layer, fit.weight, fit.bias)
    return WarmStart(time.monotonic() - began, len(y), fit.c)
