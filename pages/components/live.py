"""How a job stands, in a few words, read from the end of its event log."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from components.wording import duration

from sft_core.jobs.store import Job
from sft_core.records import EVENTS, read_events

_TAIL = 64 * 1024
_WAITING = {"queued": "Waiting for its turn", "starting": "Starting", "stopping": "Stopping, what it learnt is kept"}
_ENDED = {"finished": "Finished", "stopped": "Stopped", "failed": "Failed", "lost": "Lost"}


@dataclass(frozen=True)
class Live:
    """`done` is the share 0–1, None where it cannot be said; `learnt` the same of the plan of a training alone."""

    sentence: str
    done: float | None = None
    learnt: float | None = None


def live(job: Job) -> Live:
    """What a job is doing now."""
    if job.state in _ENDED:
        return Live(_ENDED[job.state], 1.0 if job.state == "finished" else None)
    if job.state in _WAITING:
        return Live(_WAITING[job.state])
    path = job.folder / EVENTS
    events = [event for event in tail(path) if event.get("attempt") == job.attempt]
    newest = {str(event["kind"]): event for event in events}
    told = [event for event in events if event["kind"] in ("step", "progress", "stage", "baseline")]
    if not told:
        return Live("Starting")
    if told[-1]["kind"] in ("step", "baseline") or (told[-1]["kind"] == "stage" and "step" in newest):
        steps = [event for event in events if event["kind"] == "step"]
        plan = newest.get("plan") or (_plan(str(path), job.attempt) if steps else None)  # before a step there is none
        return _training(steps, plan, told[-1])
    if told[-1]["kind"] == "progress":
        return Live(str(told[-1].get("message") or "At work"), told[-1].get("done"))
    return Live(_sentence(str(told[-1].get("name", ""))))


def tail(path: Path) -> list[dict[str, Any]]:
    """The last events of a log, however long it is."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(0, end - _TAIL))
            lines = file.read().split(b"\n")[0 if end <= _TAIL else 1 : -1]
    except OSError:
        return []
    return [event for event in map(_parsed, lines) if event is not None]


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "kind" in event else None


def _training(told: list[dict[str, Any]], plan: dict[str, Any] | None, last: dict[str, Any]) -> Live:
    steps = int((plan or {}).get("steps") or 0)
    if not told or not steps:
        return Live("First simple answers are there")
    step = told[-1]
    done = min(1.0, step["step"] / steps)
    if last["kind"] == "stage" and float(last["t"]) > float(step["t"]):
        return Live(_sentence(str(last.get("name", ""))), done, done)
    passes = (plan or {}).get("epochs")
    now = min(int(passes), int(step["epoch"]) + 1) if passes else 0
    words = f"Learning, pass {now} of {passes}" if passes else f"Learning, {done:.0%} done"
    left = _seconds_left(told, steps)
    return Live(f"{words} · {duration(left)} left" if left else words, done, done)


def _seconds_left(told: list[dict[str, Any]], steps: int) -> float | None:
    """From the pace of the last steps; None before there are two."""
    first, last = told[0], told[-1]
    done = int(last["step"]) - int(first["step"])
    return (float(last["t"]) - float(first["t"])) / done * (steps - int(last["step"])) if done > 0 else None


@st.cache_data(max_entries=64, ttl=600, show_spinner=False)
def _plan(path: str, attempt: int) -> dict[str, Any] | None:
    events, _ = read_events(Path(path))
    plans = [event for event in events if event["kind"] == "plan" and event.get("attempt") == attempt]
    return plans[-1] if plans else None


def _sentence(name: str) -> str:
    words = name.replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}" if words else "At work"
