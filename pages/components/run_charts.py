"""Charts of a run, drawn once for each state of it: the key is the run, its attempt and what it has told."""

import math
from collections.abc import Sequence
from typing import Literal

import streamlit as st
from components.drawn import Spec
from components.story import Story, rows_scored

from sft_core.jobs.store import Job

Theme = Literal["light", "dark"]
_NAMES = {
    "majority": "commonest class",
    "tfidf_logreg": "simple method (words)",
    "pixels": "simple method (pixels)",
    "probe": "without training",
}


def live_curve(job: Job, story: Story, theme: Theme) -> Spec:
    """The share right on validation with its band, the best simple method as a dashed line."""
    return _live_curve(job.id, job.attempt, len(story.of("evaluation")), len(story.of("baseline")), theme, story)


def loss_curves(job: Job, story: Story, theme: Theme) -> Spec:
    """Training and validation loss."""
    return _loss_curves(job.id, job.attempt, len(story.of("step")), len(story.of("evaluation")), theme, story)


def precision_and_recall(job: Job, story: Story, theme: Theme) -> Spec:
    """Means over the classes on validation."""
    return _precision_and_recall(job.id, job.attempt, len(story.of("evaluation")), theme, story)


def pinned_answer(looks: Sequence[tuple[float, Sequence[float]]], labels: Sequence[str], theme: Theme) -> Spec:
    """How the likeliest classes of a pinned sentence moved: (passes, probabilities) at each look, the newest last."""
    return _pinned_answer(tuple((epoch, tuple(shares)) for epoch, shares in looks), tuple(labels), theme)


def likeliest(looks: Sequence[tuple[float, Sequence[float]]], most: int = 3) -> list[int]:
    """The classes worth a line, by their place: the likeliest now, then those that were likeliest at some look."""
    newest = looks[-1][1]
    first = max(range(len(newest)), key=lambda place: newest[place])
    best = [max(shares[place] for _, shares in looks) for place in range(len(newest))]
    others = sorted((place for place in range(len(newest)) if place != first), key=lambda place: -best[place])
    return [first, *others[: most - 1]]


@st.cache_resource(max_entries=64, show_spinner=False)
def _pinned_answer(looks: tuple[tuple[float, tuple[float, ...]], ...], labels: tuple[str, ...], theme: Theme) -> Spec:
    from sft_core import charts

    chosen = likeliest(looks)
    points = [{"epoch": epoch, "shares": {labels[at]: shares[at] for at in chosen}} for epoch, shares in looks]
    return charts.answer_over_time(points, theme=theme).to_dict()


@st.cache_resource(max_entries=16, show_spinner=False)
def _precision_and_recall(run: str, attempt: int, looks: int, theme: Theme, _story: Story) -> Spec:  # noqa: ARG001
    from sft_core import charts

    by_step = {event["step"]: (event["epoch"], event["metrics"]) for event in _story.of("evaluation")}
    points = [
        {"epoch": epoch, "precision": metrics["macro_precision"], "recall": metrics["macro_recall"]}
        for _, (epoch, metrics) in sorted(by_step.items())
        if metrics.get("macro_precision") is not None and metrics.get("macro_recall") is not None
    ]
    return charts.precision_and_recall(points, epochs=_story.passes, theme=theme).to_dict()


@st.cache_resource(max_entries=32, show_spinner=False)
def _live_curve(run: str, attempt: int, looks: int, baselines: int, theme: Theme, _story: Story) -> Spec:  # noqa: ARG001
    from sft_core import charts
    from sft_core.scoring.uncertainty import wilson

    rows = next((rows_scored(event) for event in reversed(_story.of("evaluation"))), 0)
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
