"""A run once more, from its events: what it had told after so much of its time, and what was pinned then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sft_core.evaluation.clock import seconds_taken

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Moment:
    """A run at one moment: its events until then, and the seconds of work behind it and in all."""

    events: list[dict[str, Any]]
    seconds: float
    of: float

    @property
    def attempt(self) -> int:
        """The attempt that is at work at this moment."""
        return int(self.events[-1]["attempt"])


def moment(events: Sequence[Event], share: float) -> Moment:
    """The run after this share (0–1) of its time; the time between two attempts took nobody's and is left out.

    The proportions are the real ones: a stage that took half of the time takes half of the replay. Raises ValueError
    without events.
    """
    if not events:
        raise ValueError("a run without events has no moments")
    behind, whole = _seconds_behind(events), seconds_taken(events)
    now = whole * min(1.0, max(0.0, share))
    told = [dict(event) for event, seconds in zip(events, behind, strict=True) if share >= 1 or seconds <= now]
    return Moment(told or [dict(events[0])], now, whole)


def can_be_replayed(events: Sequence[Event]) -> bool:
    """Whether there is something to see: at least one look at the rows that are kept for checking."""
    return any(event.get("kind") == "evaluation" for event in events)


def pinned_then(events: Sequence[Event], at_start: Sequence[str]) -> tuple[str, ...]:
    """What was pinned at the end of these events; `at_start` until the first answers came."""
    answered = [event for event in events if event.get("kind") == "pinned"]
    return tuple((answered[-1].get("sentences") if answered else None) or at_start)


def _seconds_behind(events: Sequence[Event]) -> list[float]:
    """For each event the seconds of work before it, as `seconds_taken` counts them."""
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for event in events:
        attempt, at = int(event["attempt"]), float(event["t"])
        first[attempt] = min(first.get(attempt, at), at, float(event.get("asked") or at))
        last[attempt] = max(last.get(attempt, at), at)
    before, total = {}, 0.0
    for attempt in first:  # in the order in which they told something
        before[attempt] = total
        total += last[attempt] - first[attempt]
    return [before[int(event["attempt"])] + float(event["t"]) - first[int(event["attempt"])] for event in events]
