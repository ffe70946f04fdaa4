"""Durations in words."""

import pytest

from sft_core.training.durations import duration, estimated


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [
        (0.2, "1 second", "1 s"),
        (45, "45 seconds", "45 s"),
        (89.9, "90 seconds", "90 s"),
        (120, "2 minutes", "2 min"),
        (3580, "1 h", "1 h"),
        (4800, "1 h 20 min", "1 h 20 min"),
        (8000, "2 h 13 min", "2 h 13 min"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds, long, short):
    assert duration(seconds) == long
    assert duration(seconds, short=True) == short


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "10 seconds"),
        (41, "50 seconds"),
        (89, "2 minutes"),
        (100, "2 minutes"),
        (301, "6 minutes"),
        (9000, "2 h 30 min"),
    ],
)
def test_an_estimate_is_no_finer_than_it_is(seconds, words):
    assert estimated(seconds) == words
