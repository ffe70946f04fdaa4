"""Runs one function in a short-lived child with limits on memory, time and files: what came from outside is read there.

The parent writes `call.json` into a private folder and starts `python -m sft_core.sandbox <folder>`; the child limits
itself, gives up the network, imports the target, and leaves `answer.json`. Progress comes through its standard output,
one JSON object a line. Whatever happens to the child (killed, out of memory, crashed in C code) the parent lives on.
"""

import contextlib
import ctypes
import importlib
import inspect
import json
import logging
import os
import resource
import secrets
import selectors
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import sft_core
from sft_core import errors
from sft_core.errors import DataError, DiskFullError, ResourceError, SFTError, Stopped, is_disk_full
from sft_core.records import read_json, write_json

CALL, ANSWER, LOG = "call.json", "answer.json", "child.log"
OUT_OF_MEMORY, NO_ROOM, BUG = 3, 4, 5
_TOLD = 65536  # bytes of the end of the child's log: room for any trace
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_POLL_SECONDS = 0.05
_MEMORY_SIGNS = ("MemoryError", "bad_alloc", "memory allocation", "Cannot allocate memory", "out of memory")

Progress = Callable[[float, str], None]
_log = logging.getLogger("tuneboard.sandbox")


@dataclass(frozen=True)
class Limits:
    """What a child may use: address space and written files in MB, wall and processor time in seconds."""

    memory_mb: int = 4096
    seconds: float = 600
    cpu_seconds: int = 600
    file_mb: int = 8192
    open_files: int = 256


def call(
    target: str,
    arguments: Mapping[str, Any],
    *,
    limits: Limits,
    folder: Path,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Any:
    """The answer of `target` ("module:function", called with `arguments` by name), which runs in a limited child.

    A target that takes `on_progress` gets a function (share, message). Arguments and answer are JSON values; `folder`
    is the child's private working folder. An SFTError of the target arrives as the same kind of error; a child that
    uses up its memory or time raises ResourceError, one that breaks off DataError, a wish to stop Stopped. Any other
    exception of the target is a bug: its trace goes to the log under an id, and a plain SFTError names that id.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / ANSWER).unlink(missing_ok=True)
    write_json(folder / CALL, {"target": target, "arguments": dict(arguments), "limits": asdict(limits)})
    with (folder / LOG).open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "sft_core.sandbox", str(folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
        )
    failed = True
    try:
        _follow(child, limits.seconds, on_progress, should_stop)
        failed = False
    finally:
        _end(child, failed=failed)
    return _answer(folder, child.returncode)


def _environment() -> dict[str, str]:
    """Little is handed on: no tokens, no proxies, no Python switches but the place of this package."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "OMP_NUM_THREADS", "TUNEBOARD_MAX_FILE_MB")
    root = str(Path(sft_core.__file__).resolve().parent.parent)
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONPATH": root,
        "PYTHONUTF8": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _follow(
    child: "subprocess.Popen[bytes]",
    seconds: float,
    on_progress: Progress | None,
    should_stop: Callable[[], bool] | None,
) -> None:
    """Pass progress on until the child closes its output; raise where time is up or a stop is asked for."""
    assert child.stdout is not None
    deadline = time.monotonic() + seconds
    os.set_blocking(child.stdout.fileno(), False)
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if time.monotonic() > deadline:
                raise ResourceError(
                    f"This took longer than {seconds:g} seconds and was stopped.", "Try it with a smaller file."
                )
            if should_stop is not None and should_stop():
                raise Stopped("Stopped as asked.", "Nothing was changed.")
            if not selector.select(_POLL_SECONDS):
                continue
            chunk = os.read(child.stdout.fileno(), 65536)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[-65536:]
            for line in lines:
                _pass_on(line, on_progress)


def _pass_on(line: bytes, on_progress: Progress | None) -> None:
    if on_progress is None:
        return
    try:
        share, message = json.loads(line)
        on_progress(float(share), str(message))
    except (ValueError, TypeError):  # something that a library printed
        return


def _end(child: "subprocess.Popen[bytes]", *, failed: bool) -> None:
    """Wait a moment for a child that is done, then make sure that it and all it started are gone."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=0 if failed else 5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _answer(folder: Path, code: int) -> Any:
    try:
        answer = read_json(folder / ANSWER)
    except FileNotFoundError:
        raise _death(folder, code) from None
    if "error" not in answer:
        return answer["value"]
    kind = getattr(errors, answer["error"], SFTError)
    if kind is errors.ConfigError:
        raise errors.ConfigError(answer["problems"], answer["hint"])
    raise kind(answer["message"], answer["hint"])


def _death(folder: Path, code: int) -> SFTError:
    """What a child that left no answer died of, as a sentence."""
    if code == NO_ROOM:
        return DiskFullError()
    told = (folder / LOG).read_bytes()[-_TOLD:].decode("utf-8", "replace")
    tail = told[-4096:]
    if code in (OUT_OF_MEMORY, -signal.SIGKILL) or any(sign in tail for sign in _MEMORY_SIGNS):
        return ResourceError("This needs more memory than is allowed for it.", "Try it with a smaller file.")
    if code == -signal.SIGXCPU:
        return ResourceError("This took too much processor time and was stopped.", "Try it with a smaller file.")
    if code == -signal.SIGXFSZ or "File too large" in tail:
        return ResourceError("The result would be larger than is allowed.", "Try it with a smaller file.")
    if code == BUG:
        return _bug(told)
    return DataError(
        "The file made its reader break off: it is damaged, or not what it seems to be.",
        "Open it in the program that made it and save it again, best as CSV.",
    )


def _bug(told: str) -> SFTError:
    """Our mistake and not the file's: the trace outlives the folder of the child in the log, under an id."""
    name = secrets.token_hex(4)
    _log.error("error %s in the sandbox:\n%s", name, told)
    return SFTError(
        f"Something went wrong that should not have (error {name}).",
        "Nothing was changed. Try again; the log has more under that id.",
    )


def main(folder: Path) -> int:
    """The child: limit itself, call the target, leave the answer."""
    asked = read_json(folder / CALL)
    _limit(Limits(**asked["limits"]))
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1, encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        write_json(folder / ANSWER, _run(asked["target"], asked["arguments"], output))
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception as error:  # noqa: BLE001 - a bug: the parent tells of it
        if is_disk_full(error):
            return NO_ROOM
        traceback.print_exception(error)
        return BUG
    return 0


def _run(target: str, arguments: dict[str, Any], output: IO[str]) -> dict[str, Any]:
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    if "on_progress" in inspect.signature(function).parameters:
        arguments = {**arguments, "on_progress": _teller(output)}
    try:
        return {"value": function(**arguments)}
    except SFTError as error:
        facts = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
        return facts | ({"problems": list(error.problems)} if isinstance(error, errors.ConfigError) else {})


def _teller(output: IO[str]) -> Progress:
    """Progress through the pipe, at most ten lines a second."""
    last = 0.0

    def tell(share: float, message: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 0.1 or share >= 1:
            last = now
            output.write(json.dumps([share, message]) + "\n")

    return tell


def _limit(limits: Limits) -> None:
    """Apply the limits to this process, and give up what it does not need."""
    for name, value in (
        (resource.RLIMIT_AS, limits.memory_mb * 2**20),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_mb * 2**20),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(name)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # no child outlives its parent
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # fails where the kernel forbids it; the hook below stays
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"):
        raise PermissionError("a sandboxed reader has no network")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
