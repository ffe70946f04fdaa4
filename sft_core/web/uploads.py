"""Files in, of any size: streamed to the disk in slices while they arrive, so that the server's memory stays flat.

POST says what will come and answers how much of it is here; PUT adds a slice at an offset; GET tells how far it is;
DELETE forgets it. The last slice is answered with a receipt, with which a page takes what has arrived.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from sft_core.errors import DiskFullError, InputError, ResourceError, SFTError, StateError, is_disk_full
from sft_core.web import arrived
from sft_core.web.arrived import Arrived
from sft_core.web.manifests import TooLarge, announced, whole_cap
from sft_core.web.parts import MOST_AT_ONCE, Elsewhere, Gone, Part, Slice, begin
from sft_core.web.tokens import TokenError, check_token, make_token
from sft_core.workspace import Workspace, checked_id, new_id, workspace_root

UPLOADS = "/api/uploads"
UPLOAD = "/api/uploads/{key}"
TOKEN = "X-Upload-Token"
RECEIVED = "Upload-Offset"
_SECONDS = 12 * 3600.0
_CHUNK = 1 << 20
_MOST_OF_A_LIST = 16 << 20
_PURPOSE = "upload"


class ForeignOrigin(InputError):
    """A request that another site's page has sent."""

    def __init__(self) -> None:
        super().__init__("This request does not come from the dashboard.", "Open the dashboard and try again.")


def upload_token(workspace: Workspace, *, max_bytes: int | None = None) -> str:
    """With this a page's field may send one thing at a time, for twelve hours."""
    return make_token(workspace, _PURPOSE, _SECONDS, id=new_id(), max_bytes=max_bytes or whole_cap())


async def begin_upload(request: Request) -> Response:
    """POST the names, sizes and dates. {key, received, total}, or the receipt where all of it is here."""
    return await _answered(request, _begin)


async def upload(request: Request) -> Response:
    """GET or HEAD how far one is, PUT the next slice (`?offset=`), DELETE it.

    403 for a wrong token or origin, 404 for none of this key, 409 for another offset than the one it answers with,
    413 over the cap, 507 for a full disk.
    """
    does = {"PUT": _add, "DELETE": _remove}.get(request.method, _tell)
    return await _answered(request, does)


def check_origin(request: Request) -> None:
    """Raises ForeignOrigin unless a page of this very server sends it: browsers name the origin of all that changes."""
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    asks_only = request.method in ("GET", "HEAD") and not origin
    if not host or fetched != "same-origin" or not (asks_only or urlsplit(origin).netloc == host):
        raise ForeignOrigin


async def _answered(request: Request, does: Any) -> Response:
    try:
        check_origin(request)
        workspace = Workspace(workspace_root())
        facts = check_token(workspace, _PURPOSE, request.headers.get(TOKEN, ""))
        answer: Response = await does(request, workspace, checked_id(facts["id"]), int(facts["max_bytes"]))
    except ClientDisconnect:
        return Response(status_code=400)
    except SFTError as error:
        more = {"received": error.received} if isinstance(error, Elsewhere) else {}
        return JSONResponse({"message": error.message, "hint": error.hint, **more}, _status(error))
    except OSError as error:
        if not is_disk_full(error):
            raise
        full = DiskFullError()
        return JSONResponse({"message": full.message, "hint": full.hint}, _status(full))
    return answer


async def _begin(request: Request, workspace: Workspace, upload_id: str, cap: int) -> Response:
    body = bytearray()
    async for some in request.stream():
        body += some
        if len(body) > _MOST_OF_A_LIST:
            raise InputError("The names of these files are too many.", "Pack the folder into one zip file.")
    return await run_in_threadpool(_begun, workspace, upload_id, cap, bytes(body))


def _begun(workspace: Workspace, upload_id: str, cap: int, body: bytes) -> Response:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    manifest = announced(value, cap)
    here = arrived.find(workspace, upload_id)
    if here is not None and here.key == manifest.key:
        return _done(workspace, upload_id, here)
    part = begin(workspace, manifest)
    part.heard_of(upload_id)
    received = part.received()
    if received == manifest.total:  # all of it came, but it was cut before it was put in order; or it is empty
        with Slice(part, received) as rest:
            rest.close(upload_id)
        return _whole(workspace, upload_id)
    return _far(part.key, received, manifest.total)


async def _add(request: Request, workspace: Workspace, upload_id: str, _cap: int) -> Response:
    offset = request.query_params.get("offset", "")
    if not offset.isdecimal():
        raise InputError("It was not said where these bytes belong.", "Choose the file again.")
    try:
        part = Part(workspace, request.path_params["key"])
        part.heard_of(upload_id)
        with await run_in_threadpool(Slice, part, int(offset)) as piece:
            await _write(request, piece)
            whole = await run_in_threadpool(piece.close, upload_id)
    except Gone:
        here = await run_in_threadpool(arrived.find, workspace, upload_id)
        if here is None or here.key != request.path_params["key"]:
            raise
        return _done(workspace, upload_id, here)  # another page has sent the rest of it, or the answer was lost
    return _whole(workspace, upload_id) if whole else _far(part.key, piece.size, piece.most)


async def _write(request: Request, piece: Slice) -> None:
    waiting, before = bytearray(), piece.size
    async for some in request.stream():
        waiting += some
        if piece.size + len(waiting) - before > MOST_AT_ONCE:
            raise InputError("This is too much at once.", "Choose the file again.")
        if len(waiting) >= _CHUNK:  # the disk is slow: other pages go on meanwhile
            await run_in_threadpool(piece.add, waiting)
            waiting = bytearray()
    if waiting:
        await run_in_threadpool(piece.add, waiting)


async def _tell(request: Request, workspace: Workspace, upload_id: str, _cap: int) -> Response:
    part = Part(workspace, request.path_params["key"])
    received, total = part.received(), part.about()["total"]
    part.heard_of(upload_id)
    return _far(part.key, received, total)


async def _remove(request: Request, workspace: Workspace, _upload_id: str, _cap: int) -> Response:
    await run_in_threadpool(Part(workspace, request.path_params["key"]).remove)
    return Response(status_code=204)


def _far(key: str, received: int, total: int) -> Response:
    headers = {RECEIVED: str(received), "Cache-Control": "no-store"}
    return JSONResponse({"key": key, "received": received, "total": total}, headers=headers)


def _whole(workspace: Workspace, upload_id: str) -> Response:
    here = arrived.find(workspace, upload_id)
    if here is None:
        raise Gone
    return _done(workspace, upload_id, here)


def _done(workspace: Workspace, upload_id: str, here: Arrived) -> Response:
    facts = {"name": here.name, "bytes": here.bytes, "files": here.files, "sha256": here.sha256}
    return JSONResponse({"receipt": arrived.receipt(workspace, upload_id), **facts}, 201)


def _status(error: SFTError) -> int:
    kinds = ((ForeignOrigin, 403), (TokenError, 403), (TooLarge, 413), (Gone, 404), (StateError, 409))
    for kind, status in kinds:
        if isinstance(error, kind):
            return status
    return 507 if isinstance(error, ResourceError) else 400
