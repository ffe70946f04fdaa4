"""The process behind Try it dies, hangs, is asked nonsense, and is still there for the next question."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_house import wait_for

from sft_core.errors import InputError, SFTError
from sft_core.jobs.inference_client import InferenceClient
from sft_core.jobs.inference_protocol import MAX_REQUEST_BYTES, SOCKET, receive, send, socket_address
from sft_core.workspace import Workspace

pytestmark = pytest.mark.faults
SERVER = [sys.executable, str(Path(__file__).with_name("fault_inference.py"))]


@pytest.fixture
def client(workspace: Workspace) -> Iterator[InferenceClient]:
    client = InferenceClient(workspace, server=[*SERVER, "--idle", "60"])
    yield client
    if client.is_alive():
        os.kill(client._ask({"op": "ping"}, 5)["pid"], signal.SIGKILL)


@pytest.fixture
def run_folder(workspace: Workspace) -> Path:
    folder = workspace.runs / "a-run"
    (folder / "model").mkdir(parents=True)
    return folder


def test_a_question_starts_the_process_and_it_stays_warm(client: InferenceClient, run_folder: Path) -> None:
    first = client.predict(run_folder, ["a rather long text", "short"])
    assert first["labels"] == ["long", "short"] and first["probabilities"] == [[1.0, 0.0], [0.0, 1.0]]
    begun = time.monotonic()
    second = client.predict(run_folder, ["short"], compare_base=True)
    assert time.monotonic() - begun < 0.25
    assert second["pid"] == first["pid"] and second["base"] == [[0.5, 0.5]]
    assert (run_folder / "loads").read_text().count("loaded") == 1


def test_warming_returns_at_once_and_loads_in_the_background(client: InferenceClient, run_folder: Path) -> None:
    assert client.warm(run_folder) is False
    wait_for(lambda: client.warm(run_folder))
    assert (run_folder / "loads").read_text().count("loaded") == 1


def test_a_killed_process_is_started_again_by_the_next_question(client: InferenceClient, run_folder: Path) -> None:
    pid = client.predict(run_folder, ["short"])["pid"]
    os.kill(pid, signal.SIGKILL)
    assert client.predict(run_folder, ["short"])["pid"] != pid


def test_a_text_that_kills_it_is_an_error_in_words_and_the_next_one_works(
    client: InferenceClient, run_folder: Path
) -> None:
    with pytest.raises(SFTError, match="breaks off whenever"):
        client.predict(run_folder, ["die"])
    assert client.predict(run_folder, ["short"])["labels"] == ["long", "short"]


def test_errors_cross_as_message_and_hint_without_details(client: InferenceClient, run_folder: Path) -> None:
    with pytest.raises(SFTError) as boom:
        client.predict(run_folder, ["boom"])
    assert boom.value.message == "The model could not answer." and "secret" not in str(boom.value)
    with pytest.raises(SFTError, match="no model yet") as missing:
        client.predict(run_folder.parent / "another", ["short"])
    assert missing.value.hint


def test_many_pages_at_once_share_one_process(client: InferenceClient, run_folder: Path) -> None:
    pids: list[int] = []
    threads = [
        threading.Thread(target=lambda: pids.append(client.predict(run_folder, ["short"])["pid"])) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 6 and len(set(pids)) == 1


def test_a_newer_model_of_the_same_run_replaces_the_warm_one(client: InferenceClient, run_folder: Path) -> None:
    client.predict(run_folder, ["short"])
    (run_folder / "model" / "model.safetensors").write_bytes(b"new")
    client.predict(run_folder, ["short"])
    assert (run_folder / "loads").read_text().count("loaded") == 2


def test_it_leaves_when_nobody_asks(workspace: Workspace, run_folder: Path) -> None:
    client = InferenceClient(workspace, server=[*SERVER, "--idle", "1"])
    client.predict(run_folder, ["short"])
    wait_for(lambda: not client.is_alive())


def test_the_socket_is_private_and_its_path_may_be_long(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / ("long" * 30))
    client = InferenceClient(workspace, server=[*SERVER, "--idle", "1"])
    (workspace.root / "runs" / "a-run" / "model").mkdir(parents=True)
    client.predict(workspace.root / "runs" / "a-run", ["short"])
    assert stat.S_IMODE((workspace.root / SOCKET).stat().st_mode) == 0o700
    wait_for(lambda: not client.is_alive())


NONSENSE = [
    b"no json\n",
    b"[1]\n",
    b'{"op": "shutdown"}\n',
    b'{"op": "predict"}\n',
    b'{"op": "predict", "run": "x", "texts": ["a"], "pairs": "b"}\n',
]


@pytest.mark.parametrize("raw", NONSENSE)
def test_nonsense_is_answered_with_a_sentence(
    client: InferenceClient, workspace: Workspace, run_folder: Path, raw: bytes
) -> None:
    client.predict(run_folder, ["short"])
    with socket_address(workspace) as address, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        connection.sendall(raw)
        answer = receive(connection, 1 << 16)
    assert answer["ok"] is False and "not a question" in answer["message"]


def test_too_much_is_refused_on_both_sides(client: InferenceClient, workspace: Workspace, run_folder: Path) -> None:
    for texts in ([], ["x"] * 1001, ["x" * 100_001]):
        with pytest.raises(InputError):
            client.predict(run_folder, texts)
    client.warm(run_folder)
    wait_for(client.is_alive)
    with socket_address(workspace) as address, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        try:
            send(connection, {"op": "predict", "texts": ["x" * (MAX_REQUEST_BYTES + 1)]})
            answer = receive(connection, 1 << 16)
        except ConnectionError:  # it hung up while we were still sending
            return
    assert answer["ok"] is False


def test_the_client_never_imports_torch(client: InferenceClient) -> None:
    code = "import sys, sft_core.jobs.inference_client; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
