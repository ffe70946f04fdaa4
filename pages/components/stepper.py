"""The strip of steps above each page: what is done, where one is, what is missing."""

import streamlit as st
from components import journey, newest, places, prepare_findings, tour_card, viewport, work
from components.kinds.registry import rows_of
from components.session import address_of_now

from sft_core.data.store import DatasetInfo


def show(here: str = "", *, tour: bool = True) -> None:
    """Draw the strip; `here` is the file of this page, such as "training.py", where it is one of the steps.

    `tour`: below it the tour, where that is on. Home has a door of its own to it.
    """
    if here == "evaluation.py":
        journey.mark(work.run(), journey.LOOKED_AT)
    lacks = missing()
    if viewport.is_narrow():
        frame = st.popover(_in_short(here), type="tertiary", key="stepper")
    else:
        frame = st.container(horizontal=True, gap="xsmall", key="stepper")
    with frame:
        for step in places.STEPS:
            _step(step, step.file == here, lacks.get(step.file))
    newest.say(here)
    if tour:
        tour_card.show(here)


def missing() -> dict[str, str | None]:
    """For each step of the journey: None where it is done, else what is missing, in a sentence.

    Data, Prepare and Model are behind one who has started a run, whether or not something was changed on them. Evaluate
    is done once the result of the current run was looked at, Try it once that run was asked something.
    """
    info, current = work.dataset(), work.run()
    if info is None and current is None:
        return {step.file: "Bring data first." for step in places.STEPS}
    started, finished = current is not None, current is not None and current.job.state == "finished"
    looked_at, asked = journey.reached(current, journey.LOOKED_AT), journey.reached(current, journey.ASKED)
    first = "First a run has to finish."
    return {
        "data.py": None,
        "prepare.py": None if started else _unprepared(info),
        "model.py": None if started else "Choose a model, or keep the one that comes with Tuneboard.",
        "training.py": None if finished else "Start a run." if not started else "The run has not finished yet.",
        "evaluation.py": None if looked_at else "Look at how good it is, and where it is wrong." if finished else first,
        "try_it.py": None if asked else "Show it something new and see the answer." if finished else first,
    }


def _unprepared(info: DatasetInfo | None) -> str | None:
    """What is left to do before a run: nothing where the rows were changed, or nothing much was noticed in them."""
    if info is None or info.current:
        return None
    found = work.datasets().findings(info.id, info.current)
    if found is None:
        return "Look at what was noticed, and at the split."
    return prepare_findings.noticed(found, rows_of(info.roles).MANY) or None


def _in_short(here: str) -> str:
    """The strip in a few words, for a phone."""
    number = next((number for number, step in enumerate(places.STEPS) if step.file == here), None)
    total = len(places.STEPS)
    return (
        f"The {total} steps" if number is None else f"Step {number + 1} of {total} · **{places.STEPS[number].title}**"
    )


def _step(step: places.Place, now: bool, lacks: str | None) -> None:
    label, icon, why = step.title, "", step.about
    if now:
        label = f"**{step.title}**"
    elif lacks is None:
        icon = ":material/check:"
    else:
        label, why = f":gray[{step.title}]", lacks
    st.page_link(step.file, label=label, icon=icon, help=why, query_params=address_of_now())
