"""Files out: any size with flat memory, and only those that a page has offered."""

from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from sft_core.errors import InputError
from sft_core.web.manifests import safe_name
from sft_core.web.tokens import TokenError, check_token, make_token
from sft_core.workspace import Workspace, workspace_root

DOWNLOAD = "/api/files/{name}"
_SECONDS = 12 * 3600.0
_PURPOSE = "download"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def download_address(workspace: Workspace, path: Path, name: str | None = None) -> str:
    """Where a page's visitor gets this file of the workspace, under `name`, for twelve hours. Raises InputError."""
    file = _inside(workspace, path)
    token = make_token(workspace, _PURPOSE, _SECONDS, path=str(file.relative_to(workspace.root)))
    return f"/api/files/{quote(safe_name(name or file.name))}?token={token}"


async def download(request: Request) -> Response:
    """GET one file as an attachment, ranges included. 403 for a wrong token, 404 where the file is gone."""
    workspace = Workspace(workspace_root())
    try:
        facts = check_token(workspace, _PURPOSE, request.query_params.get("token", ""))
        file = _inside(workspace, workspace.root / str(facts["path"]))
    except TokenError as error:
        return PlainTextResponse(str(error), 403, headers=_HEADERS)
    except InputError as error:
        return PlainTextResponse(str(error), 404, headers=_HEADERS)
    name = safe_name(request.path_params["name"])
    return FileResponse(file, filename=name, media_type="application/octet-stream", headers=_HEADERS)


def _inside(workspace: Workspace, path: Path) -> Path:
    """The real path of a file in a folder of the workspace: nothing at its root, which holds register and secret."""
    file = path.resolve()
    if not file.is_relative_to(workspace.root) or file.parent == workspace.root or not file.is_file():
        raise InputError("This file is not here any more.", "Reload the page.")
    return file
