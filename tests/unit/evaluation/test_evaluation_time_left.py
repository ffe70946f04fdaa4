"""How long a run still takes: first as estimated, then as it goes."""

import pytest

from sft_core.evaluation.live import live, time_left

PLAN = {"kind": "plan", "attempt": 1, "t": 100.0, "steps": 100, "seconds": 80.0}


def step(number: int, t: float, attempt: int = 1) -> dict:
    return {"kind": "step", "attempt": attempt, "t": t, "step": number, "epoch": number / 50}


def test_from_the_plan_on_the_estimate_is_counted_down():
    assert time_left([PLAN]) == 80.0
    assert time_left([PLAN, {"kind": "progress", "attempt": 1, "t": 110.0}]) == 70.0
    assert live([PLAN]).detail == "About 80 seconds left"


def test_the_pace_takes_over_as_steps_are_taken():
    early = [PLAN, step(1, 102.0), step(2, 106.0)]  # the longest batch comes first: 4 seconds a step
    assert 75 < time_left(early) < 105  # by its pace alone: 392
    later = [PLAN, *(step(n, 100 + 1.6 * n) for n in range(1, 51))]  # half the speed that was expected
    assert time_left(later) == pytest.approx(50 * 1.6)


def test_an_estimate_that_was_too_low_never_gives_less_than_nothing():
    assert time_left([PLAN, {"kind": "progress", "attempt": 1, "t": 200.0}]) is None
    assert time_left([PLAN, step(1, 190.0), step(2, 191.0)]) > 0


def test_the_estimate_of_an_earlier_attempt_does_not_count():
    assert time_left([PLAN, {"kind": "started", "attempt": 2, "t": 900.0}]) is None
    again = {**PLAN, "attempt": 2, "t": 910.0, "seconds": 30.0}
    assert time_left([PLAN, again, {"kind": "progress", "attempt": 2, "t": 911.0}]) == 29.0


def test_without_an_estimate_only_the_pace_is_told():
    plan = {"kind": "plan", "steps": 100}
    assert time_left([]) is None
    assert time_left([plan, step(10, 5.0)]) is None
    assert time_left([plan, step(10, 5.0), step(20, 10.0)]) == 40.0
    assert live([plan]).detail == ""
