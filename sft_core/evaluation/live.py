"""What a run is doing now, in one sentence that a lay person understands, from its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from sft_core.config import Goal
from sft_core.evaluation.pace import phase, speed, time_left, was_resumed
from sft_core.evaluation.wording import counted, in_100, sentence, spoken, visible
from sft_core.training.durations import duration
from sft_core.training.goal import goal_score

NOISE = 0.005  # smaller moves of the validation score are called standing still
BY_HEART = 0.04  # how far training may run ahead of validation before it is named


@dataclass(frozen=True)
class Live:
    """A headline and a quieter second line; `share` of the plan done (0–1), None before there is a plan."""

    headline: str
    detail: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Look:
    """One evaluation on validation: after how many passes, and how good by the goal.

    `accuracy` is the share right on validation, `train_accuracy` that on what it learnt from just before (None where
    no step was taken since the look before). `kept`: this state took the place of the one kept before.
    """

    epoch: float
    score: float
    loss: float | None
    accuracy: float | None
    train_accuracy: float | None
    kept: bool = False

    @property
    def ahead(self) -> float:
        """How far training runs ahead of validation; 0 where that is not known."""
        if self.train_accuracy is None or self.accuracy is None:
            return 0.0
        return self.train_accuracy - self.accuracy


def live(
    events: Iterable[Mapping[str, Any]],
    *,
    goal: Goal | None = None,
    labels: Sequence[str] = (),
    epochs: float | None = None,
    words: tuple[str, str] = ("row", "rows"),
    attempt: int | None = None,
) -> Live:
    """The state of a run from all its events; `goal` is what the best state is judged by, `labels` its classes.

    `attempt` is the one that is at work, which may not have told anything yet.
    """
    seen = list(events)
    if attempt is None and seen:
        attempt = seen[-1].get("attempt")
    ended = _ending(seen, words[1]) if seen and seen[-1].get("attempt") == attempt else None
    if ended is not None:
        return ended
    if was_resumed(seen, attempt) and phase(seen, attempt) == "ready":
        return Live("Getting ready to go on from where it stopped", _stage(seen, attempt), _share(seen))
    looks = looks_of(seen, goal or Goal(), labels)
    headline = improvement(looks, goal or Goal()) if looks else _before_first_look(seen)
    if phase(seen, attempt) == "learnt":
        return Live(headline, _after_learning(seen, attempt), _share(seen))
    return Live(headline, _pace(seen, epochs, words), _share(seen))


def _stage(events: Sequence[Mapping[str, Any]], attempt: int | None) -> str:
    """The stage of this attempt in words; "" before there is one."""
    stage = _last([event for event in events if event.get("attempt") == attempt], "stage")
    return sentence(str(stage["name"])) if stage else ""


def _after_learning(events: Sequence[Mapping[str, Any]], attempt: int | None) -> str:
    own = [event for event in events if event.get("attempt") == attempt]
    step, stage = _last(own, "step"), _last(own, "stage")
    if step and stage and own.index(stage) > own.index(step):
        return f"Learning is done · {stage['name'][:1].lower()}{stage['name'][1:]}"
    return "Learning is done · the last look comes now, then the test"


def looks_of(events: Iterable[Mapping[str, Any]], goal: Goal, labels: Sequence[str] = ()) -> list[Look]:
    """The evaluations of a run, each step once: a resumed attempt may repeat the last one."""
    by_step: dict[int, Look] = {}
    for event in events:
        if event.get("kind") == "evaluation":
            by_step[int(event["step"])] = _look(event, goal, labels)
    return [by_step[step] for step in sorted(by_step)]


def improvement(looks: Sequence[Look], goal: Goal) -> str:
    """How the validation score moves. Raises IndexError without a look."""
    now = looks[-1]
    if len(looks) == 1:
        return f"First look: {_says(goal, now.score)}"
    before, best = looks[-2], max(looks, key=lambda look: look.score)
    if now.score > max(look.score for look in looks[:-1]) + NOISE:
        return f"Still improving: {_says(goal, now.score)}, up from {_value(goal, before.score)} {_ago(now, before)}"
    if now.score < best.score - NOISE and not now.kept:
        return _below_best(now, best, looks, goal)
    at = f"after {_passes(best.epoch)}" if best.epoch else "before the first pass"
    return f"Hardly moving any more: {_says(goal, now.score)}, best {_value(goal, best.score)} {at}"


def _below_best(now: Look, best: Look, looks: Sequence[Look], goal: Goal) -> str:
    state = next((look for look in reversed(looks) if look.kept), best)
    at = f"pass {_number(state.epoch)}" if state.epoch else "before the first pass"
    kept = f"the best model is kept from {at}"
    if now.train_accuracy is not None and now.accuracy is not None and now.ahead > BY_HEART:
        sides = f"{in_100(now.train_accuracy)} in 100 on what it learns from, {in_100(now.accuracy)} on the rest"
        return f"It begins to learn by heart: {sides}{_trend(now, best, looks[-2], goal)}; {kept}"
    losses = [look.loss for look in looks if look.loss is not None]
    if len(losses) >= 3 and all(b > a for a, b in pairwise(losses[-3:])):
        return f"It begins to learn by heart: {_says(goal, now.score)}, down from {_value(goal, best.score)}; {kept}"
    return f"A little worse just now: {_says(goal, now.score)}, down from {_value(goal, best.score)}; {kept}"


def _trend(now: Look, best: Look, before: Look, goal: Goal) -> str:
    """How the number of the goal moves, where it is another than the two that were just said."""
    if goal.kind != "accuracy":
        return f", and {_says(goal, now.score)}, down from {_value(goal, best.score)}"
    return " and falling" if now.score < before.score else f", down from {_value(goal, best.score)}"


def _look(event: Mapping[str, Any], goal: Goal, labels: Sequence[str]) -> Look:
    return Look(
        epoch=float(event["epoch"]),
        score=_score(event, goal, labels),
        loss=event.get("loss"),
        accuracy=event["metrics"].get("accuracy"),
        train_accuracy=event.get("train_accuracy"),
        kept=bool(event.get("kept")),
    )


def _score(event: Mapping[str, Any], goal: Goal, labels: Sequence[str]) -> float:
    """The number that the goal is about; for one class it is counted from the confusion matrix."""
    confusion = event.get("confusion") or {}
    known = list(labels) or list(confusion.get("labels", ()))
    matrix = np.asarray(confusion.get("matrix", ()), dtype=np.int64)
    if goal.label is None or goal.label in known:
        return goal_score(goal, event["metrics"], matrix, known)
    return float(event["metrics"].get("goal") or 0.0)


def _says(goal: Goal, score: float) -> str:
    number = _value(goal, score)
    if goal.kind == "macro_f1":
        return f"every class alike {number} of 100 (macro-F1)"
    if goal.kind == "recall":
        return f"finds {number} in 100 of {visible(str(goal.label))}"
    if goal.kind == "precision":
        return f"{number} in 100 are right where it says {visible(str(goal.label))}"
    return f"right {number} times in 100"


def _value(goal: Goal, score: float) -> str:
    return f"{100 * score:.0f}" if goal.kind == "macro_f1" else in_100(score)


def _ago(now: Look, before: Look) -> str:
    passed = now.epoch - before.epoch
    return "a pass ago" if abs(passed - 1) < 0.01 else f"{_number(passed)} passes ago" if passed > 1 else "just before"


def _passes(epoch: float) -> str:
    return "1 pass" if epoch == 1 else f"{_number(epoch)} passes"


def _number(epoch: float) -> str:
    return f"{epoch:.1f}".removesuffix(".0")


def _before_first_look(events: Sequence[Mapping[str, Any]]) -> str:
    baselines = [event for event in events if event.get("kind") == "baseline" and event["name"] != "majority"]
    if baselines:
        best = max(baselines, key=lambda event: event["metrics"].get("accuracy") or 0.0)
        share = best["metrics"].get("accuracy")
        if share is not None:
            return f"{sentence(spoken(best['name']))} is right {in_100(share)} times in 100: that is to be beaten"
    stages = [event["name"] for event in events if event.get("kind") == "stage"]
    return sentence(str(stages[-1])) if stages else "Getting ready"


def _share(events: Sequence[Mapping[str, Any]]) -> float | None:
    plan, step = _last(events, "plan"), _last(events, "step")
    if plan is None or not plan.get("steps"):
        return None
    return min(1.0, step["step"] / plan["steps"]) if step else 0.0


def _pace(events: Sequence[Mapping[str, Any]], epochs: float | None, words: tuple[str, str]) -> str:
    """ "Pass 3 of 6 · 204 messages a second · about 2 minutes left"."""
    plan, step = _last(events, "plan"), _last(events, "step")
    if plan is None:
        return ""
    parts = []
    if epochs and step:
        at = min(int(epochs), int(step["epoch"]) + 1)
        parts.append(f"Pass {at} of {_number(float(epochs))}")
    if rate := speed(events):
        parts.append(f"{counted(round(rate), words)} a second")
    left = time_left(events)
    if left is not None:
        parts.append(f"about {duration(left)} left")
    return sentence(" · ".join(parts))


def _ending(events: Sequence[Mapping[str, Any]], many: str) -> Live | None:
    last = events[-1] if events else {}
    if last.get("kind") == "finished":
        return Live("Done", f"The model is scored on {many} that it has never seen.", 1.0)
    if last.get("kind") == "stopped":
        return Live("Stopped", "What it has learnt so far is kept: Resume goes on from there.", _share(events))
    if last.get("kind") == "failed":
        return Live(last.get("message") or "It failed", last.get("hint", ""), _share(events))
    return None


def _last(events: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    return next((event for event in reversed(events) if event.get("kind") == kind), None)
