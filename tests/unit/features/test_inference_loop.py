"""One loop for all outputs: order kept, budget kept, mode put back, stop obeyed."""

import numpy as np
import pytest
import torch

from sft_core.errors import Stopped
from sft_core.features.inference import batches, forward, forward_features
from sft_core.tasks.registry import get_task, load_engine

ENGINE = load_engine(get_task("text-classification"))
TEXTS = ["the card", "a very good film it was", "bad", "where is my money", ""] * 3


@pytest.fixture
def model(make_base):
    return ENGINE.load_base(make_base("bert"), ["a", "b", "c"], dropout=None, seed=0)


@pytest.fixture
def rows(make_base):
    return ENGINE.encode(ENGINE.load_encoder(make_base("bert"), 32), TEXTS, None, 32)


def test_batches_hold_each_row_once_within_the_budget():
    lengths = np.random.default_rng(0).integers(1, 50, 300).astype(np.int32)
    made = list(batches(lengths, 64))
    assert sorted(np.concatenate(made)) == list(range(300))
    assert all(len(rows) == 1 or lengths[rows].max() * len(rows) <= 64 for rows in made)
    assert lengths[made[0]].max() == lengths.max()


@pytest.mark.parametrize("output", ["logits", "features", "first_token"])
def test_results_stand_in_the_order_of_the_rows(model, rows, output):
    together = forward(model, ENGINE, rows, output=output, token_budget=24)
    alone = np.concatenate([forward(model, ENGINE, rows.take([i]), output=output) for i in range(len(rows))])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert together.dtype == np.float32


def test_both_features_come_from_one_pass(model, rows):
    first, pooled = forward_features(model, ENGINE, rows)
    np.testing.assert_array_equal(first, forward(model, ENGINE, rows, output="first_token"))
    np.testing.assert_array_equal(pooled, forward(model, ENGINE, rows, output="features"))


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_of_the_model_is_put_back(model, rows, training):
    model.train(training)
    forward(model, ENGINE, rows)
    assert model.training is training


def test_dropout_is_off_while_reading(model, rows):
    model.train()
    np.testing.assert_array_equal(forward(model, ENGINE, rows), forward(model, ENGINE, rows))


def test_short_numbers_change_little_and_come_back_as_fp32(model, rows):
    exact, short = (forward(model, ENGINE, rows, precision=p) for p in ("off", "bf16"))
    assert short.dtype == np.float32
    assert 0 < np.abs(exact - short).max() < 0.2


def test_a_wish_to_stop_is_obeyed_between_batches(model, rows):
    asked = iter([False, True])
    with pytest.raises(Stopped):
        forward(model, ENGINE, rows, token_budget=8, should_stop=lambda: next(asked))


def test_progress_rises_to_one(model, rows):
    seen: list[float] = []
    forward(model, ENGINE, rows, token_budget=16, on_progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == 1.0


def test_no_rows_is_a_mistake_of_the_caller(model, rows):
    with pytest.raises(ValueError, match="no rows"):
        forward(model, ENGINE, rows.take([]))


def test_the_model_computes_without_keeping_gradients(model, rows):
    forward(model, ENGINE, rows)
    assert all(p.grad is None for p in model.parameters())
    assert torch.is_grad_enabled()
