"""A sound or a notification when a run ends, where that is wished; the browser's half is `told_when_done.js`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st
from components import page_title, preferences, run_ends

from sft_core.jobs.store import Job

WISHES = {
    "nothing": ("Nothing", "The title of this tab shows how far it is."),
    "sound": ("Sound", "A few tones, lower ones where it did not work out."),
    "notification": ("Notification", "A small message of your browser, wherever you are then."),
}
_WISH, _ALLOWED = "tell_when_done", "notifications_allowed"
_REFUSED = {
    "denied": "Your browser does not let this page show notifications, so you will hear a sound. You can allow them "
    "in the browser, left of the address.",
    "default": "Your browser asks whether this page may show notifications. Until you allow it, you will hear a sound.",
    "missing": "This browser shows no notifications for this address, so you will hear a sound.",
}
_KEY = "told_when_done"
_HERE = Path(__file__).resolve().parent


def follow(jobs: Sequence[Job]) -> None:
    """Tell the title and the browser how the runs stand; in the fragment that looks at all jobs, on every page."""
    ended = run_ends.look(jobs)
    page_title.show(jobs, ended)
    known = st.session_state.get(_ALLOWED)
    told = _component()(
        key=_KEY,
        data={
            "wish": wish(),
            "watching": any(job.kind == "train" for job in jobs),
            "ended": [asdict(one) for one in ended],
            "allowed": known,
        },
        on_look_change=lambda: None,  # the fragment is drawn again, which is all
        on_seen_change=run_ends.seen,
        on_allowed_change=lambda: None,
    )
    if told.allowed and told.allowed != known:
        st.session_state[_ALLOWED] = told.allowed
        if wish() == "notification":
            st.rerun()  # the choice says something else by now


def wish() -> str:
    """What was chosen: a key of WISHES."""
    chosen = preferences.get(_WISH)
    return chosen if chosen in WISHES else "nothing"


def ask() -> None:
    """The choice, behind a small button beside Stop."""
    with st.popover("Tell me when it is done", icon=":material/notifications:", key="tell_me"):
        st.radio(
            "How should it tell you?",
            list(WISHES),
            index=list(WISHES).index(wish()),
            format_func=lambda one: WISHES[one][0],
            captions=[about for _, about in WISHES.values()],
            key=_WISH,
            on_change=_chosen,
        )
        if wish() == "notification" and (why := _REFUSED.get(st.session_state.get(_ALLOWED, ""))):
            st.caption(f":material/info: {why}")
        st.caption("Leave this page open, in whatever tab. The training goes on without it.")


def _chosen() -> None:
    preferences.put(_WISH, st.session_state[_WISH])


@st.cache_resource
def _component() -> Any:
    js = (_HERE / "told_when_done.js").read_text(encoding="utf-8")
    return st.components.v2.component("tuneboard_told_when_done", js=js)
