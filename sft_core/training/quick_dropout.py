"""Dropout on the processor with cheaper dice: torch draws one number after the other there, a tenth of a short step.

Sixteen random bits decide on each value, 64 at a time from SFC64. Only modules that are called as dropout are changed;
their `p`, which attention layers read, stays. On a GPU nothing is changed.
"""

from functools import partial

import numpy as np
import torch
from torch import nn

LEVELS = 2**16  # p is rounded to a 65,536th


class QuickDropout:
    """Stands in for the forward pass of every `nn.Dropout` of a model until `close`."""

    def __init__(self, model: nn.Module) -> None:
        self.dice = np.random.SFC64(0)
        self.modules = [module for module in model.modules() if type(module) is nn.Dropout and not module.inplace]
        for module in self.modules:
            module.forward = partial(self._drop, module)  # type: ignore[method-assign]

    def throw_anew(self, seed: int) -> None:
        """Begin the dice of a step."""
        self.dice = np.random.SFC64(seed)

    def _drop(self, module: nn.Dropout, values: torch.Tensor) -> torch.Tensor:
        if not module.training or module.p == 0:
            return values
        numbers = self.dice.random_raw(-(-values.numel() // 4)).view(np.uint16)[: values.numel()]
        kept = torch.from_numpy(numbers >= round(module.p * LEVELS)).to(values.dtype).mul_(1 / (1 - module.p))
        return values * _laid_out_like(values, kept)

    def close(self) -> None:
        """Give the modules their own forward pass back."""
        for module in self.modules:
            del module.forward


def _laid_out_like(values: torch.Tensor, flat: torch.Tensor) -> torch.Tensor:
    """The flat numbers in the shape and the memory layout of `values`: mixed layouts make each product walk twice."""
    if values.ndim == 4 and values.is_contiguous(memory_format=torch.channels_last):
        n, channels, height, width = values.shape
        return flat.view(n, height, width, channels).permute(0, 3, 1, 2)
    return flat.view(values.shape)
