"""Tokens for the dashboard's own routes: what may be done, with what, until when, signed with the workspace's secret.

Streamlit's routes have its XSRF check, ours do not: without a token from a page of this dashboard they do nothing.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import time
from typing import Any

from sft_core.errors import InputError
from sft_core.workspace import Workspace

_SECRET = "secret.key"
_SECRET_BYTES = 32


class TokenError(InputError):
    """A token that is not ours, is for something else, or is too old."""

    def __init__(self) -> None:
        super().__init__("This link is not valid any more.", "Reload the page and try again.")


def make_token(workspace: Workspace, purpose: str, seconds: float, **facts: Any) -> str:
    """A token for one purpose that is good for some seconds and carries these facts."""
    body = json.dumps({**facts, "for": purpose, "until": time.time() + seconds}, sort_keys=True).encode("utf-8")
    return f"{_encode(body)}.{_encode(_signature(workspace, body))}"


def check_token(workspace: Workspace, purpose: str, token: str) -> dict[str, Any]:
    """The facts that a token of ours carries. Raises TokenError."""
    try:
        body, signature = (_decode(part) for part in token.split("."))
    except (ValueError, binascii.Error) as error:
        raise TokenError from error
    if not hmac.compare_digest(signature, _signature(workspace, body)):
        raise TokenError
    facts: dict[str, Any] = json.loads(body)
    if facts["for"] != purpose or facts["until"] < time.time():
        raise TokenError
    return facts


def _signature(workspace: Workspace, body: bytes) -> bytes:
    return hmac.new(_secret(workspace), body, hashlib.sha256).digest()


def _secret(workspace: Workspace) -> bytes:
    path = workspace.root / _SECRET
    try:
        known = path.read_bytes()
    except FileNotFoundError:
        known = b""
    return known if len(known) == _SECRET_BYTES else _new_secret(workspace)


def _new_secret(workspace: Workspace) -> bytes:
    """Written aside and linked: of two processes that make it at once, one wins and both use its."""
    path = workspace.root / _SECRET
    if path.exists() and path.stat().st_size != _SECRET_BYTES:
        path.unlink()
    aside = path.with_name(f".{_SECRET}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(_SECRET_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_bytes()


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
