"""Whether the screen is narrow, like a phone: asked of the browser once and again when it changes.

Streamlit does not tell the width of the window; this component draws nothing and only reports.
"""

import streamlit as st

_SCRIPT = """
export default function ({ setStateValue, data }) {
  const query = window.matchMedia("(max-width: 640px)")
  const tell = () => setStateValue("narrow", query.matches)
  if (query.matches !== Boolean(data && data.narrow)) tell()
  query.onchange = tell
  return () => { query.onchange = null }
}
"""
_KEY = "viewport"


@st.cache_resource
def _component() -> object:
    return st.components.v2.component("tuneboard_viewport", js=_SCRIPT)


def ask() -> None:
    """Listen to the width of the window; once a run, where an element without height does not disturb."""
    _component()(key=_KEY, data={"narrow": is_narrow()}, on_narrow_change=_noted)


def is_narrow() -> bool:
    """True on screens up to 640 px wide. Until the browser has answered: what its address line says of itself."""
    known = st.session_state.get("screen_is_narrow")
    return bool(known) if known is not None else "Mobi" in (st.context.headers.get("User-Agent") or "")


def _noted() -> None:
    st.session_state["screen_is_narrow"] = bool(st.session_state[_KEY].narrow)
