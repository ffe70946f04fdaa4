"""A run while it learns: one fragment that follows its events; the truth lies in the workspace, not in this session."""

from typing import Any

import streamlit as st
from components import confusion_view, curve_card, glossary, pinned, run_details, session, work
from components.kinds.registry import training_of
from components.layout import card
from components.story import Story, rows_scored, story_of
from components.trouble import caught
from components.wording import count, duration, named, plain, when

from sft_core.evaluation.clock import seconds_taken
from sft_core.evaluation.pace import phase, time_left
from sft_core.evaluation.verdict import verdict
from sft_core.evaluation.wording import TITLES, in_100, points
from sft_core.jobs import rows, store
from sft_core.jobs.store import Job

EVERY = 2


def show(job: Job) -> None:
    """Follow a run until it ends; the page is drawn again whenever its state changes."""
    draw = st.fragment(_followed, run_every=EVERY if job.active else None)
    draw(job.id, job.state, job.attempt, story_of(job).rows())


@caught()
def _followed(job_id: str, state: str, attempt: int, rows_in_title: int | None) -> None:
    job = store.get(session.workspace(), job_id)
    story = story_of(job)
    if (job.state, job.attempt, story.rows()) != (state, attempt, rows_in_title):
        st.rerun()  # the title and its buttons say something else by now
    if job.active:
        store.ensure_supervisor(session.workspace())
    draw(job, story)
    if job.state != "queued":
        run_details.show(job, story)


def draw(job: Job, story: Story) -> None:
    """How far it is: the sentence, the curve, the numbers and the matrix, now or at a moment that is shown again."""
    _sentence(job, story)
    if job.state == "queued":
        return
    _curve_and_pinned(job, story)
    _numbers(job, story)
    _matrix_and_hardest(job, story)


def _sentence(job: Job, story: Story) -> None:
    with card():
        if job.state == "queued":
            st.markdown(f"### {_place_in_line(job)}", anchors=False)
            st.markdown("It starts by itself. You may close this page.")
        elif job.state in rows.RESUMABLE:
            _ended_badly(job, story)
        elif job.state == "finished":
            _ended_well(job, story)
        else:
            live = story.sentence(job.attempt)
            headline = "Stopping: what it has learnt is saved first" if job.state == "stopping" else live.headline
            st.markdown(f"### {plain(headline)}", anchors=False, help=glossary.said_in(headline))
            share = live.share if live.share is not None else story.preparing()
            st.progress(share or 0.0, text=plain(live.detail) or "A few seconds more")


def _place_in_line(job: Job) -> str:
    before = [
        other
        for other in store.list_jobs(session.workspace(), rows.ACTIVE)
        if other.lane == job.lane and other.submitted < job.submitted and other.id != job.id
    ]
    return f"Waiting for its turn: {count(len(before), 'run')} before it" if before else "Starting"


def _ended_well(job: Job, story: Story) -> None:
    report = work.report(job.folder)
    if report is None:
        st.markdown("### Done", anchors=False)
        return
    found = verdict(report, story.words)
    st.markdown(f"### {plain(found.headline)}", anchors=False)
    st.markdown(plain(found.detail), help=glossary.said_in(found.detail, "likely"))


def _ended_badly(job: Job, story: Story) -> None:
    words = {
        "stopped": "Stopped: what it has learnt so far is kept",
        "failed": job.message or "It failed",
        "lost": job.message or "The process that trained it is gone",
    }
    st.markdown(f"### {plain(words[job.state])}", anchors=False)
    plan, step = story.last("plan"), story.last("step")
    done = f"{step['step'] / plan['steps']:.0%} of the way was done. " if plan and step and plan.get("steps") else ""
    st.markdown(f"{done}{plain(job.hint) or 'Resume goes on from the last saved state.'}")


def _curve_and_pinned(job: Job, story: Story) -> None:
    if not (story.of("evaluation") or story.of("baseline")):
        return
    has_pinned = training_of(story.roles).WATCHES and (pinned.may_change(job, story) or bool(pinned.shown(job, story)))
    left, right = st.columns([3, 2]) if has_pinned else (st.container(), None)
    with left:
        curve_card.show(job, story)
    if right is not None:
        with right:
            pinned.watched(job, story)


