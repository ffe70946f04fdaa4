"""The process behind Try it: one a workspace, it keeps one run's model warm and leaves when nobody asks.

`python -m sft_core.jobs.inference_server <workspace> [--run FOLDER]`. The dashboard itself never loads torch.
"""

import argparse
import logging
import os
import secrets
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from sft_core.errors import InputError, SFTError
from sft_core.jobs import locks
from sft_core.jobs.detaching import leave_parent
from sft_core.jobs.inference_protocol import (
    LOCK_FILE,
    MAX_REQUEST_BYTES,
    SOCKET,
    check_texts,
    receive,
    send,
    socket_address,
)
from sft_core.jobs.slots import waiting
from sft_core.workspace import Workspace, open_workspace

ALREADY_THERE = 3
IDLE_SECONDS = 600.0
_PATIENCE_SECONDS = 30.0  # with a client that connects and then says nothing
_log = logging.getLogger("tuneboard.inference")


class Answers(Protocol):
    """What is kept warm: a run's model."""

    def warm(self, compare_base: bool) -> None:
        """Load all that a question needs."""

    def predict(self, texts: list[str], pairs: list[str] | None, compare_base: bool) -> dict[str, Any]:
        """Labels and (n, k) probabilities, and the base model's where asked for."""


Load = Callable[[Path], Answers]


def load_run(folder: Path) -> Answers:
    """The model of a run. Raises ModelError where it has none."""
    from sft_core.jobs import answering  # torch: seconds, and the process must be detached and listening before

    return answering.load_run(folder)


class WarmModel:
    """The one model in memory; another run's, or a newer one of the same run, takes its place."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._key: tuple[str, int] | None = None
        self._answers: Answers | None = None

    def of(self, folder: Path) -> Answers:
        """The run's model, loaded where it is not; one caller at a time. Raises SFTError where there is none."""
        key = (str(folder), _changed_at(folder / "model"))
        if self._answers is None or key != self._key:
            self._answers, self._key = None, None  # the old one goes first: both may not fit
            self._answers = self._load(folder)
            self._key = key
        return self._answers

    def is_warm(self, folder: Path) -> bool:
        """Whether a question to this run would be answered at once."""
        return self._key == (str(folder), _changed_at(folder / "model"))


class InferenceServer(socketserver.ThreadingUnixStreamServer):
    """Answers questions, each on a connection of its own, one after the other where they need the model."""

    daemon_threads = True

    def __init__(self, workspace: Workspace, load: Load = load_run, idle_seconds: float = IDLE_SECONDS) -> None:
        (workspace.root / SOCKET).unlink(missing_ok=True)  # of a killed process: the lock says that it is gone
        with socket_address(workspace) as address:
            before = os.umask(0o177)
            try:
                super().__init__(address, _Conversation)
            finally:
                os.umask(before)
        os.chmod(workspace.root / SOCKET, 0o700)
        self._model = WarmModel(load)
        self._turn = threading.Lock()
        self._warming: Path | None = None
        self._idle_seconds = idle_seconds
        self._asked_at = time.monotonic()

    def serve_until_idle(self) -> None:
        """Serve until nobody has asked for a while."""
        watcher = threading.Thread(target=self._leave_when_idle, daemon=True)
        watcher.start()
        self.serve_forever(poll_interval=0.05)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to one question; errors cross as message and hint."""
        try:
            return {"ok": True, **self._known_answer(question)}
        except SFTError as error:
            return {"ok": False, "message": error.message, "hint": error.hint}
        finally:
            if question.get("op") != "ping":  # a look whether it is there shall not keep it there
                self._asked_at = time.monotonic()

    def warm(self, folder: Path) -> None:
        """Load a run's model in the background."""
        if self._warming == folder:
            return
        self._warming = folder
        threading.Thread(target=self._warm, args=(folder,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class says so
        """Anything unexpected: the page gets a sentence, the log the rest."""
        name = secrets.token_hex(4)
        _log.exception("error %s", name)
        hint = f"Ask again; if that does not help, System has the log under Details, and in it {name} says more."
        with suppress(OSError):
            send(request, {"ok": False, "message": "The model could not answer.", "hint": hint})

    def _known_answer(self, question: dict[str, Any]) -> dict[str, Any]:
        match question:
            case {"op": "ping"}:
                return {"pid": os.getpid()}
            case {"op": "warm", "run": str(run)}:
                if not (warm := self._model.is_warm(Path(run))):
                    self.warm(Path(run))
                return {"warm": warm}
            case {"op": "predict", "run": str(run), "texts": list(texts)}:
                pairs = _list_or_none(question.get("pairs"))
                check_texts(texts, pairs)
                with self._turn:
                    return self._model.of(Path(run)).predict(texts, pairs, bool(question.get("compare_base")))
            case _:
                raise InputError("This is not a question that Tuneboard knows.", "Reload the page.")

    def _warm(self, folder: Path) -> None:
        try:
            with self._turn:  # with the base model: the page shows both
                self._model.of(folder).warm(compare_base=True)
        except SFTError as error:  # whoever asks next is told
            _log.info("could not load %s: %s", folder, error)
        finally:
            self._warming = None

    def _leave_when_idle(self) -> None:
        while time.monotonic() - self._asked_at < self._idle_seconds:
            time.sleep(min(1.0, self._idle_seconds / 4))
        self.shutdown()


def _list_or_none(value: object) -> list[Any] | None:
    if value is None or isinstance(value, list):
        return value
    raise InputError("This is not a question that Tuneboard knows.", "Reload the page.")


class _Conversation(socketserver.BaseRequestHandler):
    server: InferenceServer

    def handle(self) -> None:
        connection: socket.socket = self.request
        connection.settimeout(_PATIENCE_SECONDS)
        try:
            send(connection, self._answer(connection))
        except OSError:  # the page that asked is gone
            _log.info("a client left before its answer")

    def _answer(self, connection: socket.socket) -> dict[str, Any]:
        try:
            question = receive(connection, MAX_REQUEST_BYTES)
        except SFTError as error:
            return {"ok": False, "message": error.message, "hint": error.hint}
        return self.server.answer(question)


def main(arguments: Sequence[str] | None = None, load: Load = load_run) -> int:
    """The entry of the process: 0 after it was idle, 3 where another one serves this workspace."""
    parser = argparse.ArgumentParser(prog="sft_core.jobs.inference_server", description="Answer for Try it.")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--run", type=Path, help="the run to load at once")
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds without a question until it leaves")
    parser.add_argument("--detach", action="store_true", help="go on in the background")
    options = parser.parse_args(arguments)
    if options.detach:
        leave_parent()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    workspace = open_workspace(options.workspace)
    os.environ |= {"TUNEBOARD_HOME": str(workspace.root), "HF_HUB_OFFLINE": "1", **waiting(os.environ)}
    lock = locks.take(workspace.root / LOCK_FILE, seconds=1.0)
    if lock is None:
        return ALREADY_THERE
    with InferenceServer(workspace, load, options.idle) as server:
        if options.run is not None:
            server.warm(options.run)
        server.serve_until_idle()
    return 0


def _changed_at(model: Path) -> int:
    """When the model was last written: a resumed run replaces it."""
    return max((path.stat().st_mtime_ns for path in model.glob("*.safetensors")), default=0)


if __name__ == "__main__":
    sys.exit(main())
