"""One line a noteworthy event, for people who follow a job in a terminal or a log."""

from collections.abc import Callable
from typing import Any

from sft_core.training.durations import estimated

Event = dict[str, Any]


def event_line(event: Event) -> tuple[str, bool]:
    """The line for an event and whether it stays on the screen; ("", False) where nothing is to be said."""
    writer = LINES.get(str(event.get("kind")))
    return writer(event) if writer else ("", False)


def _progress(event: Event) -> tuple[str, bool]:
    return f"{event['message']} ({event['done']:.0%})", False


def _stage(event: Event) -> tuple[str, bool]:
    return str(event["name"]), True


def _baseline(event: Event) -> tuple[str, bool]:
    return f"Baseline {event['name']}: right {_share(event)} on validation", True


def _plan(event: Event) -> tuple[str, bool]:
    parts = [f"{event['steps']} steps"]
    if event.get("seconds"):
        parts.append(f"about {estimated(event['seconds'])}")
    if event.get("memory_mb"):
        parts.append(f"{max(0.1, event['memory_mb'] / 1024):.1f} GB of memory")
    return f"Plan: {', '.join(parts)}", True


def _step(event: Event) -> tuple[str, bool]:
    return f"Step {event['step']}, loss {event['loss']:.3f}, {event['samples_per_second']:.0f} rows a second", False


def _evaluation(event: Event) -> tuple[str, bool]:
    when = f"Pass {event['epoch']:.2f}" if event["epoch"] else "Before the first pass"
    return f"{when}: right {_share(event)} on validation", True


def _warning(event: Event) -> tuple[str, bool]:
    return f"{event['message']} {event.get('hint', '')}".strip(), True


def _share(event: Event) -> str:
    accuracy = event["metrics"].get("accuracy")
    return "unknown" if accuracy is None else f"{accuracy:.1%}"


LINES: dict[str, Callable[[Event], tuple[str, bool]]] = {
    "progress": _progress,
    "stage": _stage,
    "baseline": _baseline,
    "plan": _plan,
    "step": _step,
    "evaluation": _evaluation,
    "warning": _warning,
}
