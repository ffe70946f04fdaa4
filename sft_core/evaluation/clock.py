"""How long a job has taken for the one who waits for it, from the asking on."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sft_core.records import EVENTS, Work, read_events


class Clock:
    """Tells the stages of a job and how long all of it has taken, earlier attempts included."""

    def __init__(self, work: Work) -> None:
        self.work = work

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """One stage, told at its start."""
        self.work.events.add("stage", name=name)
        yield

    def total_seconds(self) -> float:
        """Seconds of all attempts, of this one until now."""
        events, _offset = read_events(self.work.folder / EVENTS)
        return seconds_taken([*events, {"attempt": self.work.attempt, "t": time.time()}])


def seconds_taken(events: Iterable[Mapping[str, Any]]) -> float:
    """Seconds of each attempt until its last event.

    An attempt counts from the moment it was asked for (`asked` of its `started` event): the start of the command for
    the command line, else the click on Start or Resume. Starting a supervisor, a worker and their libraries belongs to
    it. Waiting for a lane in which another job worked does not: that time was the other job's, and whoever asked for
    both would count it twice. Nor does the time between the attempts.
    """
    spans: dict[int, list[float]] = {}
    for event in events:
        moments = [float(event["t"])]
        if event.get("asked"):
            moments.append(float(event["asked"]))
        spans.setdefault(int(event["attempt"]), []).extend(moments)
    return round(sum(max(span) - min(span) for span in spans.values()), 3)
