"""What a person in a terminal reads of the plan."""

import pytest

from sft_core.cli.lines import event_line

PLAN = {"kind": "plan", "steps": 122}


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({}, "Plan: 122 steps"),
        ({"seconds": 76.4, "memory_mb": 410}, "Plan: 122 steps, about 80 seconds, 0.4 GB of memory"),
        ({"seconds": 301.0, "memory_mb": 12}, "Plan: 122 steps, about 6 minutes, 0.1 GB of memory"),
        ({"seconds": 0.0, "memory_mb": 0}, "Plan: 122 steps"),
    ],
)
def test_the_plan_says_time_and_memory_where_they_are_known(told, line):
    assert event_line({**PLAN, **told}) == (line, True)
