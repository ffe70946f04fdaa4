"""The body of a picture model: its layers from bottom to top, its batch norms, and gates that do nothing."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch import nn

# The number of a layer, or of a stage and of the layer in it, in the name of a parameter.
_STAGE = re.compile(r"\bstages\.(\d+)\.(?:layers|blocks)\.(\d+)\.")
_PYRAMID = re.compile(r"\bencoder\.layers\.(\d+)\.blocks\.(\d+)\.")
_LAYER = re.compile(r"\b(?:layers?|blocks)\.(\d+)\.")
GATE = "SqueezeExcite"  # in the name of the class of such a layer
OPEN = 20.0  # a sigmoid of this is one, in fp32


def body_layers(body: nn.Module) -> list[list[nn.Parameter]]:
    """Groups of parameters bottom to top: all below the first layer, then each layer; a last norm is the top one's."""
    groups: dict[tuple[int, ...], list[nn.Parameter]] = {(): []}
    newest: tuple[int, ...] = ()
    for name, parameter in body.named_parameters():
        place = _place(name)
        if place is None:
            place = () if "embed" in name else newest
        elif len(place) < len(newest):  # what leads from one stage to the next
            place = newest
        newest = max(newest, place)
        groups.setdefault(place, []).append(parameter)
    return [groups[place] for place in sorted(groups) if groups[place]]


def _place(name: str) -> tuple[int, ...] | None:
    found = _STAGE.search(name) or _PYRAMID.search(name) or _LAYER.search(name)
    return tuple(int(number) for number in found.groups()) if found else None


class StillStatistics:
    """Keeps batch norms in evaluation mode while a model learns.

    Their means and spreads stay those of the millions of pictures that the base model saw. So a step does not depend on
    how many pictures are in memory at once.
    """

    def __init__(self, model: nn.Module) -> None:
        self.norms = [module for module in model.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
        for norm in self.norms:
            norm.eval()
            norm.train = partial(_stay, norm)  # type: ignore[assignment]

    @property
    def parameters(self) -> list[nn.Parameter]:
        """None of its own."""
        return []

    def put_back(self) -> None:
        """Nothing lies outside of the model."""

    def take_over(self) -> None:
        """Nothing lies outside of the model."""

    def close(self) -> None:
        """Let them learn again."""
        for norm in self.norms:
            del norm.train


def _stay(norm: nn.Module, mode: bool = True) -> nn.Module:  # noqa: ARG001
    return norm


def pass_open_gates(model: nn.Module) -> None:
    """Leave out squeeze-excite layers that multiply by one whatever they see, as in EfficientNet-Lite; they stay so.

    The saved model has them still: its results are the same to the last bit, only later.
    """
    for gate in _open_gates(model):
        for parameter in gate.parameters():
            parameter.requires_grad_(False)
        gate.forward = _as_it_is


def _open_gates(model: nn.Module) -> Iterator[nn.Module]:
    for module in model.modules():
        expand: Any = getattr(module, "expand", None)
        if GATE not in type(module).__name__ or expand is None or expand.bias is None:
            continue
        if not expand.weight.any() and bool((expand.bias >= OPEN).all()):
            yield module


def _as_it_is(values: torch.Tensor) -> torch.Tensor:
    return values
