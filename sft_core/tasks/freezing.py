"""Keeping the lower part of a body as it is while the rest learns."""

from collections.abc import Sequence

from torch import nn


def freeze_lowest(groups: Sequence[Sequence[nn.Parameter]], n_layers: int) -> None:
    """Freeze what lies below the layers and the lowest `n_layers`; 0 freezes nothing, more than there are the body.

    `groups` are a body's parameters bottom to top: first all below the layers, then each layer's.
    """
    for parameter in (p for group in (groups[: n_layers + 1] if n_layers else []) for p in group):
        parameter.requires_grad_(False)
