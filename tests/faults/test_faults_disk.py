"""A disk that is really full: a file system of a few MB in a namespace of our own, filled to the last byte."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_base import write_base

from sft_core.jobs import worker

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
INSIDE = Path(__file__).with_name("small_disk.py")


def test_on_a_small_disk_nothing_is_lost_and_everything_goes_on_when_there_is_room(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed (apt-get install util-linux)")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=8m small {disk}"
    if subprocess.run(["unshare", "-rm", "sh", "-c", mount], check=False, capture_output=True).returncode:
        pytest.skip("mounts in a namespace of one's own are forbidden here")
    tests = f"{sys.executable} -m pytest -o addopts= -p no:cacheprovider --timeout 500 {INSIDE}"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{mount} && exec {tests}"],
        env={
            **os.environ,
            "TUNEBOARD_SMALL_DISK": str(disk),
            "TUNEBOARD_SMALL_BASE": str(write_base(tmp_path / "base")),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "3 passed" in done.stdout


def test_a_log_on_a_full_disk_does_not_hide_why_the_work_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("w", buffering=1) as log:
        monkeypatch.setattr(sys, "stderr", log)
        outcome = worker._unexpected(1, OSError(errno.ENOSPC, "No space left on device"))
        log.write("the log has no room, indeed\n")
    assert outcome.message == "The disk is full."