def _numbers(job: Job, story: Story) -> None:
    newest = story.last("evaluation")
    if newest is None:
        return
    before = _one_before(story, newest)
    now, then = newest["metrics"], before["metrics"] if before else {}
    checked = count(rows_scored(newest), *story.words)
    st.caption(
        f"At the last look, on {checked} kept for checking; the test comes at the end.",
        help=glossary.about("validation", "test"),
    )
    boxes = st.columns(4)
    boxes[0].metric(
        "Right in 100", in_100(now["accuracy"]), help=glossary.about("accuracy"), **_moved(now, then, "accuracy")
    )
    alike = now.get("macro_f1")
    boxes[1].metric(
        "Every class alike",
        None if alike is None else points(alike),
        help=glossary.about("macro-f1"),
        **_moved(now, then, "macro_f1"),
    )
    hardest = next(iter(confusion_view.worst(newest["confusion"])), None)
    if hardest:
        boxes[2].metric("Hardest class", named(hardest.label, 40), hardest.in_words(), **_calm())
    boxes[3].metric(**_time(job, story))


def _one_before(story: Story, newest: dict[str, Any]) -> dict[str, Any] | None:
    earlier = [event for event in story.of("evaluation") if event["step"] < newest["step"]]
    return max(earlier, key=lambda event: event["step"], default=None)


def _moved(now: dict[str, Any], then: dict[str, Any], name: str) -> dict[str, Any]:
    """How a number moved since the look before, in hundredths, as `st.metric` takes it."""
    if then.get(name) is None or now.get(name) is None:
        return {"delta": "first look", **_calm()}
    here, before = in_100(now[name]), in_100(then[name])
    if here == before:  # of what is shown: 51 after 51 has not moved
        return {"delta": "as before", **_calm()}
    places = 1 if "." in here + before else 0
    return {"delta": f"{float(here) - float(before):+.{places}f}, was {before}", "border": True, "height": "stretch"}


def _calm() -> dict[str, Any]:
    return {"delta_color": "off", "delta_arrow": "off", "border": True, "height": "stretch"}


def _time(job: Job, story: Story) -> dict[str, Any]:
    if story.then is not None:
        whole = duration(story.then.of)
        return {"label": "Time", "value": duration(story.then.seconds), "delta": f"of {whole}", **_calm()}
    if not job.active:
        took = duration(seconds_taken(story.events))  # all attempts, as the report and the model card have it
        return {"label": "Time", "value": took, "delta": f"ended {when(job.ended)}", **_calm()}
    if phase(story.events, job.attempt) == "learnt":
        return {"label": "Time left", "value": "Testing", "delta": "learning is done", **_calm()}
    left = time_left([event for event in story.events if event.get("attempt") == job.attempt])
    if left is None:
        return {"label": "Time left", "value": "–", "delta": "not known yet", **_calm()}
    from datetime import datetime, timedelta

    ends = datetime.now() + timedelta(seconds=left)
    return {"label": "Time left", "value": duration(left), "delta": f"done at about {ends:%H:%M}", **_calm()}


def _matrix_and_hardest(job: Job, story: Story) -> None:
    shown = story.last("evaluation") or story.last("baseline")
    if shown is None or not shown.get("confusion"):
        return
    if shown["kind"] == "baseline":
        said = f"{TITLES.get(shown['name'], shown['name'])}, before any training"
    elif shown["step"] == 0:
        said = "The first look, before any training"
    else:
        said = f"After {shown['epoch']:.1f}".removesuffix(".0") + f" of {story.passes:g} passes"
    left, right = st.columns([3, 2])
    with left, card("What was it really, and what does it say?", stretch=True, about=glossary.about("matrix")):
        st.caption(
            f"{said}, on {count(rows_scored(shown), *story.words)} kept for checking",
            help=glossary.said_in(said, "validation"),
        )
        confusion_view.small(shown["confusion"], f"live_{job.id}")
    with right, card("The hardest classes", stretch=True):
        for entry in confusion_view.worst(shown["confusion"]):
            st.markdown(named(entry.label, 60))
            st.progress(entry.found, text=entry.in_words())
