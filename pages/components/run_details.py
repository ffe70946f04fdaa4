"""Details of a run, closed at first: all its figures, its settings, the log."""

from typing import Any

import streamlit as st
from components.story import Story
from components.wording import number, plain

from sft_core.config import settings_of, title_of
from sft_core.data.kinds.registry import kind_of
from sft_core.evaluation.pace import speed
from sft_core.jobs.store import Job
from sft_core.records import LOG
from sft_core.training.setting_words import GOAL, goal_said, said

_TAIL = 8_000


def show(job: Job, story: Story) -> None:
    """An expander; what is in it is only drawn when it is open."""
    box = st.expander("Details", key=f"details_{job.id}", on_change="rerun")
    if not box.open:
        return
    with box:
        _figures(story)
        _warnings(story)
        _settings(story)
        _log(job)


def _figures(story: Story) -> None:
    plan, step, looked = story.last("plan") or {}, story.last("step") or {}, story.last("evaluation") or {}
    metrics = looked.get("metrics") or {}
    rate = speed(story.events)
    rows = {
        "Steps": f"{number(step.get('step', 0))} of {number(plan['steps'])}" if plan else "",
        "Speed": f"{rate:.0f} {story.words[1]} a second" if rate else "",
        "Memory": f"{number(step['memory_mb'])} MB" if step else "",
        "Learning rate now": f"{step['lr']:.2g}" if step else "",
        "Validation loss": _value(looked.get("loss")),
        "Accuracy": _value(metrics.get("accuracy")),
        "Accuracy on what it learns from": _value(looked.get("train_accuracy")),
        "Macro-F1": _value(metrics.get("macro_f1")),
        "Precision, mean over classes": _value(metrics.get("macro_precision")),
        "Recall, mean over classes": _value(metrics.get("macro_recall")),
        "Padding": f"{plan['padding_ratio']:.0%} of all tokens" if plan.get("padding_ratio") else "",
        "Saved last at step": number(story.last("checkpoint")["step"]) if story.last("checkpoint") else "",
    }
    st.markdown("**Figures**")
    st.table({name: plain(value) for name, value in rows.items() if value}, border="horizontal")


def _value(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _warnings(story: Story) -> None:
    for event in story.of("warning"):
        st.caption(f":material/info: {plain(event.get('message', ''))} {plain(event.get('hint', ''))}")


def _settings(story: Story) -> None:
    settings: dict[str, Any] = story.config.get("settings") or {}
    if not settings:
        return
    st.markdown("**Settings**")
    st.caption(plain(" ".join(story.config.get("reasons") or [])))
    kind = kind_of(story.roles).name
    shown = {
        title_of(name, kind): plain(said(name, value))
        for name, value in settings.items()
        if name in settings_of(kind) and name != "goal"
    }
    shown[GOAL] = plain(goal_said(story.goal, story.words))
    model = story.config.get("model") or {}
    shown["Base model"] = plain(model.get("name", ""))
    st.table(shown, border="horizontal")


def _log(job: Job) -> None:
    path = job.folder / LOG
    if not path.is_file():
        return
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        text = file.read().decode("utf-8", "replace")
    if text.strip():
        st.markdown("**Log**")
        st.code(text, language=None, height=220)
