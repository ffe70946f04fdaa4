"""The rules by which a model changes at each step, and which parameters move how fast.

The body and the head have a learning rate each; biases and norms (one-dimensional parameters) are not decayed.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from sft_core.config import TrainingSettings
from sft_core.tasks.engine import Engine

Groups = list[dict[str, Any]]


def parameter_groups(
    model: torch.nn.Module, engine: Engine, settings: TrainingSettings, more_body: Sequence[torch.nn.Parameter] = ()
) -> Groups:
    """Groups for the optimizer; `peak_lr` is the rate that the schedule scales. Frozen parameters are left out.

    `more_body` are parameters that belong to the body but lie outside of the model (see `TrainingAid`).
    """
    assert settings.lr_body is not None and settings.lr_head is not None, "settings are not resolved"
    head = list(engine.head_parameters(model))
    in_head = {id(parameter) for parameter in head}
    body = [parameter for parameter in model.parameters() if id(parameter) not in in_head]
    body.extend(more_body)
    groups = [*_by_decay(body, settings.lr_body, settings), *_by_decay(head, settings.lr_head, settings)]
    return [group for group in groups if group["params"]]


def _by_decay(parameters: Iterable[torch.nn.Parameter], lr: float, settings: TrainingSettings) -> Groups:
    learning = [parameter for parameter in parameters if parameter.requires_grad]
    matrices = [parameter for parameter in learning if parameter.ndim > 1]
    vectors = [parameter for parameter in learning if parameter.ndim <= 1]
    return [
        {"params": matrices, "lr": lr, "peak_lr": lr, "weight_decay": settings.weight_decay},
        {"params": vectors, "lr": lr, "peak_lr": lr, "weight_decay": 0.0},
    ]


def adamw(groups: Groups) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019) in one fused kernel."""
    return torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8, fused=True)


def sgd(groups: Groups) -> torch.optim.Optimizer:
    """Stochastic gradient descent with Nesterov momentum 0.9."""
    return torch.optim.SGD(groups, momentum=0.9, nesterov=True)


OPTIMIZERS: dict[str, Callable[[Groups], torch.optim.Optimizer]] = {"adamw": adamw, "sgd": sgd}


def set_learning_rates(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Scale the rate of every group to `factor` × its peak."""
    for group in optimizer.param_groups:
        group["lr"] = group["peak_lr"] * factor
