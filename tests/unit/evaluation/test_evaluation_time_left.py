"""How long a run still takes, how fast it goes and what it is at: as estimated first, then as it goes."""

import pytest

from sft_core.evaluation.live import live
from sft_core.evaluation.pace import phase, speed, time_left

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


LOOK = {"kind": "evaluation", "attempt": 1, "t": 150.0, "step": 50, "epoch": 1.0, "metrics": {"accuracy": 0.9}}
STOPPED = [PLAN, LOOK, step(50, 150.0), {"kind": "stopped", "attempt": 1, "t": 151.0}]


def stage(name: str, t: float, attempt: int = 1) -> dict:
    return {"kind": "stage", "attempt": attempt, "t": t, "name": name}


def test_a_resumed_run_gets_ready_until_its_first_step():
    assert live(STOPPED, attempt=1).headline == "Stopped"
    begun = live(STOPPED, attempt=2)
    assert (begun.headline, begun.detail, begun.share) == ("Getting ready to go on from where it stopped", "", 0.5)
    loading = [*STOPPED, stage("Loading the base model", 900.0, 2)]
    assert live(loading, attempt=2).detail == "Loading the base model"
    assert phase(loading) == "ready" and time_left([*loading, {**PLAN, "attempt": 2, "t": 905.0}]) == 80.0
    gone_on = [*loading, step(51, 910.0, 2), step(52, 911.0, 2)]
    assert live(gone_on, attempt=2).headline.startswith("First look") and "left" in live(gone_on).detail


def test_after_its_last_step_it_says_that_it_tests_and_no_seconds():
    learnt = [PLAN, LOOK, step(50, 150.0), step(100, 200.0)]
    assert live(learnt).detail == "Learning is done · the last look comes now, then the test"
    stopped_early = [PLAN, LOOK, step(50, 150.0), step(60, 160.0)]
    assert (phase(learnt), phase(stopped_early)) == ("learnt", "learning")
    testing = [*stopped_early, stage("Testing on messages that it has never seen", 170.0)]
    assert live(testing).detail == "Learning is done · testing on messages that it has never seen"
    assert time_left(learnt) is None and time_left(testing) is None


def test_the_speed_is_a_mean_over_seconds_and_weighs_rows_not_steps():
    rates = [12.0, 38.0, 129.0, 28.0]
    steps = [{**step(10 * (n + 1), 100.0 + 3 * n), "samples_per_second": rate} for n, rate in enumerate(rates)]
    assert speed(steps) == pytest.approx(31 / (1 / 12 + 10 / 38 + 10 / 129 + 10 / 28))
    long_ago = {**step(1, 10.0), "samples_per_second": 5000.0}
    assert speed([long_ago, *steps]) < 40
    assert speed([]) is None and speed([step(1, 1.0)]) is None
