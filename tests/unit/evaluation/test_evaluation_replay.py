"""A run shown again from its events: real proportions, nothing before its time, nothing lost at the end."""

import pytest

from sft_core.evaluation.clock import seconds_taken
from sft_core.evaluation.replay import can_be_replayed, moment, pinned_then


def event(at: float, kind: str = "step", attempt: int = 1, **more: object) -> dict:
    """One event at `at` seconds after the first."""
    return {"t": 1000.0 + at, "kind": kind, "attempt": attempt, **more}


STRAIGHT = [event(at, step=at) for at in range(0, 101, 10)]


@pytest.mark.parametrize(("share", "told"), [(0.0, 1), (0.49, 5), (0.5, 6), (0.999, 10), (1.0, 11), (7.0, 11)])
def test_a_share_of_the_time_shows_what_was_told_in_it(share: float, told: int) -> None:
    then = moment(STRAIGHT, share)
    assert len(then.events) == told
    assert then.events == STRAIGHT[:told]
    assert then.of == 100
    assert then.seconds == pytest.approx(100 * min(1, share))


def test_more_time_never_shows_less() -> None:
    counts = [len(moment(STRAIGHT, place / 60).events) for place in range(61)]
    assert counts == sorted(counts)


def test_waiting_between_two_attempts_takes_no_time_of_the_replay() -> None:
    events = [event(0), event(50), event(5000, attempt=2), event(5050, attempt=2)]
    assert moment(events, 1).of == 100 == seconds_taken(events)
    half = moment(events, 0.5)
    assert half.events == events[:3]  # the second attempt begins where the first ended
    assert half.attempt == 2
    assert moment(events, 0.49).attempt == 1


def test_the_start_of_the_worker_is_a_part_of_it() -> None:
    events = [event(20, "started", asked=1000.0), event(40)]
    assert moment(events, 1).of == 40
    assert moment(events, 0.75).events == events[:1]


def test_a_run_of_one_event_or_none() -> None:
    assert moment([event(0)], 0.3).events == [event(0)]
    with pytest.raises(ValueError, match="no moments"):
        moment([], 0.5)


def test_what_ended_before_its_first_look_cannot_be_replayed() -> None:
    assert not can_be_replayed([])
    assert not can_be_replayed(STRAIGHT)
    assert can_be_replayed([*STRAIGHT, event(101, "evaluation")])


def test_pins_are_those_of_the_moment() -> None:
    events = [event(0), event(10, "pinned", sentences=["a", "b"]), event(20, "pinned", sentences=["b", "c"])]
    assert pinned_then(events[:1], ["a"]) == ("a",)
    assert pinned_then(events[:2], ["a"]) == ("a", "b")
    assert pinned_then(events, ["a"]) == ("b", "c")
    assert pinned_then([event(0, "pinned", probabilities=[[1.0]])], ["a"]) == ("a",)  # as older runs told it
