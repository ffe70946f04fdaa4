"""The tour as it is seen: one card under the strip of steps, a quiet line elsewhere, and its door on Home."""

import streamlit as st
from components import data_upload, drafts, layout, tour, tour_steps, viewport, work
from components.tour import Standing

_ICON = ":material/explore:"
_TOTAL = len(tour_steps.STEPS)


def show(here: str) -> None:
    """On the page `here` ("" for those beside the way): the card of the step, or the way back to it."""
    now = tour.standing()
    if now is None:
        return
    if here == now.step.page and _is_about(now, here):
        _card(now)
    else:
        _way_back(now)


def door() -> None:
    """The button beside the sample's own."""
    state, step = tour.state(), tour.kept_step()
    if state in (tour.ON, tour.LEFT):
        at = f"You were at {tour_steps.number(step)} of {_TOTAL}: {step.title}"
        if st.button("Go on with the tour", key="tour_go_on", icon=_ICON, help=at):
            tour.go_on()
    elif st.button("Take the tour again" if state == tour.DONE else "Show me around", key="tour_begin", icon=_ICON):
        tour.begin()


def _is_about(now: Standing, here: str) -> bool:
    """Whether the page shows the data of the tour, and not the reader's own."""
    info = work.dataset()
    brings = here == "data.py" and (data_upload.wanted() or drafts.current() is not None)
    return info is not None and info.id == now.dataset and not brings


def _card(now: Standing) -> None:
    narrow, waits = viewport.is_narrow(), now.waits()
    with layout.card(key="tour"):
        head = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        title = head.container(horizontal=not narrow, vertical_alignment="center", gap="small", width="content")
        title.badge(f"Tour · {tour_steps.number(now.step)} of {_TOTAL}", icon=_ICON, color="green")
        title.markdown(f"**{now.step.title}**", width="content")
        st.markdown(now.step.about)
        if waits or not now.step.waits:
            st.markdown(f":material/arrow_forward: {now.step.do}")
        if now.step.waits:
            st.caption(_waiting(now) if waits else ":material/check: It is there. Go on when you like.")
        with st.container(horizontal=True) if narrow else head.container(horizontal=True, width="content"):
            _buttons(now, waits)


def _buttons(now: Standing, waits: bool) -> None:
    first, last = now.step == tour_steps.STEPS[0], now.step == tour_steps.STEPS[-1]
    if st.button("Back", key="tour_back", disabled=first):
        tour.turn(now, -1)
    if st.button("Finish" if last else "Next", key="tour_next", disabled=waits):
        tour.turn(now, 1)
    _leave()


def _waiting(now: Standing) -> str:
    """What the step waits for, and how it stands with that."""
    if now.step.waits == "run":
        return ":material/hourglass_empty: The tour goes on when a training has begun."
    if now.step.waits == "later":
        at_work = now.test is not None and now.test.active
        return ":material/hourglass_empty: " + (
            "The file is being tested. The tour goes on with its result."
            if at_work
            else "The tour goes on when the file has been tested."
        )
    if now.run is not None and not now.run.job.active:
        return ":material/pause: This training has not come to its end. See below how it can; then the tour goes on."
    return ":material/hourglass_empty: The tour goes on when it has learnt."


def _way_back(now: Standing) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="tour_aside"):
        at = f"{tour_steps.number(now.step)} of {_TOTAL}: {now.step.title}"
        st.caption(f"{_ICON} The tour waits at {at}", width="content")
        if st.button("Back to the tour", key="tour_return", type="tertiary"):
            tour.open_(now)
        _leave()


def _leave() -> None:
    if st.button("Leave", key="tour_leave", type="tertiary", help="Your place is kept. Home leads back to it."):
        tour.leave()
        st.rerun()
