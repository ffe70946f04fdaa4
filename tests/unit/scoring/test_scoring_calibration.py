"""Confidence that means what it says, and when to say nothing."""

import numpy as np
import pytest
from scipy.special import softmax

from sft_core.scoring import abstain, calibration


def overconfident(rows: int = 4000, factor: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(0)
    logits = dice.normal(size=(rows, 4)) * 1.5
    y = np.array([dice.choice(4, p=row) for row in softmax(logits, axis=1)])
    return logits * factor, y


def test_the_temperature_undoes_overconfidence():
    logits, y = overconfident()
    assert calibration.fit_temperature(logits, y) == pytest.approx(3.0, rel=0.08)


def test_calibration_falls_after_the_temperature():
    logits, y = overconfident()
    t = calibration.fit_temperature(logits, y)
    before, after = softmax(logits, axis=1), softmax(logits / t, axis=1)
    errors = [calibration.ece(p.max(axis=1), p.argmax(axis=1) == y) for p in (before, after)]
    assert errors[0] > 0.1 > 0.03 > errors[1]


@pytest.mark.parametrize("rows", [1, 5])
def test_few_faultless_rows_do_not_drive_the_temperature_to_its_bound(rows):
    logits = np.eye(5)[:rows] * 4
    assert 0.2 < calibration.fit_temperature(logits, np.arange(rows)) < 1.5


def test_no_usable_rows_leave_the_temperature_alone():
    assert calibration.fit_temperature(np.empty((0, 3)), np.empty(0, dtype=int)) == 1.0
    assert calibration.fit_temperature(np.ones((2, 3)), np.array([-1, -1])) == 1.0
    assert calibration.fit_temperature(np.array([[np.nan, 1.0]]), np.array([0])) == 1.0


def test_softening_is_dividing_the_logits():
    logits = np.random.default_rng(0).normal(size=(10, 3))
    assert np.allclose(calibration.soften(softmax(logits, axis=1), 2.0), softmax(logits / 2, axis=1))


def test_perfectly_calibrated_answers_still_show_an_error_on_few_rows():
    sure = np.full(30, 0.8)
    assert calibration.ece_by_chance(sure) > 0.03
    assert calibration.ece_by_chance(np.full(20_000, 0.8)) < 0.01


def test_bins_hold_all_rows_and_empty_ones_have_no_accuracy():
    bins = calibration.reliability(np.array([0.95, 1.0, 0.5, 0.0]), np.array([True, True, False, False]))
    assert sum(b["rows"] for b in bins) == 4
    assert bins[9]["accuracy"] == 1.0 and bins[9]["rows"] == 2
    assert bins[2]["accuracy"] is None and bins[2]["interval"] is None


def test_without_rows_there_is_nothing_to_calibrate():
    nothing = np.empty(0)
    assert calibration.ece(nothing, nothing) is None
    assert calibration.ece_by_chance(nothing) is None
    assert calibration.reliability(nothing, nothing) == []


def test_none_of_these_keeps_95_of_100_right_answers():
    sure = np.linspace(0.01, 1.0, 100)
    threshold = abstain.none_threshold(sure, np.ones(100, dtype=bool))
    assert np.mean(sure >= threshold) == pytest.approx(0.95, abs=0.011)
    assert abstain.none_threshold(sure, np.zeros(100, dtype=bool)) is None


def test_a_threshold_above_all_answers_nothing_and_is_not_called_wrong():
    found = abstain.at_threshold(np.array([0.5]), np.array([True]), 0.9)
    assert (found.answered, found.right, found.interval) == (0.0, None, None)


def test_equal_confidences_are_answered_together():
    curve = abstain.risk_coverage(np.array([0.5, 0.5, 0.9]), np.array([True, False, True]))
    assert [(point.answered, point.right) for point in curve] == [
        (1.0, pytest.approx(2 / 3)),
        (pytest.approx(1 / 3), 1.0),
    ]


def test_a_long_curve_is_thinned():
    dice = np.random.default_rng(0)
    curve = abstain.risk_coverage(dice.random(5000), dice.random(5000) < 0.5)
    assert len(curve) == abstain.POINTS and curve[0].answered == 1.0
    assert abstain.risk_coverage(np.empty(0), np.empty(0)) == []
