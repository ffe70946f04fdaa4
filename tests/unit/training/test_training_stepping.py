"""One optimizer step: its losses are what they were, and its dice depend on the step alone."""

import numpy as np
import pytest
import torch
from training_toys import LABELS, digest, tiny_bert, toy_rows, toy_settings

from sft_core.tasks.text_classification.engine import ENGINE
from sft_core.training.loop import open_accelerator
from sft_core.training.stepping import Material, Stepper, step_seed

GOLDEN = {
    "adamw": [1.282814, 1.044228, 1.088742, 1.40726, 1.054623, 0.894944],
    "sgd": [1.282814, 1.144293, 1.228369, 1.441861, 0.957408, 0.733004],
}


def stepper(**changes):
    rows, y = toy_rows(64, seed=1)
    accelerator, precision = open_accelerator("off")
    dropout = changes.pop("dropout", 0.0)
    settings = toy_settings(**changes)
    material = Material(tiny_bert(dropout=dropout).train(), ENGINE, rows, y, len(LABELS))
    return Stepper(material, settings, accelerator, precision, settings.token_budget)


def losses(made, steps=6):
    return [made.take(np.arange(step * 8, step * 8 + 8), step, 1.0) for step in range(steps)]


@pytest.mark.parametrize("optimizer", sorted(GOLDEN))
def test_the_losses_of_the_first_steps_are_what_they_were(optimizer):
    rate = {"adamw": 3e-3, "sgd": 0.1}[optimizer]
    assert losses(stepper(optimizer=optimizer, lr_body=rate, lr_head=rate)) == pytest.approx(
        GOLDEN[optimizer], abs=2e-4
    )


def test_the_gradient_of_a_step_is_the_one_of_plain_torch():
    made = stepper(token_budget=16)
    made._gradients(np.arange(8), 0)
    ours = made.material.model.classifier.weight.grad.clone()
    model = tiny_bert(dropout=0.0).train()
    batch = ENGINE.collate(made.material.rows, list(range(8)))
    loss = torch.nn.functional.cross_entropy(model(**batch).logits, torch.from_numpy(made.material.y[:8]))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    assert torch.allclose(ours, model.classifier.weight.grad, atol=1e-6)


def test_dropout_depends_on_the_seed_and_the_step_not_on_what_came_before():
    one, other = stepper(dropout=0.3), stepper(dropout=0.3)
    torch.rand(1000)  # dice thrown by somebody else
    assert losses(one) == losses(other)
    assert digest(one.material.model) == digest(other.material.model)
    assert losses(stepper(dropout=0.3, seed=1)) != losses(stepper(dropout=0.3))


def test_every_step_has_its_own_dice():
    assert len({step_seed(seed, step) for seed in range(20) for step in range(200)}) == 4000
