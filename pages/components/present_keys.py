"""Slides, and stepping through them: Page Down, Page Up and the arrows as a clicker sends them, and dots to click.

The browser's half lies beside it: `present.css` for the slides, `present_keys.js` and `.css` for the keys and dots. It
also tells how large the type of this screen is, for charts are drawn in pixels.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from components import viewport

_HERE = Path(__file__).resolve().parent
STYLE = _HERE / "present.css"  # of what has the key `present`, and of the page around it
_KEY, _ENLARGE = "present_keys", "present_enlarge"
_NARROW, _USUAL = 1.2, 2.35  # as present.css has them for a phone, and for a projector of 1,280 pixels


class Slides:
    """The slides of one drawing of the page, in their order."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    @contextmanager
    def one(self, title: str, *, titled: bool = True) -> Iterator[None]:
        """One idea, as high as the screen. `titled`: its title stands above it."""
        self.titles.append(title)
        with st.container(key=f"slide_{len(self.titles)}", gap="small"):
            if titled:
                st.markdown(f"## {title}", anchors=False)
            yield

    def listen(self) -> None:
        """The keys and the dots of these slides."""
        data = {"titles": self.titles, "enlarge": enlarge()}
        _component()(key=_KEY, data=data, on_enlarge_change=_noted)


def enlarge() -> float:
    """How much larger charts are drawn than on a page; until the browser has told: as for most projectors."""
    known = st.session_state.get(_ENLARGE)
    return float(known) if known else _NARROW if viewport.is_narrow() else _USUAL


def _noted() -> None:
    st.session_state[_ENLARGE] = min(8.0, max(1.0, float(st.session_state[_KEY].enlarge)))


@st.cache_resource
def _component() -> Any:
    css, js = ((_HERE / f"present_keys.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    html = '<nav data-part="dots" aria-label="Slides"></nav>'
    return st.components.v2.component("tuneboard_present_keys", html=html, css=css, js=js)
