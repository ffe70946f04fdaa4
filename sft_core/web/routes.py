"""The dashboard's own HTTP routes beside Streamlit's: large uploads and downloads."""

from starlette.routing import BaseRoute, Route

from sft_core.web.downloads import DOWNLOAD, download
from sft_core.web.uploads import UPLOAD, upload

ROUTES: list[BaseRoute] = [
    Route(UPLOAD, upload, methods=["PUT"]),
    Route(DOWNLOAD, download, methods=["GET"]),
]
