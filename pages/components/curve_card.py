"""The curves of a run, one at a time: right answers, loss, precision and recall; below them how fast it goes."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from components import drawn, glossary, looks, run_charts
from components.drawn import Spec
from components.layout import card
from components.story import Story
from components.wording import number, size

from sft_core.evaluation.pace import speed
from sft_core.jobs.store import Job


@dataclass(frozen=True)
class Curve:
    """`about` says in a sentence what is drawn ({rows} are messages), `alt` the same for those who do not see it.

    `needs` is the kind of event without which there is nothing to draw, `words` what the glossary explains of it.
    """

    picture: Callable[[Job, Story, run_charts.Theme], Spec]
    about: str
    alt: str
    needs: str = ""
    words: tuple[str, ...] = ()


BESIDE = " **Thin grey:** those that it learns from."
RIGHT, LOSS, BOTH = "Right answers", "Loss", "Precision, recall"
CURVES = {
    RIGHT: Curve(
        run_charts.live_curve,
        ":green[**Thick green:**] {rows} that it does not learn from.",
        "Share of right answers on rows kept for checking, after each pass over the data",
        words=("accuracy", "simple method", "pass", "validation"),
    ),
    LOSS: Curve(
        run_charts.loss_curves,
        "How far off its answers are, on {rows} that it learns from and on others. Less is better.",
        "How far off the answers are on rows that it learns from and on others, over the passes",
        "step",
        ("far off", "pass"),
    ),
    BOTH: Curve(
        run_charts.precision_and_recall,
        "How many of each class it finds, and how often it is right when it says one: means over the classes, "
        "on {rows} that it does not learn from.",
        "Right when said and found, on rows kept for checking, after each pass over the data",
        "evaluation",
        ("precision", "recall", "pass"),
    ),
}


def show(job: Job, story: Story) -> None:
    """The card."""
    with card(stretch=True):
        name = st.segmented_control(
            "What is drawn",
            list(CURVES),
            default=RIGHT,
            required=True,
            key=f"curves_{job.id}",
            label_visibility="collapsed",
        )
        curve = CURVES[name or RIGHT]
        also = BESIDE if name == RIGHT and any(look.train_accuracy is not None for look in story.looks()) else ""
        about = (curve.about + also).format(rows=story.words[1])
        st.markdown(f":small[{about}]", help=glossary.about(*curve.words))  # a caption would fade the green
        if curve.needs and not story.of(curve.needs):
            st.markdown("It has not begun to learn yet.")
        else:
            spec = curve.picture(job, story, looks.theme())
            drawn.show(spec, f"curve_{job.id}_{name}", curve.alt, height="stretch")
        if said := pace(job, story):
            st.caption(said, help=glossary.said_in(said, "step"))


def pace(job: Job, story: Story) -> str:
    """How far it is, how fast it goes and what it takes, as of the newest step; "" before there is one."""
    plan, step = story.last("plan"), story.last("step")
    if not plan or not step:
        return ""
    said = [f"Step {number(step['step'])} of {number(plan['steps'])}"]
    if not job.active and (rate := speed(story.events)):  # else it stands at the top of the page, with the time left
        said.append(f"{number(rate)} {story.words[1]} a second")
    return " · ".join([*said, f"{size(1_000_000 * step['memory_mb'])} of memory"])
