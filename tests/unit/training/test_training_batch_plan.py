"""The batch plan: every row once, lengths together, the longest first, the budget kept, everything repeatable."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sft_core.training.batch_plan import (
    BatchPlan,
    longest_batch,
    micro_batches,
    padding_ratio,
)

lengths = arrays(np.int32, st.integers(1, 300), elements=st.integers(1, 200))


@settings(deadline=None, max_examples=60)
@given(lengths, st.integers(1, 40), st.integers(0, 5), st.integers(0, 1000))
def test_every_row_is_in_exactly_one_batch_of_an_epoch(lengths, batch_size, epoch, seed):
    plan = BatchPlan(lengths, batch_size, epochs=6, seed=seed)
    batches = plan.epoch(epoch)
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert len(batches) == plan.steps_per_epoch
    assert sum(len(batch) < batch_size for batch in batches) <= 1


@settings(deadline=None, max_examples=60)
@given(lengths, st.integers(1, 40), st.integers(0, 1000))
def test_the_first_batch_of_all_is_the_longest(lengths, batch_size, seed):
    batches = BatchPlan(lengths, batch_size, epochs=1, seed=seed).epoch(0)
    assert longest_batch(batches, lengths) == 0


@settings(deadline=None, max_examples=60)
@given(lengths, st.integers(1, 2000))
def test_micro_batches_hold_the_rows_of_the_batch_within_the_budget(lengths, budget):
    batch = np.arange(len(lengths))
    cuts = micro_batches(batch, lengths, budget)
    assert sorted(np.concatenate(cuts)) == list(batch)
    assert all(len(cut) == 1 or len(cut) * lengths[cut].max() <= budget for cut in cuts)


def test_epochs_differ_and_the_same_epoch_repeats():
    plan = BatchPlan(np.arange(1, 101, dtype=np.int32), 8, epochs=3, seed=1)
    again = BatchPlan(np.arange(1, 101, dtype=np.int32), 8, epochs=3, seed=1)
    assert [list(batch) for batch in plan.epoch(1)] == [list(batch) for batch in again.epoch(1)]
    assert [list(batch) for batch in plan.epoch(1)] != [list(batch) for batch in plan.epoch(2)]


@pytest.mark.parametrize(
    "change", [{"batch_size": 9}, {"epochs": 4}, {"seed": 2}, {"lengths": np.arange(2, 102, dtype=np.int32)}]
)
def test_another_plan_has_another_hash(change):
    facts = {"lengths": np.arange(1, 101, dtype=np.int32), "batch_size": 8, "epochs": 3, "seed": 1}
    assert BatchPlan(**facts).hash == BatchPlan(**facts).hash
    assert BatchPlan(**facts).hash != BatchPlan(**{**facts, **change}).hash


def test_grouping_by_length_leaves_little_padding():
    lengths = np.random.default_rng(0).integers(5, 100, 3200).astype(np.int32)
    plan = BatchPlan(lengths, 32, epochs=1, seed=0)
    in_order = [np.arange(i, i + 32) for i in range(0, 3200, 32)]
    assert padding_ratio(plan.epoch(0), lengths) < 0.03 < 0.4 < padding_ratio(in_order, lengths)
