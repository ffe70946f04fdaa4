"""All that a run has told so far, read on from where the last look ended, and what the live page shows of it."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from components import work

from sft_core.config import DEFAULT_TASK, Goal, Roles, validated
from sft_core.errors import ConfigError, SFTError
from sft_core.evaluation.live import Live, Look, live, looks_of
from sft_core.evaluation.replay import Moment
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.records import EVENTS, read_events
from sft_core.tasks.registry import get_task
from sft_core.workspace import RunFolder

Event = dict[str, Any]
BY_WORDS, BY_PROBE = "tfidf_logreg", "probe"


@dataclass
class Reader:
    """The events of one run in memory; the log only grows, so each look reads what is new."""

    path: Path
    events: list[Event] = field(default_factory=list)
    offset: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read_on(self) -> list[Event]:
        """All events until now."""
        with self.lock:
            new, self.offset = read_events(self.path, self.offset)
            self.events += new
            return list(self.events)


@st.cache_resource(max_entries=16, show_spinner=False)
def _reader(path: str) -> Reader:
    return Reader(Path(path))


@dataclass(frozen=True)
class Story:
    """One run as its events and its `config.json` tell it; until that is written, what was asked stands for it.

    In a replay `then` is the moment that is shown: the events end there, and nothing can be changed.
    """

    events: list[Event]
    config: dict[str, Any]
    then: Moment | None = None

    @property
    def stamp(self) -> tuple[int, int]:
        """Changes whenever there is something new to draw: looks, and everything."""
        return len(self.of("evaluation")), len(self.events)

    def of(self, kind: str) -> list[Event]:
        """All events of a kind."""
        return [event for event in self.events if event.get("kind") == kind]

    def last(self, kind: str) -> Event | None:
        """The newest event of a kind."""
        return next((event for event in reversed(self.events) if event.get("kind") == kind), None)

    @property
    def labels(self) -> list[str]:
        return list(self.config.get("labels") or [])

    @property
    def goal(self) -> Goal:
        """What the best state is judged by."""
        try:
            return validated(Goal, (self.config.get("settings") or {}).get("goal") or {})
        except ConfigError:
            return Goal()

    @property
    def roles(self) -> Roles:
        """What the columns of its rows are for; empty before that is known."""
        return Roles.model_validate(self.config.get("roles") or {})

    @property
    def words(self) -> tuple[str, str]:
        """How the task calls a row and rows."""
        return row_words(self.config.get("task"))

    @property
    def passes(self) -> float:
        """Passes over the data that are planned."""
        plan = self.last("plan") or {}
        return float(plan.get("epochs") or (self.config.get("settings") or {}).get("epochs") or 1)

    def rows(self, split: str = "train") -> int | None:
        """How many rows a split has; None where that is not known yet."""
        return ((self.config.get("data") or {}).get("rows") or {}).get(split)

    def looks(self) -> list[Look]:
        """The evaluations on validation, by accuracy."""
        return looks_of(self.events, Goal(), self.labels)

    def baselines(self) -> dict[str, Event]:
        """The newest event of each baseline."""
        return {event["name"]: event for event in self.of("baseline")}

    def best_baseline(self) -> Event | None:
        """The simple method that is right most often on validation."""
        found = [event for event in self.baselines().values() if event["metrics"].get("accuracy") is not None]
        return max(found, key=lambda event: event["metrics"]["accuracy"], default=None)

    def sentence(self, attempt: int) -> Live:
        """What is going on in this attempt, for a lay person."""
        known = {"goal": self.goal, "labels": self.labels, "epochs": self.passes, "words": self.words}
        return live(self.events, **known, attempt=attempt)

    def preparing(self) -> float | None:
        """How far the present stage before the training has come, where it says so."""
        told = [event for event in self.events if event.get("kind") in ("stage", "progress", "plan")]
        return told[-1].get("done") if told and told[-1]["kind"] == "progress" else None


def story_of(job: Job) -> Story:
    """What a run has told until now."""
    folder = RunFolder(job.folder)
    config = work.read_if_there(folder.config) or _asked(job)
    return Story(_reader(str(job.folder / EVENTS)).read_on(), config)


def _asked(job: Job) -> dict[str, Any]:
    try:
        return read_order(job.folder).request
    except SFTError:
        return {}


def row_words(task: str | None) -> tuple[str, str]:
    """ "message", "messages" for the task of this name."""
    return get_task(task or DEFAULT_TASK).row_word


def rows_scored(event: Event) -> int:
    """How many validation rows an evaluation or a baseline was scored on."""
    return sum(map(sum, event["confusion"]["matrix"]))
