import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sft_core.jobs.family import RUN_ID, kill_all, members
from sft_core.jobs.identity import (
    Identity,
    boot_id,
    identify,
    is_alive,
    own_identity,
    read_identity,
    read_stat,
    send_signal,
    worker_identity,
    write_identity,
)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def test_this_process_lives() -> None:
    assert is_alive(own_identity()) and own_identity().pid == os.getpid()


def test_a_stranger_with_the_same_pid_is_neither_alive_nor_signalled(sleeper: subprocess.Popen[bytes]) -> None:
    identity = identify(sleeper.pid)
    assert identity is not None
    for stranger in (replace(identity, ticks=identity.ticks - 1), replace(identity, boot_id="an earlier boot")):
        assert not is_alive(stranger)
        assert not send_signal(stranger, signal.SIGKILL)
    assert is_alive(identity) and sleeper.poll() is None


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])
    identity = identify(child.pid)
    assert identity is not None
    while (stat := read_stat(child.pid)) is not None and stat.state != "Z":
        time.sleep(0.01)
    assert not is_alive(identity) and identify(child.pid) is None
    child.wait()


def test_everybody_and_init_are_never_signalled() -> None:
    for pid in (-1, 0, 1):
        assert not send_signal(Identity(boot_id(), pid, 0), signal.SIGTERM)


def test_a_name_with_brackets_and_spaces_does_not_confuse(tmp_path: Path) -> None:
    program = tmp_path / "a) Z (b"
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([str(program), "60"])
    try:
        while b"a) Z" not in Path(f"/proc/{child.pid}/comm").read_bytes():
            time.sleep(0.01)
        stat = read_stat(child.pid)
        assert stat is not None and stat.parent == os.getpid() and stat.state in "SR"
    finally:
        child.kill()
        child.wait()


def test_an_identity_survives_its_file_and_belongs_to_an_attempt(tmp_path: Path) -> None:
    write_identity(tmp_path / "proc.json", own_identity(), attempt=2)
    assert worker_identity(tmp_path, 2) == own_identity()
    assert worker_identity(tmp_path, 1) is None
    (tmp_path / "proc.json").write_text("{")
    assert read_identity(tmp_path / "proc.json") is None and worker_identity(tmp_path, 2) is None


def test_a_family_is_found_by_environment_session_and_descent() -> None:
    code = (
        "import subprocess, sys, os;"
        "nap = [sys.executable, '-c', 'import time; time.sleep(60)'];"
        "subprocess.Popen(nap, env={'PATH': ''});"  # found by descent and session
        "subprocess.Popen(nap, start_new_session=True);"  # found by its environment
        "print('ready', flush=True); import time; time.sleep(60)"
    )
    leader = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, RUN_ID: "the-job"},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert leader.stdout is not None and leader.stdout.readline() == b"ready\n"
    leader.stdout.close()
    identity = identify(leader.pid)
    assert len(members("the-job", identity)) == 3
    assert members("the-jo", None) == [] and members("another", None) == []
    os.kill(leader.pid, signal.SIGKILL)
    leader.wait()
    orphans = members("the-job", identity)
    assert len(orphans) == 2
    while orphans := members("the-job", identity):
        kill_all(orphans)
        time.sleep(0.01)
