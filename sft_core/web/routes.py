"""The dashboard's own HTTP routes beside Streamlit's: large uploads and downloads."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
