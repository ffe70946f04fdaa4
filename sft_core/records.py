"""What a job writes down: whole files that appear at once, an event log, an outcome, an identity.

A job folder holds `job.json` (what was asked), `job.lock`, `proc.json`, `events.jsonl`, `log.txt` and, written last,
`result.json`. Whole files are written aside, fsynced and renamed, so that a reader sees the old or the new one.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sft_core.errors import DataError

SCHEMA_VERSION = 1

JOB, LOCK, PROC, EVENTS, LOG, RESULT = "job.json", "job.lock", "proc.json", "events.jsonl", "log.txt", "result.json"

FLUSHED_AT_ONCE = 8

Ending = Literal["finished", "stopped", "failed", "lost"]


def fsync_path(path: Path) -> None:
    """Flush a file or a folder to the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file so that readers see the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}.tmp")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    fsync_path(path.parent)


def write_text(path: Path, content: str) -> None:
    """Write a whole UTF-8 file at once (see `write_bytes`)."""
    write_bytes(path, content.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file at once. NaN and infinity are refused: a number that cannot be computed is null."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """The content of a JSON file. Raises DataError where it is not JSON, FileNotFoundError where it is absent."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"The file {path.name} is damaged: it is not valid JSON.", "Restore it or make it anew."
        ) from error


def publish(aside: Path, final: Path) -> None:
    """Give a finished folder its name, durably: fsync everything in it, rename, fsync the parent."""
    within = list(aside.rglob("*"))
    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:  # the file system writes its journal once for those that wait
        list(pool.map(fsync_path, [path for path in within if path.is_file()]))
        list(pool.map(fsync_path, [*(path for path in within if path.is_dir()), aside]))
    os.rename(aside, final)
    fsync_path(final.parent)


class EventLog:
    """Appends events to `events.jsonl`, one `write` a line, so that a kill leaves whole lines."""

    def __init__(self, path: Path, attempt: int) -> None:
        self.path = path
        self.attempt = attempt

    def add(self, kind: str, **facts: Any) -> None:
        """Append one event {t, attempt, kind, …}; `t` is seconds since the epoch."""
        event = {"t": round(time.time(), 3), "attempt": self.attempt, "kind": kind, **facts}
        line = json.dumps(event, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(fd, line)
        finally:
            os.close(fd)


def read_events(path: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Events from byte `offset` on, and the offset to go on from. A last line without its end is left for next time."""
    if not path.exists():
        return [], 0
    with path.open("rb") as file:
        file.seek(offset)
        chunk = file.read()
    end = chunk.rfind(b"\n") + 1
    return list(_parse_lines(chunk[:end])), offset + end


def _parse_lines(chunk: bytes) -> Iterator[dict[str, Any]]:
    for line in chunk.splitlines():
        try:
            event = json.loads(line)
        except ValueError:  # a line torn by a full disk; the next one is whole again
            continue
        if isinstance(event, dict):
            yield event


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended (`result.json`, written last): its presence means the end of that attempt."""

    attempt: int
    state: Ending
    message: str = ""
    hint: str = ""
    exit: int | None = None
    ended: float | None = None


def write_outcome(folder: Path, outcome: Outcome) -> None:
    """Write `result.json`, the last act of an attempt."""
    ended = outcome.ended if outcome.ended is not None else time.time()
    write_json(folder / RESULT, {"schema_version": SCHEMA_VERSION, **outcome.__dict__, "ended": ended})


def read_outcome(folder: Path, attempt: int | None = None) -> Outcome | None:
    """The outcome of `attempt` (or of any attempt), None where that attempt has not ended."""
    try:
        value = read_json(folder / RESULT)
    except FileNotFoundError:
        return None
    if attempt is not None and value.get("attempt") != attempt:
        return None
    return Outcome(**{name: value.get(name) for name in ("attempt", "state", "message", "hint", "exit", "ended")})


@dataclass(frozen=True)
class Work:
    """What a handler of a job gets: its folder, what was asked, where to tell how it goes, and whether to stop.

    A handler calls `should_stop` between steps; when it is true it saves what it can and raises `Stopped`.
    """

    folder: Path
    request: dict[str, Any]
    attempt: int
    events: EventLog
    should_stop: Callable[[], bool] = lambda: False

    def progress(self, done: float, message: str) -> None:
        """Tell the share done (0–1) and what is going on, in words for the user."""
        self.events.add("progress", done=round(min(max(done, 0.0), 1.0), 4), message=message)
