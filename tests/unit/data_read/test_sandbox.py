import os
import re
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from sft_core import sandbox
from sft_core.errors import ConfigError, DataError, InputError, ResourceError, SFTError, Stopped
from sft_core.sandbox import Limits

TARGETS = "tests.unit.data_read.sandbox_targets"
SMALL = Limits(memory_mb=1024, seconds=20, cpu_seconds=20, file_mb=4)


def run(name: str, folder: Path, limits: Limits = SMALL, **arguments):
    return sandbox.call(f"{TARGETS}:{name}", arguments, limits=limits, folder=folder)


def test_the_answer_of_the_child_comes_back(tmp_path: Path) -> None:
    assert run("add", tmp_path, a=2, b=3) == 5


def test_progress_arrives_and_the_environment_is_bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    heard = []
    answer = sandbox.call(
        f"{TARGETS}:tell",
        {},
        limits=SMALL,
        folder=tmp_path,
        on_progress=lambda share, text: heard.append((share, text)),
    )
    assert heard == [(0.5, "half way")]
    assert answer["cwd"] == str(tmp_path)
    assert "HF_TOKEN" not in answer["names"]


def test_errors_for_users_cross_the_border(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        run("refuse", tmp_path)
    assert (caught.value.message, caught.value.hint) == ("This is no table.", "Choose another file.")
    with pytest.raises(ConfigError) as several:
        run("refuse_settings", tmp_path)
    assert several.value.problems == ("One is wrong.", "Two is wrong.")


def test_a_child_that_takes_too_much_memory_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="more memory"):
        run("eat_memory", tmp_path)


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(ResourceError, match="longer than"):
        run("sleep", tmp_path, Limits(seconds=1))
    assert time.monotonic() - start < 5


def test_nothing_that_the_child_started_is_left(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with pytest.raises(ResourceError):
        run("sleep_with_offspring", tmp_path / "room", Limits(seconds=3), pid_file=str(pid_file))
    pid = int(pid_file.read_text())
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_crash_in_c_code_is_an_error_and_not_the_end(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="break off"):
        run("crash", tmp_path)


def test_a_bug_is_no_damaged_file_and_its_trace_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SFTError) as caught:
        run("divide_by_zero", tmp_path)
    assert not isinstance(caught.value, InputError)
    name = re.search(r"should not have \(error (\w+)\)", caught.value.message)
    assert name is not None
    assert f"error {name[1]}" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "in divide_by_zero" in caplog.text


def test_a_child_that_writes_too_much_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="larger than is allowed"):
        run("fill_disk", tmp_path)


def test_a_wish_to_stop_ends_the_child(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        sandbox.call(f"{TARGETS}:sleep", {}, limits=SMALL, folder=tmp_path, should_stop=lambda: True)


def test_the_child_has_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SFTError, match="should not have"):
            run("call_out", tmp_path, port=port)
        if subprocess.run(["unshare", "-Urn", "true"], capture_output=True).returncode:
            pytest.skip("this kernel forbids network namespaces")
        assert run("connect_past_python", tmp_path, port=port) != 0


def test_the_folder_of_the_child_is_private(tmp_path: Path) -> None:
    run("add", tmp_path / "room", a=1, b=1)
    assert os.stat(tmp_path / "room").st_mode & 0o077 == 0
