"""Sentences that the user pins, before a training or while it goes on, and how their answers move while it learns."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from components import drawn, looks, run_charts
from components import recipe as recipes
from components.layout import card
from components.recipe import Recipe
from components.story import Story
from components.trouble import caught
from components.wording import percent, plain

from sft_core.config import MOST_PINNED, Roles
from sft_core.errors import SFTError
from sft_core.evaluation.replay import pinned_then
from sft_core.evaluation.wording import visible
from sft_core.jobs.store import Job
from sft_core.training.pinned import PAIR_MARK, as_pair, read_pinned, write_pinned
from sft_core.workspace import RunFolder

_LONGEST = 2000
Pins = tuple[str, ...]
Look = tuple[float, Sequence[float]]  # passes over the data, and the probability of each class
Keep = Callable[[Callable[[Pins], Pins]], None]  # takes how the pins change, for another tab may have changed them


def ask(recipe: Recipe, words: tuple[str, str], roles: Roles) -> Pins:
    """The sentences of the next run, each with a way to take it off, and a field for the next one."""

    def keep(change: Callable[[Pins], Pins]) -> None:
        recipes.change(recipe, pinned=change(recipe.pinned))

    for place, text in enumerate(recipe.pinned):
        row = _row()
        row.markdown(_shown(text), width="stretch")
        _off(row, text, place, words, keep, "next")
    _field(recipe.pinned, words, roles, keep, "next")
    return recipe.pinned


def of_run(job: Job, config: dict[str, Any]) -> Pins:
    """What is pinned in a run now: what was pinned at its start, until that was changed."""
    try:
        changed = read_pinned(RunFolder(job.folder))
    except SFTError:
        changed = None
    return tuple(config.get("pinned") or ()) if changed is None else changed


def may_change(job: Job, story: Story) -> bool:
    """Whether others can be pinned: while it learns, and not when that is only shown again."""
    return job.active and story.then is None


def shown(job: Job, story: Story) -> Pins:
    """What is pinned in a run, or was at the moment of it that is shown again."""
    if story.then is not None:
        return pinned_then(story.events, story.config.get("pinned") or ())
    return of_run(job, story.config)


def watched(job: Job, story: Story) -> bool:
    """Draw the pinned sentences with their newest answers; a run that goes on takes others. False without any."""
    pins, open_ = shown(job, story), may_change(job, story)
    if not pins and not open_:
        return False
    run = RunFolder(job.folder)

    def keep(change: Callable[[Pins], Pins]) -> None:
        write_pinned(run, change(of_run(job, story.config)))

    with card(f"Your pinned {story.words[1]}", stretch=True):
        if not pins:
            st.caption(f"Pin a {story.words[0]} to see how its answer moves while it learns. Up to {MOST_PINNED}.")
        for place, text in enumerate(pins):
            _one(job, story, text, place, keep, answers_to(text, story))
        if open_ and story.labels:  # what a row consists of is known from then on
            _field(pins, story.words, story.roles, keep, job.id)
    return True


def answers_to(text: str, story: Story) -> list[Look]:
    """Passes and probabilities of a pinned sentence at each look since it was pinned, each step once."""
    passes_a_step = story.passes / ((story.last("plan") or {}).get("steps") or 1)
    by_step: dict[int, Look] = {}
    for event in story.of("pinned"):
        sentences = event.get("sentences") or story.config.get("pinned") or []
        if text in sentences:
            step = int(event["step"])
            by_step[step] = step * passes_a_step, event["probabilities"][sentences.index(text)]
    return [by_step[step] for step in sorted(by_step)]


def _one(job: Job, story: Story, text: str, place: int, keep: Keep, answers: list[Look]) -> None:
    row = _row()
    with row.container(width="stretch", gap="xsmall"):
        st.markdown(_shown(text))
        if answers:
            chart = run_charts.pinned_answer(answers, story.labels, looks.theme())
            drawn.show(chart, f"pinned_{job.id}_{place}", _said(answers, story.labels))
        else:
            st.caption("Its answer comes with the next look." if job.active else "No answer: it ended before.")
    if may_change(job, story):
        _off(row, text, place, story.words, keep, job.id)


def _said(answers: list[Look], labels: Sequence[str]) -> str:
    """For those who do not see the lines: the likeliest classes now, each with what it was at the look before."""
    now, before = answers[-1][1], answers[-2][1] if len(answers) > 1 else None
    return "; ".join(
        f"{visible(labels[at])} {percent(now[at])}" + (f", {percent(before[at])} before" if before else "")
        for at in run_charts.likeliest(answers)
    )


def _row() -> Any:
    """A sentence with its cross at the right, on phones too."""
    return st.container(horizontal=True, vertical_alignment="center")


def _shown(text: str) -> str:
    return plain(" · ".join(text.split(PAIR_MARK)), 90)


def _off(row: Any, text: str, place: int, words: tuple[str, str], keep: Keep, key: str) -> None:
    if row.button(":material/close:", key=f"unpin_{place}_{key}", type="tertiary", help=f"Take this {words[0]} off"):
        keep(lambda pins: tuple(pin for pin in pins if pin != text))
        st.rerun()


def _field(pins: Pins, words: tuple[str, str], roles: Roles, keep: Keep, key: str) -> None:
    """The field for the next sentence, while there is room for one."""
    if len(pins) >= MOST_PINNED:
        return
    if roles.text_pair:
        _pair_field(roles, keep, key)
        return
    st.text_input(
        f"A {words[0]} to watch",
        key=f"pin_text_{key}",
        placeholder=f"Type or paste a {words[0]} and press Enter",
        max_chars=_LONGEST,
        label_visibility="collapsed",
        on_change=_pin,
        args=(keep, f"pin_text_{key}"),
    )


@caught()
def _pin(keep: Keep, key: str) -> None:
    text = " ".join(str(st.session_state[key]).split())
    if text:
        keep(lambda pins: _with(pins, text))
    st.session_state[key] = ""


def _pair_field(roles: Roles, keep: Keep, key: str) -> None:
    """Two fields for a model that reads two texts at a time."""
    with st.form(f"pin_form_{key}", border=False, clear_on_submit=True):
        first = st.text_input(plain(" · ".join(roles.text), 60), max_chars=_LONGEST, key=f"pin_first_{key}")
        second = st.text_input(plain(roles.text_pair, 60), max_chars=_LONGEST, key=f"pin_second_{key}")
        pressed = st.form_submit_button("Pin", icon=":material/push_pin:")
    both = PAIR_MARK.join(" ".join(text.split()) for text in (first, second))
    if pressed and all(as_pair(both)):
        keep(lambda pins: _with(pins, both))
        st.rerun()


def _with(pins: Pins, text: str) -> Pins:
    return pins if text in pins else (*pins, text)[:MOST_PINNED]
