"""Large files in: streamed to the disk while they arrive, so that the server's memory stays flat."""

import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from sft_core.errors import InputError, ResourceError, SFTError, StateError
from sft_core.records import fsync_path
from sft_core.web.tokens import TokenError, check_token, make_token
from sft_core.workspace import Workspace, checked_id, new_id, workspace_root

UPLOAD = "/api/uploads/{name}"
MAX_BYTES = 4 << 30
_SECONDS = 12 * 3600.0
_CHUNK = 1 << 20
_SPARE_BYTES = 256 << 20  # of the disk, for everything else
_PURPOSE = "upload"


class TooLarge(InputError):
    """A file over the cap."""

    def __init__(self, cap: int) -> None:
        super().__init__(f"The file is larger than {cap / (1 << 20):,.0f} MB.", "Cut it, or allow larger files.")


class ForeignOrigin(InputError):
    """A request that another site's page has sent."""

    def __init__(self) -> None:
        super().__init__("This request does not come from the dashboard.", "Open the dashboard and try again.")


def upload_address(workspace: Workspace, name: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Where a page may PUT one file called `name`, once. The answer names the file: {file, name, bytes, sha256}."""
    token = make_token(workspace, _PURPOSE, _SECONDS, id=new_id(), max_bytes=max_bytes)
    return f"/api/uploads/{quote(safe_name(name))}?token={token}"


def uploaded_file(workspace: Workspace, file: str) -> Path:
    """The file that an upload's answer named. Raises InputError where it is none of the workspace's uploads."""
    path = (workspace.root / file).resolve()
    if not path.is_relative_to(workspace.uploads) or not path.is_file():
        raise InputError("This upload is not here any more.", "Upload the file again.")
    return path


def safe_name(name: str) -> str:
    """A file name without folders, controls and leading dots, at most 120 characters; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c if c.isalnum() or c in " ._-()" else "_" for c in last).lstrip(". ").strip()
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[: 119 - len(suffix)]}{dot}{suffix[:20]}" if stem else kept[:120] or "file"


async def upload(request: Request) -> Response:
    """PUT one file. 403 for a wrong token or origin, 409 the second time, 413 over the cap, 507 for a full disk."""
    workspace = Workspace(workspace_root())
    try:
        check_origin(request)
        facts = check_token(workspace, _PURPOSE, request.query_params.get("token", ""))
        name = safe_name(request.path_params["name"])
        answer = await _receive(request, workspace, checked_id(facts["id"]), name, int(facts["max_bytes"]))
    except ClientDisconnect:
        return Response(status_code=400)
    except SFTError as error:
        return JSONResponse({"message": error.message, "hint": error.hint}, _status(error))
    return JSONResponse(answer, 201)


def check_origin(request: Request) -> None:
    """Raises ForeignOrigin unless a page of this very server sends it: browsers always name the origin of a PUT."""
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    if not host or urlsplit(origin).netloc != host or fetched != "same-origin":
        raise ForeignOrigin


async def _receive(request: Request, workspace: Workspace, upload_id: str, name: str, cap: int) -> dict[str, Any]:
    announced = request.headers.get("content-length", "")
    expected = int(announced) if announced.isdecimal() else 0
    if expected > cap:
        raise TooLarge(cap)
    final, aside = workspace.uploads / upload_id, workspace.uploads / f".{upload_id}.tmp"
    if final.exists():
        raise StateError("This file has been uploaded already.", "Reload the page to upload another one.")
    try:
        aside.mkdir(mode=0o700)
    except FileExistsError as error:
        raise StateError("This file is being uploaded already.", "Wait until that is done.") from error
    try:
        _check_room(workspace, expected)
        size, digest = await _write(request.stream(), aside / name, cap)
        await run_in_threadpool(fsync_path, aside)
        os.rename(aside, final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return {"file": f"uploads/{upload_id}/{name}", "name": name, "bytes": size, "sha256": digest}


async def _write(stream: AsyncIterator[bytes], path: Path, cap: int) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with path.open("xb") as file:

        def write(chunk: bytearray) -> None:
            digest.update(chunk)
            file.write(chunk)

        waiting = bytearray()
        async for part in stream:
            size += len(part)
            if size > cap:
                raise TooLarge(cap)
            waiting += part
            if len(waiting) >= _CHUNK:  # the disk is slow: other pages go on meanwhile
                await run_in_threadpool(write, waiting)
                waiting = bytearray()
        await run_in_threadpool(write, waiting)
        file.flush()
        await run_in_threadpool(os.fsync, file.fileno())
    return size, digest.hexdigest()


def _check_room(workspace: Workspace, expected: int) -> None:
    if shutil.disk_usage(workspace.root).free < expected + _SPARE_BYTES:
        raise ResourceError("There is not enough room on the disk for this file.", "Make room, then try again.")


def _status(error: SFTError) -> int:
    for kind, status in ((ForeignOrigin, 403), (TokenError, 403), (TooLarge, 413), (StateError, 409)):
        if isinstance(error, kind):
            return status
    return 507 if isinstance(error, ResourceError) else 400
