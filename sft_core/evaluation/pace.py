"""Where a run stands between its start and its end: getting ready, learning or testing; how fast, and how long yet."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Event = Mapping[str, Any]
Phase = Literal["ready", "learning", "learnt"]

TRUSTED = 0.2  # share of the plan after which its own pace alone says how long it still takes
SPEED_OVER, SPEED_STEPS = 10.0, 3  # seconds, and steps told, over which the speed is a mean: batches differ in length


def phase(events: Sequence[Event], attempt: int | None = None) -> Phase:
    """What an attempt is at, the newest one that has told anything where none is named.

    "ready": it has not taken a step yet; "learnt": it takes none any more, what is left are the last look and the test.
    """
    own = [event for event in events if event.get("attempt") == (_newest(events) if attempt is None else attempt)]
    plan, step = _last(events, "plan"), _last(own, "step")
    if step is None:
        return "ready"
    if plan and plan.get("steps") and step["step"] >= plan["steps"]:
        return "learnt"
    stage = _last(own, "stage")
    return "learnt" if stage is not None and own.index(stage) > own.index(step) else "learning"


def was_resumed(events: Sequence[Event], attempt: int | None = None) -> bool:
    """Whether an earlier attempt has taken steps already."""
    now = _newest(events) if attempt is None else attempt
    return any(event.get("kind") == "step" and event.get("attempt") != now for event in events)


def speed(events: Sequence[Event]) -> float | None:
    """Rows a second over the last seconds of the newest attempt that took a step; None before there is one.

    Rows by the seconds of their steps: pauses to look or to save are not in it.
    """
    steps = _steps_of_last_attempt(events)
    if not steps or not steps[-1].get("samples_per_second"):
        return None
    since = float(steps[-1].get("t") or 0.0) - SPEED_OVER
    recent = sum(float(event.get("t") or 0.0) > since for event in steps)
    first = max(0, len(steps) - max(recent, SPEED_STEPS))
    rows = seconds = 0.0
    for place in range(first, len(steps)):
        rate = float(steps[place].get("samples_per_second") or 0.0)
        taken = steps[place]["step"] - steps[place - 1]["step"] if place else 1  # all of one size
        if rate > 0 and taken > 0:
            rows, seconds = rows + taken, seconds + taken / rate
    return rows / seconds if seconds else None


def time_left(events: Sequence[Event]) -> float | None:
    """Seconds to the end of the plan: as estimated before it began, then more and more by the pace of this attempt.

    None before either is known, and when it learns no more.
    """
    plan = _last(events, "plan")
    if plan is None or phase(events) == "learnt":
        return None
    attempt, now = _newest(events), float(events[-1].get("t") or 0.0)
    guess = None
    if plan.get("seconds") is not None and plan.get("attempt") == attempt:
        guess = float(plan["seconds"] - (now - plan["t"]))
    steps = [event for event in events if event.get("kind") == "step" and event.get("attempt") == attempt]
    done = steps[-1]["step"] - steps[0]["step"] if steps else 0
    if done <= 0:
        return guess if guess is not None and guess > 0 else None
    by_pace = float(max(0, plan["steps"] - steps[-1]["step"]) * (steps[-1]["t"] - steps[0]["t"]) / done)
    if guess is None:
        return by_pace
    trust = min(1.0, float(done / (TRUSTED * plan["steps"])))
    return trust * by_pace + (1 - trust) * max(0.0, guess)


def _steps_of_last_attempt(events: Sequence[Event]) -> list[Event]:
    steps = [event for event in events if event.get("kind") == "step"]
    return [event for event in steps if event.get("attempt") == steps[-1].get("attempt")]


def _newest(events: Sequence[Event]) -> Any:
    return events[-1].get("attempt") if events else None


def _last(events: Sequence[Event], kind: str) -> Event | None:
    return next((event for event in reversed(events) if event.get("kind") == kind), None)
