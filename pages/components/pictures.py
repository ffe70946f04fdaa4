"""Charts of a run, drawn once for each state of it: the key is the run, its attempt and what it has told."""

import math
from typing import Any, Literal

import streamlit as st
from components.drawn import Spec
from components.story import Story

from sft_core.jobs.store import Job

Theme = Literal["light", "dark"]
_NAMES = {"majority": "commonest class", "tfidf_logreg": "simple method (words)", "probe": "without training"}


def live_curve(job: Job, story: Story, theme: Theme) -> Spec:
    """The share right on validation with its band, the best simple method as a dashed line."""
    return _live_curve(job.id, job.attempt, len(story.of("evaluation")), len(story.of("baseline")), theme, story)


def loss_curves(job: Job, story: Story, theme: Theme) -> Spec:
    """Training and validation loss."""
    return _loss_curves(job.id, job.attempt, len(story.of("step")), len(story.of("evaluation")), theme, story)


@st.cache_resource(max_entries=32, show_spinner=False)
def _live_curve(run: str, attempt: int, looks: int, baselines: int, theme: Theme, _story: Story) -> Spec:  # noqa: ARG001
    from sft_core import charts
    from sft_core.scoring.uncertainty import wilson

    rows = next((_total(event) for event in reversed(_story.of("evaluation"))), 0)
    points = []
    for look in _story.looks():
        interval = wilson(round(look.score * rows), rows) or (look.score, look.score)
        share = {"value": look.score, "low": interval[0], "high": interval[1], "training": look.train_accuracy}
        points.append({"epoch": look.epoch, **share})
    best = _story.best_baseline()
    named = (_NAMES.get(best["name"], best["name"]), float(best["metrics"]["accuracy"])) if best else None
    return charts.live_curve(points, epochs=_story.passes, baseline=named, theme=theme).to_dict()


@st.cache_resource(max_entries=16, show_spinner=False)
def _loss_curves(run: str, attempt: int, steps: int, looks: int, theme: Theme, _story: Story) -> Spec:  # noqa: ARG001
    from sft_core import charts

    by_step = {event["step"]: {"epoch": event["epoch"], "loss": event["loss"]} for event in _story.of("step")}
    looked = {event["step"]: {"epoch": event["epoch"], "loss": event["loss"]} for event in _story.of("evaluation")}
    return charts.loss_curves(_sorted(by_step), _sorted(looked), epochs=_story.passes, theme=theme).to_dict()


def _sorted(by_step: dict[int, dict[str, float]]) -> list[dict[str, float]]:
    return [by_step[step] for step in sorted(by_step) if math.isfinite(by_step[step]["loss"] or math.nan)]


def _total(event: dict[str, Any]) -> int:
    return sum(map(sum, event["confusion"]["matrix"]))
