"""Navigation, theme, the running-jobs pill, and the one place that catches what goes wrong in a page."""

from pathlib import Path

import streamlit as st
from components import (
    assistive,
    looks,
    newest,
    page_title,
    places,
    running,
    session,
    stepper,
    trouble,
    viewport,
    words,
    work,
)

from sft_core.jobs import store

HERE = Path(__file__).resolve().parent

st.set_page_config(page_title=page_title.now(), page_icon=HERE / "static" / "icon.svg", layout="wide")
st.logo(looks.logo(), size="large", icon_image=looks.logo())


def listed(place: places.Place, default: bool = False) -> st.Page:
    """The page as the navigation lists it."""
    return st.Page(
        place.file, title=place.title, icon=place.icon, url_path=place.path, default=default, help=place.about
    )


with trouble.caught():  # on a full disk even the register may be out of reach
    store.ensure_register(session.workspace())
    session.adopt_address()
    lost = work.forget_lost()
    page = st.navigation(
        {
            "": [listed(places.HOME, default=True)],
            (section := work.section_title()): [listed(place) for place in places.STEPS],
            "Workspace": [listed(place) for place in places.WORKSPACE],
        }
    )
    with st.sidebar:
        words.button()
        with st.container(gap=None):
            viewport.ask()
            assistive.mend()
        running.pill()
    here = places.file_of(page.url_path)
    newest.take(here)
    if work.section_title() != section:  # other data was taken than the navigation says
        st.rerun()
    if lost:
        st.warning(
            "It may have been deleted, or the address is mistyped. What there is stands on Home.",
            title="What this address leads to is not here.",
            icon=":material/link_off:",
        )
    if lost and here in places.NEED_A_CHOICE:  # anything else in its place would pass for it
        stepper.show(here)
        if st.button("See what there is", type="primary", key="lost_home"):
            session.go("home.py")
    else:
        page.run()
