"""The entry of the dashboard: an ASGI app whose only script is pages/main.py."""

from pathlib import Path

import streamlit as st

from sft_core.web.routes import ROUTES

app = st.App(Path(__file__).resolve().parent / "pages" / "main.py", routes=ROUTES)
