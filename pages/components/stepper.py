"""The strip of steps above each page: what is done, where one is, what is missing."""

import streamlit as st
from components import places, prepare_findings, viewport, work
from components.session import address_of_now


def show(here: str = "") -> None:
    """Draw the strip; `here` is the file of this page, such as "training.py", where it is one of the steps."""
    missing = {**work.missing()}
    missing["prepare.py"] = missing["prepare.py"] or _unmended()
    if viewport.is_narrow():
        frame = st.popover(_in_short(here), type="tertiary", key="stepper")
    else:
        frame = st.container(horizontal=True, gap="xsmall", key="stepper")
    with frame:
        for step in places.STEPS:
            _step(step, step.file == here, missing.get(step.file))


def _in_short(here: str) -> str:
    """The strip in a few words, for a phone."""
    number = next((number for number, step in enumerate(places.STEPS) if step.file == here), None)
    total = len(places.STEPS)
    return (
        f"The {total} steps" if number is None else f"Step {number + 1} of {total} · **{places.STEPS[number].title}**"
    )


def _unmended() -> str | None:
    """What was noticed in rows that nobody has changed: a run alone does not make them prepared."""
    info = work.dataset()
    if info is None or info.current:
        return None
    return prepare_findings.noticed(work.datasets().findings(info.id, info.current) or []) or None


def _step(step: places.Place, now: bool, lacks: str | None) -> None:
    label, icon, why = step.title, "", step.about
    if now:
        label = f"**{step.title}**"
    elif lacks is None:
        icon = ":material/check:"
    else:
        label, why = f":gray[{step.title}]", lacks
    st.page_link(step.file, label=label, icon=icon, help=why, query_params=address_of_now())
