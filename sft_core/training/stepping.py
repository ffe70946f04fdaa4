"""One optimizer step: forward and backward by micro-batches, and what to do when memory or numbers run out."""

import gc
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from accelerate import Accelerator
from numpy.typing import NDArray

from sft_core.config import TrainingSettings
from sft_core.errors import ResourceError, StateError
from sft_core.features.device import Precision, autocast, is_memory_error
from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Engine
from sft_core.training.batch_plan import Indices, micro_batches
from sft_core.training.losses import LOSSES
from sft_core.training.optimizers import OPTIMIZERS, parameter_groups, set_learning_rates
from sft_core.training.quick_dropout import QuickDropout


@dataclass(frozen=True)
class Material:
    """What steps are taken on: a model on its device, its rows and their classes."""

    model: torch.nn.Module
    engine: Engine
    rows: Rows
    y: NDArray[np.int64]
    classes: int


class Stepper:
    """Takes optimizer steps. The rows of a step never change; the token budget halves when memory runs out."""

    def __init__(
        self,
        material: Material,
        settings: TrainingSettings,
        accelerator: Accelerator,
        precision: Precision,
        token_budget: int,
        on_smaller_budget: Callable[[int], None] = lambda budget: None,  # noqa: ARG005
    ) -> None:
        self.material = material
        self.settings = settings
        self.accelerator = accelerator
        self.precision = precision
        self.token_budget = token_budget
        self.right = 0  # rows of the newest step that were answered rightly, before the step and with dropout
        self.on_smaller_budget = on_smaller_budget
        self.loss = LOSSES[settings.loss](material.y, material.classes, settings.label_smoothing or 0.0)
        self.aid = material.engine.while_training(material.model, material.rows)
        self.dropout = QuickDropout(material.model) if accelerator.device.type == "cpu" else None
        beside = self.aid.parameters if self.aid else []
        groups = parameter_groups(material.model, material.engine, settings, beside)
        self.learning = [parameter for group in groups for parameter in group["params"]]
        self.optimizer = accelerator.prepare(OPTIMIZERS[settings.optimizer](groups))

    def take(self, batch: Indices, step: int, lr_factor: float) -> float:
        """One step on the rows of `batch`; the mean loss over them, before the step.

        Raises StateError where a number is not finite any more (the weights are then still the ones before the step),
        ResourceError where even single rows do not fit into memory.
        """
        set_learning_rates(self.optimizer, lr_factor)
        while True:
            try:
                loss = self._gradients(batch, step)
                self.optimizer.step()
                return loss
            except (RuntimeError, MemoryError) as error:
                if not is_memory_error(error):
                    raise
            self._halve_budget(batch)  # outside of `except`, whose traceback keeps the tensors alive

    def settle(self) -> None:
        """Make the model whole: to be called before it is scored or saved."""
        if self.aid:
            self.aid.put_back()

    def reload(self) -> None:
        """Take note that the model's weights were just loaded."""
        if self.aid:
            self.aid.take_over()

    def close(self) -> None:
        """Leave the model as a stock one, with what was learned."""
        if self.dropout:
            self.dropout.close()
        if self.aid:
            self.aid.close()

    def _gradients(self, batch: Indices, step: int) -> float:
        """Fill the gradients of a step, clipped. The dice are thrown anew for each step: a resumed run throws alike."""
        self.optimizer.zero_grad()
        seed = step_seed(self.settings.seed, step)
        torch.manual_seed(seed)
        if self.dropout:
            self.dropout.throw_anew(seed)
        total, right = torch.zeros(2, device=self.accelerator.device)
        for rows in micro_batches(batch, self.material.rows.lengths, self.token_budget):
            summed, correct = self._backward(rows, len(batch), seed)
            total += summed
            right += correct
        norm = self.accelerator.clip_grad_norm_(self.learning, self.settings.clip_norm)
        loss = float(total) / len(batch)
        # with fp16, gradients overflow now and then: the scaler leaves such a step out by itself
        if not math.isfinite(loss) or (self.precision != "fp16" and not math.isfinite(float(norm))):
            raise broke_down(step + 1)
        self.right = int(right)
        return loss

    def _backward(self, rows: Indices, rows_in_step: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The summed loss over some rows, and how many of them were answered rightly."""
        device, engine = self.accelerator.device, self.material.engine
        batch = engine.training_batch(
            self.material.rows, rows.tolist(), seed=seed, settings=self.settings, device=device
        )
        targets = torch.from_numpy(self.material.y[rows]).to(device)
        with autocast(device, self.precision):
            logits = self.material.model(**batch).logits
        scores = logits.float()
        summed = self.loss(scores, targets)
        self.accelerator.backward(summed / rows_in_step)
        return summed.detach(), (scores.detach().argmax(dim=1) == targets).sum()

    def _halve_budget(self, batch: Indices) -> None:
        lengths = self.material.rows.lengths
        cuts = micro_batches(batch, lengths, self.token_budget)
        if all(len(cut) == 1 for cut in cuts):
            raise ResourceError(
                "There is not enough memory to train on even one row at a time.", self.material.engine.advice
            )
        largest = max(len(cut) * int(lengths[cut].max()) for cut in cuts)
        self.token_budget = max(1, min(self.token_budget, largest) // 2)
        self.optimizer.zero_grad()
        gc.collect()
        if self.accelerator.device.type == "cuda":
            torch.cuda.empty_cache()
        self.on_smaller_budget(self.token_budget)


def step_seed(seed: int, step: int) -> int:
    """The seed of the dice (dropout) of one step."""
    return int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0] >> 1)


def broke_down(step: int) -> StateError:
    """The error of a training whose numbers are not finite any more."""
    return StateError(
        f"The training broke down at step {step}: its numbers grew beyond all bounds.",
        "Train again with the settings of the preset, or with lower rates and “Mixed precision” off. The last good "
        "state is kept.",
    )
