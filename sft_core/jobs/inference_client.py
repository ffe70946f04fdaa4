"""Ask the inference process, which is started where none lives. Never imports torch."""

import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sft_core.errors import ResourceError, SFTError
from sft_core.jobs.detaching import start_detached
from sft_core.jobs.inference_protocol import (
    LOCK_FILE,
    LOG_FILE,
    MAX_ANSWER_BYTES,
    check_texts,
    receive,
    send,
    socket_address,
)
from sft_core.jobs.tasks import run_environment
from sft_core.workspace import Workspace

SERVER = (sys.executable, "-P", "-m", "sft_core.jobs.inference_server")
_SECONDS_TO_START = 60.0  # torch and transformers, cold
_SECONDS_TO_ANSWER = 120.0


class InferenceClient:
    """Questions to the one inference process of a workspace. Cheap to make, holds nothing open."""

    def __init__(self, workspace: Workspace, server: Sequence[str] = SERVER) -> None:
        self._workspace = workspace
        self._server = tuple(server)

    def warm(self, run_folder: Path) -> bool:
        """Have the run's model loaded soon, without waiting; whether it is loaded already."""
        question = {"op": "warm", "run": str(run_folder.resolve())}
        try:
            return bool(self._ask(question, _SECONDS_TO_ANSWER)["warm"])
        except (ConnectionError, FileNotFoundError):
            self._start(run_folder.resolve())
            return False

    def predict(
        self,
        run_folder: Path,
        texts: Sequence[str],
        pairs: Sequence[str] | None = None,
        *,
        compare_base: bool = False,
    ) -> dict[str, Any]:
        """`labels`, `probabilities` (a list of k a text), `known` (0-1 a text) and `seconds`; with `compare_base` also
        `base`: probabilities of the base model under the run's probe, or None with `base_message`. `pairs` are the
        second texts, for a run that reads two at a time.

        Starts the process and waits for it where none lives. Raises SFTError in the server's words.
        """
        seconds = None if pairs is None else list(pairs)
        check_texts(list(texts), seconds)
        run = run_folder.resolve()
        question = {"op": "predict", "run": str(run), "texts": list(texts), "pairs": seconds}
        return self._insist({**question, "compare_base": compare_base}, run)

    def is_alive(self) -> bool:
        """Whether the process is there."""
        return self.pid() is not None

    def pid(self) -> int | None:
        """The process that answers, None where there is none."""
        try:
            return int(self._ask({"op": "ping"}, 5.0)["pid"])
        except OSError:
            return None

    def _insist(self, question: dict[str, Any], run: Path) -> dict[str, Any]:
        """Ask; where nobody answers, start the process and ask again, once it listens. It may die once meanwhile."""
        deadline = time.monotonic() + _SECONDS_TO_START
        deaths = 0
        while True:
            try:
                return self._ask(question, _SECONDS_TO_ANSWER)
            except TimeoutError as error:
                raise ResourceError("The model takes too long to answer.", "Try fewer or shorter texts.") from error
            except FileNotFoundError:
                pass
            except ConnectionResetError:  # it died over this question, or while it was leaving
                deaths += 1
            except ConnectionError:
                pass
            if deaths > 1 or time.monotonic() > deadline:
                raise ResourceError(
                    "The model breaks off whenever it is asked.",
                    f"Close other programs and ask again; {LOG_FILE} in the workspace says more.",
                )
            self._start(run)
            time.sleep(0.05)

    def _ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        with (
            socket_address(self._workspace) as address,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
        ):
            connection.settimeout(seconds)
            connection.connect(address)
            send(connection, question)
            answer = receive(connection, MAX_ANSWER_BYTES)
        if not answer.get("ok"):
            raise SFTError(str(answer.get("message", "")), str(answer.get("hint", "")))
        return answer

    def _start(self, run: Path) -> None:
        root = self._workspace.root
        command = [*self._server, str(root), "--run", str(run), "--detach"]
        usual = run_environment(run)  # of the run that is asked first; it harms no other
        start_detached(command, cwd=root, log=root / LOG_FILE, lock=root / LOCK_FILE, usual=usual)
