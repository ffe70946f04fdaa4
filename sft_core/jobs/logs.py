"""`log.txt` of a job: written by its processes directly, so that nobody has to read along; kept small from outside."""

import os
import re
from pathlib import Path

from sft_core.records import LOG

CAP_BYTES = 16 << 20
_KEPT_BYTES = 1 << 20
PREVIOUS = "log.previous.txt"
_SECRET = re.compile(r"\b(hf_|ghp_|sk-)[A-Za-z0-9_-]{8,}")


def open_log(folder: Path) -> int:
    """A descriptor that appends to the log: always at its end, also after it was cut."""
    return os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def cap_log(folder: Path, cap: int = CAP_BYTES) -> bool:
    """Cut a log that grew over the cap; its last megabyte is kept in `log.previous.txt`. Whether it was cut."""
    try:
        with (folder / LOG).open("r+b") as log:
            size = log.seek(0, os.SEEK_END)
            if size <= cap:
                return False
            log.seek(size - min(size, _KEPT_BYTES))
            (folder / PREVIOUS).write_bytes(log.read(_KEPT_BYTES))
            log.truncate(0)
    except FileNotFoundError:
        return False
    return True


def read_tail(folder: Path, lines: int = 200) -> str:
    """The last lines of a job's log, without what looks like an access token."""
    try:
        with (folder / LOG).open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - 400 * lines))
            text = log.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return _SECRET.sub(r"\1***", "\n".join(text.splitlines()[-lines:]))
