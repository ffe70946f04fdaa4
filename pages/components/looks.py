"""What follows the light or the dark theme: the logo, and the theme that charts are asked for."""

from pathlib import Path
from typing import Literal

import streamlit as st

_STATIC = Path(__file__).resolve().parent.parent / "static"


def theme() -> Literal["light", "dark"]:
    """The theme that this visitor sees."""
    return "dark" if st.context.theme.type == "dark" else "light"


def logo() -> str:
    """Path of the logo, drawn as paths, in the colours of the theme."""
    return str(_STATIC / f"logo-{theme()}.svg")
