"""How long a job has taken for the one who waits for it, from the asking on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

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
        """Seconds of each earlier attempt until its last event, and of this one until now.

        An attempt counts from the moment it was asked for (`asked` of its `started` event): the start of the command
        for the command line, else the click on Start or Resume. Starting a supervisor, a worker and their libraries
        belongs to it. Waiting for a lane in which another job worked does not: that time was the other job's, and
        whoever asked for both would count it twice. Nor does the time between the attempts.
        """
        events, _offset = read_events(self.work.folder / EVENTS)
        spans: dict[int, list[float]] = {self.work.attempt: [time.time()]}
        for event in events:
            moments = [float(event["t"])]
            if event.get("asked"):
                moments.append(float(event["asked"]))
            spans.setdefault(int(event["attempt"]), []).extend(moments)
        return round(sum(max(span) - min(span) for span in spans.values()), 3)
