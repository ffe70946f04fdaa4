"""How long a job took for the one who waits for it."""

import json
import time
from pathlib import Path

import pytest

from sft_core.evaluation.clock import Clock
from sft_core.records import EVENTS, EventLog, Work, write_text


def seconds(folder: Path, attempt: int, *events: dict) -> float:
    """By a clock whose job has told these events."""
    write_text(folder / EVENTS, "".join(f"{json.dumps({'kind': 'step', **event})}\n" for event in events))
    return Clock(Work(folder, {}, attempt, EventLog(folder / EVENTS, attempt))).total_seconds()


def test_an_attempt_counts_from_the_moment_it_was_asked_for(tmp_path: Path) -> None:
    now = time.time()
    began = {"t": now - 10, "attempt": 1, "asked": now - 14.5}
    assert seconds(tmp_path, 1, began, {"t": now - 1, "attempt": 1}) == pytest.approx(14.5, abs=0.5)


def test_a_resume_adds_its_own_time_and_not_the_night_between(tmp_path: Path) -> None:
    now = time.time()
    first = [{"t": now - 9000, "attempt": 1, "asked": now - 9003}, {"t": now - 8900, "attempt": 1}]
    second = {"t": now - 5, "attempt": 2, "asked": now - 7}
    assert seconds(tmp_path, 2, *first, second) == pytest.approx(103 + 7, abs=0.5)


def test_events_that_do_not_say_when_it_was_asked_for_count_from_the_first(tmp_path: Path) -> None:
    now = time.time()
    assert seconds(tmp_path, 1, {"t": now - 3, "attempt": 1}) == pytest.approx(3, abs=0.5)
