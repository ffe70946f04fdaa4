"""Checkpoints: complete or absent, checked, rotated by step; damage and full disks never cost the last good one."""

import errno
import os
import time

import pytest

from sft_core.errors import ResourceError
from sft_core.training.checkpoints import MANIFEST, Checkpoints, is_whole


def write(content: bytes):
    def into(folder):
        (folder / "weights").write_bytes(content)

    return into


def save(checkpoints, *steps, best=None):
    for step in steps:
        checkpoints.save(step, write(b"x" * 100), best=best)


def test_the_last_two_and_the_best_stay(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 0, 10, 20, 30, 40, best=10)
    assert checkpoints.steps() == [10, 30, 40]


def test_rotation_goes_by_step_number_not_by_clock(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 10, 20)
    os.utime(checkpoints.path(10), (time.time() + 10_000,) * 2)  # a clock that was set back in between
    save(checkpoints, 30)
    assert checkpoints.steps() == [20, 30]


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "no manifest", "torn manifest"])
def test_a_damaged_checkpoint_is_left_for_the_one_before(tmp_path, damage):
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 10, 20)
    newest = checkpoints.path(20)
    weights = newest / "weights"
    match damage:
        case "flip":
            weights.write_bytes(b"x" * 99 + b"y")
        case "truncate":
            weights.write_bytes(b"x" * 50)
        case "remove":
            weights.unlink()
        case "no manifest":
            (newest / MANIFEST).unlink()
        case "torn manifest":
            (newest / MANIFEST).write_text("{", encoding="utf-8")
    assert not is_whole(newest)
    assert checkpoints.newest_valid() == (checkpoints.path(10), [newest])


def test_no_checkpoint_at_all(tmp_path):
    assert Checkpoints(tmp_path).newest_valid() == (None, [])


def test_a_save_that_fails_leaves_nothing_behind(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 10)

    def fail(folder):
        (folder / "weights").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ResourceError, match="disk is full"):
        checkpoints.save(20, fail, best=10)
    assert [path.name for path in tmp_path.iterdir()] == ["step-000010"]
    assert is_whole(checkpoints.path(10))


def test_other_errors_while_saving_stay_what_they_are(tmp_path):
    def fail(folder):
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        Checkpoints(tmp_path).save(1, fail, best=None)


def test_leftovers_of_a_killed_save_are_removed(tmp_path):
    (tmp_path / ".aside-000030").mkdir(parents=True)
    (tmp_path / ".aside-000030" / "weights").write_bytes(b"half")
    assert Checkpoints(tmp_path).steps() == []
    assert list(tmp_path.iterdir()) == []


def test_saving_a_step_again_replaces_it(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    save(checkpoints, 10)
    checkpoints.save(10, write(b"new"), best=None)
    assert (checkpoints.path(10) / "weights").read_bytes() == b"new"
    assert is_whole(checkpoints.path(10))


def test_a_disk_without_room_for_the_saved_states_is_met_before_the_first_step(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.reserve(1)
    with pytest.raises(ResourceError, match="no room"):
        checkpoints.reserve(10**18)
