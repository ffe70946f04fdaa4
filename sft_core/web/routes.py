"""The dashboard's own HTTP routes beside Streamlit's: uploads of any size, and downloads."""

from starlette.routing import BaseRoute, Route

from sft_core.web.downloads import DOWNLOAD, download
from sft_core.web.uploads import UPLOAD, UPLOADS, begin_upload, upload

ROUTES: list[BaseRoute] = [
    Route(UPLOADS, begin_upload, methods=["POST"]),
    Route(UPLOAD, upload, methods=["GET", "HEAD", "PUT", "DELETE"]),
    Route(DOWNLOAD, download, methods=["GET"]),
]
