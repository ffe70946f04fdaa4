"""Where the stock classification head of each architecture lies, and what it computes.

All known heads have one form: `out(norm(activation(dense(x))))` of one vector a row, the first token's (or the mean).
Of an unknown architecture only the last linear layer is taken for the head.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.activations import ACT2FN

from sft_core.tasks.last_layer import last_linear


@dataclass(frozen=True)
class HeadPlan:
    """Paths of a head's parts in the model; `activation` is a name, or "config." and a field of its own."""

    dense: str
    activation: str
    out: str
    norm: str | None = None


_CLASSIFIER = HeadPlan("classifier.dense", "tanh", "classifier.out_proj")
PLANS = {
    "albert": HeadPlan("albert.pooler", "tanh", "classifier"),
    "bert": HeadPlan("bert.pooler.dense", "tanh", "classifier"),
    "camembert": _CLASSIFIER,
    "deberta": HeadPlan("pooler.dense", "config.pooler_hidden_act", "classifier"),
    "deberta-v2": HeadPlan("pooler.dense", "config.pooler_hidden_act", "classifier"),
    "distilbert": HeadPlan("pre_classifier", "relu", "classifier"),
    "electra": HeadPlan("classifier.dense", "gelu", "classifier.out_proj"),
    "ernie": HeadPlan("ernie.pooler.dense", "tanh", "classifier"),
    "modernbert": HeadPlan("head.dense", "config.classifier_activation", "classifier", "head.norm"),
    "mpnet": _CLASSIFIER,
    "roberta": _CLASSIFIER,
    "xlm-roberta": _CLASSIFIER,
}


@dataclass(frozen=True)
class Head:
    """The parts of a head. `dense` is None where only the last linear layer is known."""

    out: nn.Linear
    dense: nn.Linear | None = None
    activation: Callable[[Tensor], Tensor] | None = None
    norm: nn.Module | None = None

    def hidden(self, features: Tensor) -> Tensor:
        """What the last linear layer gets for (b, h) features, without dropout."""
        if self.dense is None or self.activation is None:
            return features
        hidden = self.activation(self.dense(features))
        return self.norm(hidden) if self.norm is not None else hidden

    def logits(self, features: Tensor) -> Tensor:
        """(b, k) logits for (b, h) features, without dropout."""
        logits: Tensor = self.out(self.hidden(features))
        return logits

    def parameters(self) -> list[nn.Parameter]:
        """All parameters of the parts."""
        parts = [part for part in (self.dense, self.norm, self.out) if part is not None]
        return [parameter for part in parts for parameter in part.parameters()]


def find_head(model: Any) -> Head:
    """The head of a sequence classification model. Raises ModelError where there is no linear layer for the classes."""
    plan = PLANS.get(model.config.model_type)
    if plan is None:
        return Head(out=last_linear(model))
    norm = model.get_submodule(plan.norm) if plan.norm else None
    activation = _activation(model.config, plan.activation)
    return Head(model.get_submodule(plan.out), model.get_submodule(plan.dense), activation, norm)


def _activation(config: Any, name: str) -> Callable[[Tensor], Tensor]:
    if name.startswith("config."):
        name = getattr(config, name.removeprefix("config."))
    found: Callable[[Tensor], Tensor] = torch.tanh if name == "tanh" else ACT2FN[name]
    return found
