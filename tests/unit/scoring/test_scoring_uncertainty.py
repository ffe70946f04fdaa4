"""Intervals that hold what they promise, and tests that know what luck looks like."""

import time

import numpy as np
import pytest
from scipy.stats import binomtest

from sft_core.scoring import metrics
from sft_core.scoring.uncertainty import f1_intervals, mcnemar, paired_difference, two_shares, wilson


@pytest.mark.parametrize(("hits", "rows"), [(45, 50), (0, 7), (7, 7), (1, 1), (2860, 3080)])
def test_wilson_is_the_one_of_scipy(hits, rows):
    expected = binomtest(hits, rows).proportion_ci(method="wilson")
    assert wilson(hits, rows) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_forty_five_of_fifty_are_likely_79_to_96():
    low, high = wilson(45, 50)
    assert (round(low * 100), round(high * 100)) == (79, 96)


def test_no_rows_have_no_interval():
    assert wilson(0, 0) is None


def test_the_interval_of_macro_f1_covers_the_truth_about_as_often_as_it_says():
    dice = np.random.default_rng(1)
    truth = np.array([[0.30, 0.05, 0.02, 0], [0.04, 0.25, 0.03, 0], [0.02, 0.06, 0.23, 0], [0, 0, 0, 0]])
    true_f1 = float(metrics.rates(truth)[2].mean())
    covered = 0
    for seed in range(100):
        drawn = dice.multinomial(300, truth.ravel() / truth.sum()).reshape(4, 4)
        low, high = f1_intervals(drawn, seed=seed).macro
        covered += low <= true_f1 <= high
    assert 88 <= covered <= 99


def test_the_interval_of_macro_f1_is_the_same_each_time():
    counts = metrics.cells(["a"] * 20 + ["b"] * 20, ["a"] * 18 + ["b"] * 20 + ["a"] * 2, ["a", "b"])
    assert f1_intervals(counts) == f1_intervals(counts)


@pytest.mark.parametrize(
    ("true", "said", "words"),
    [
        (["a"] * 20 + ["b"] * 4, ["a"] * 19 + ["b"] * 5, "one class has fewer than 5 rows"),
        (["a"] * 20, ["a"] * 19 + ["b"], "fewer than 5 rows"),
        (["a"] * 20 + ["b"] * 20, ["a"] * 20 + ["b"] * 20, "no mistake"),
        ([], [], "no rows"),
    ],
)
def test_where_a_bootstrap_would_mislead_there_is_a_reason_instead(true, said, words):
    found = f1_intervals(metrics.cells(true, said, ["a", "b"]))
    assert found.macro is None
    assert words in found.reason


def test_a_bootstrap_of_150_classes_takes_about_a_second():
    dice = np.random.default_rng(0)
    y = dice.integers(0, 150, 10_000)
    said = np.where(dice.random(10_000) < 0.8, y, dice.integers(0, 150, 10_000))
    start = time.perf_counter()
    assert f1_intervals(metrics.count(y, said, 150)).macro is not None
    assert time.perf_counter() - start < 15


def test_mcnemar_is_exact():
    ours = [True] * 12 + [False] * 5 + [True] * 33
    theirs = [False] * 12 + [True] * 5 + [True] * 33
    found = mcnemar(ours, theirs)
    assert (found.fixed, found.broken) == (12, 5)
    assert found.p == pytest.approx(0.14346, abs=1e-5)


def test_answers_that_never_differ_prove_nothing():
    assert mcnemar([True, False], [True, False]) == (1.0, 0, 0)
    assert mcnemar([], []) == (1.0, 0, 0)


def test_two_shares_of_different_rows():
    assert two_shares(910, 1000, 840, 1000) < 0.001
    assert two_shares(91, 100, 88, 100) > 0.3
    assert two_shares(1, 1, 0, 0) is None


def test_a_difference_on_the_same_rows_has_an_interval():
    ours = np.array([1] * 90 + [0] * 10, dtype=bool)
    theirs = np.array([1] * 80 + [0] * 15 + [1] * 5, dtype=bool)
    low, high = paired_difference(ours, theirs)
    assert low < 0.05 < high
    assert paired_difference(ours, ours) is None
