"""Schedules, losses, optimizers, goals, patience: small rules with known answers."""

import numpy as np
import pytest
import torch
from training_toys import LABELS, tiny_bert, toy_settings

from sft_core.config import Goal
from sft_core.errors import ConfigError
from sft_core.tasks.text_classification.engine import ENGINE
from sft_core.training.early_stopping import Patience
from sft_core.training.goal import goal_rows, goal_score, is_kept
from sft_core.training.losses import LOSSES
from sft_core.training.optimizers import OPTIMIZERS, parameter_groups, set_learning_rates
from sft_core.training.schedules import SCHEDULES, learning_rate_factor


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_the_rate_rises_to_one_in_the_warm_up(schedule):
    factors = [learning_rate_factor(schedule, step, 100, 0.1) for step in range(100)]
    assert factors[:10] == pytest.approx([0.1 * i for i in range(1, 11)])
    assert max(factors) == 1.0
    assert min(factors) > 0


@pytest.mark.parametrize(("schedule", "half_way"), [("linear", 0.5), ("cosine", 0.5), ("constant", 1.0)])
def test_half_way_after_the_warm_up(schedule, half_way):
    assert learning_rate_factor(schedule, 55, 100, 0.1) == pytest.approx(half_way)


def test_without_warm_up_the_first_step_has_the_full_rate():
    assert learning_rate_factor("linear", 0, 10, 0.0) == 1.0


def test_cross_entropy_is_the_sum_over_rows():
    logits = torch.tensor([[2.0, 0.0], [0.0, 0.0]])
    loss = LOSSES["cross_entropy"](np.array([0, 1]), 2)
    assert float(loss(logits, torch.tensor([0, 1]))) == pytest.approx(0.126928 + 0.693147, abs=1e-5)


def test_class_weights_make_each_class_count_alike_and_are_one_on_average():
    y = np.array([0, 0, 0, 1])
    loss = LOSSES["class_weighted"](y, 3)  # class 2 has no rows
    even = torch.zeros(4, 3)
    plain = 4 * np.log(3)
    assert float(loss(even, torch.from_numpy(y))) == pytest.approx(plain, rel=1e-5)
    rare, common = (float(loss(torch.zeros(1, 3), torch.tensor([label]))) for label in (1, 0))
    assert rare == pytest.approx(3 * common, rel=1e-5)


def test_biases_and_norms_are_not_decayed_and_the_head_has_its_own_rate():
    model = tiny_bert()
    groups = parameter_groups(model, ENGINE, toy_settings(lr_body=1e-4, lr_head=1e-3, weight_decay=0.1))
    assert {(group["lr"], group["weight_decay"]) for group in groups} == {
        (1e-4, 0.1),
        (1e-4, 0.0),
        (1e-3, 0.1),
        (1e-3, 0.0),
    }
    assert all(p.ndim == 1 for group in groups if not group["weight_decay"] for p in group["params"])
    assert sum(len(group["params"]) for group in groups) == len(list(model.parameters()))
    head = next(group for group in groups if group["lr"] == 1e-3 and group["weight_decay"])
    assert any(p is model.classifier.weight for p in head["params"])


def test_frozen_parameters_are_left_out():
    model = tiny_bert()
    ENGINE.freeze(model, 1)
    groups = parameter_groups(model, ENGINE, toy_settings())
    assert {id(p) for group in groups for p in group["params"]} == {
        id(p) for p in model.parameters() if p.requires_grad
    }


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_an_optimizer_makes_the_loss_smaller(name):
    weight = torch.nn.Parameter(torch.ones(3, 3))
    optimizer = OPTIMIZERS[name]([{"params": [weight], "lr": 0.1, "peak_lr": 0.1, "weight_decay": 0.0}])
    for step in range(20):
        set_learning_rates(optimizer, 1 - step / 20)
        optimizer.zero_grad()
        weight.square().sum().backward()
        optimizer.step()
    assert float(weight.detach().square().sum()) < 9


MATRIX = np.array([[8, 2, 0], [0, 5, 5], [0, 0, 0]])


@pytest.mark.parametrize(
    ("goal", "score"),
    [
        (Goal(kind="accuracy"), 0.65),
        (Goal(kind="macro_f1"), 0.5),
        (Goal(kind="recall", label="card"), 0.5),
        (Goal(kind="precision", label="card"), 5 / 7),
        (Goal(kind="recall", label="loan"), 0.0),  # no row of it: nothing was found
    ],
)
def test_the_score_is_what_matters_most(goal, score):
    assert goal_score(goal, {"accuracy": 0.65, "macro_f1": 0.5}, MATRIX, LABELS) == pytest.approx(score)


def test_a_goal_for_a_class_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="no class 'visa'"):
        goal_score(Goal(kind="recall", label="visa"), {}, MATRIX, LABELS)


def test_a_later_state_as_good_within_the_noise_is_kept():
    assert is_kept(0.895, 191, best=0.901, first=0.812)  # one row of 191
    assert not is_kept(0.885, 191, best=0.901, first=0.812)
    assert not is_kept(0.895, 20_000, best=0.901, first=0.812)


def test_nothing_worse_than_the_frozen_body_is_kept():
    assert is_kept(0.8, 100, best=0.8, first=0.8)
    assert not is_kept(0.79, 100, best=0.8, first=0.8)


def test_a_class_that_is_never_predicted_is_no_progress():
    patience, best = Patience(2), 0.0  # the precision of such a class rests on no row, from the first look on
    assert is_kept(0.0, 0, best=None, first=None)
    for _look in range(2):
        assert not patience.ended
        patience.saw(kept=is_kept(0.0, 0, best=best, first=0.0))
    assert patience.ended
    assert is_kept(0.5, 4, best=0.0, first=0.0), "once it is predicted, the state is worth keeping"


def test_the_noise_is_that_of_the_rows_that_the_goal_rests_on():
    assert goal_rows(Goal(), MATRIX, LABELS) == MATRIX.sum()
    assert goal_rows(Goal(kind="recall", label=LABELS[1]), MATRIX, LABELS) == MATRIX[1].sum()
    assert goal_rows(Goal(kind="precision", label=LABELS[1]), MATRIX, LABELS) == MATRIX[:, 1].sum()


def test_patience_ends_after_so_many_evaluations_without_a_better_one():
    patience = Patience(2)
    seen = []
    for better in (True, False, True, False, False):
        patience.saw(kept=better)
        seen.append(patience.ended)
    assert seen == [False, False, False, False, True]


def test_no_patience_never_ends():
    patience = Patience(0)
    for _ in range(50):
        patience.saw(kept=False)
    assert not patience.ended
