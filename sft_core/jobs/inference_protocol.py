"""How the pages and the inference process speak: one JSON line each way over a Unix socket in the workspace.

Ask {"op": "predict", "run": "<folder>", "texts": […], "pairs": […], "compare_base": bool}, {"op": "warm", "run": …} or
{"op": "ping"}; the answer is {"ok": true, …} or {"ok": false, "message": …, "hint": …}. `pairs` are the second texts,
for a run that reads two at a time; else they are absent or null.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sft_core.errors import InputError, SFTError
from sft_core.workspace import Workspace

SOCKET, LOCK_FILE, LOG_FILE = "inference.sock", "inference.lock", "inference.log"
MAX_TEXTS = 1000
MAX_CHARACTERS = 100_000  # of one text
MAX_REQUEST_BYTES = 8 << 20
MAX_ANSWER_BYTES = 64 << 20


class LineTooLong(SFTError):
    """The other side sent more than was agreed."""

    def __init__(self) -> None:
        super().__init__("This is too much text at once.", "Predict a file on the Evaluate page instead.")


@contextmanager
def socket_address(workspace: Workspace) -> Iterator[str]:
    """The address of the socket; by way of the open folder, since a socket's path may have 107 bytes only."""
    folder = os.open(workspace.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


def send(connection: socket.socket, value: dict[str, Any]) -> None:
    """Send one JSON line."""
    connection.sendall(json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n")


def receive(connection: socket.socket, limit: int) -> dict[str, Any]:
    """Read one JSON line. Raises LineTooLong, ConnectionError at a premature end, InputError for anything else."""
    parts: list[bytes] = []
    size = 0
    while not parts or b"\n" not in parts[-1]:
        chunk = connection.recv(1 << 16)
        if not chunk:
            raise ConnectionResetError("the other side left")
        size += len(chunk)
        if size > limit:
            raise LineTooLong
        parts.append(chunk)
    try:
        value = json.loads(b"".join(parts))
    except ValueError as error:
        raise InputError("This is not a question that Tuneboard knows.", "Reload the page.") from error
    if not isinstance(value, dict):
        raise InputError("This is not a question that Tuneboard knows.", "Reload the page.")
    return value


def check_texts(texts: list[str], pairs: list[str] | None = None) -> None:
    """Raises InputError where there are none, too many, one is too long, or second texts do not belong to them."""
    if pairs is not None and (len(pairs) != len(texts) or not all(isinstance(text, str) for text in pairs)):
        raise InputError("Each text needs its second text.", "Write or paste both.")
    if pairs and max(map(len, pairs)) > MAX_CHARACTERS:
        raise InputError(f"One text is longer than {MAX_CHARACTERS:,} characters.", "Shorten it.")
    if not texts or not all(isinstance(text, str) for text in texts):
        raise InputError("There is no text to answer.", "Write or paste one.")
    if len(texts) > MAX_TEXTS:
        raise InputError(
            f"{len(texts):,} texts are too many at once: {MAX_TEXTS:,} is the most.",
            "Put them into a file and use Evaluate.",
        )
    if max(map(len, texts)) > MAX_CHARACTERS:
        raise InputError(f"One text is longer than {MAX_CHARACTERS:,} characters.", "Shorten it.")
