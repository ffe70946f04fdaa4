"""What Streamlit's own parts lack for the keyboard and for screen readers: a ring around what has the focus, roles.

The browser's half lies beside it (`assistive.js`).
"""

from pathlib import Path
from typing import Any

import streamlit as st
from components import looks

_HERE = Path(__file__).resolve().parent
_RING = {"light": "#0E6E60", "dark": "#5CC9B4"}  # the theme's colour of links: 6.0 and 8.7 on the ground
_FOCUSED = ":is(a,button,summary,main,canvas,[role=button],[role=tab]):focus-visible"
_NUMBER = "[data-testid=stNumberInputContainer]:has(input:focus)"
_TICKED = "label:has(input:is([type=checkbox],[type=radio],[role=switch]):focus-visible)"
# The chosen one of a row of buttons, and the value over a slider: Streamlit writes them in the colour that its primary
# buttons are filled with. In the dark theme no colour is both dark enough for their white and light enough to be read.
_READ = (
    "button[data-variant=segmented_control][data-selected=true]",
    "button[data-variant=pills][data-selected=true]",
    "[data-testid=stSliderThumbValue]",
)


def mend() -> None:
    """Once a run, where an element without height does not disturb."""
    st.html(f"<style>{_style(_RING[looks.theme()])}</style>")
    _component()(key="assistive")


def _style(ring: str) -> str:
    return (
        f"{_FOCUSED},{_TICKED}{{outline:2px solid {ring}!important;outline-offset:2px;box-shadow:none!important}}"
        f"{_NUMBER}{{outline:1px solid {ring}}}"
        f"main:focus-visible{{outline-offset:-2px!important}}{','.join(_READ)}{{color:inherit!important}}"
    )


@st.cache_resource
def _component() -> Any:
    return st.components.v2.component("tuneboard_assistive", js=(_HERE / "assistive.js").read_text(encoding="utf-8"))
