"""States of a training on disk: complete or absent, checked before use, rotated by step number.

A checkpoint is written aside, gets a manifest with sizes and hashes, is flushed and renamed. Only then older ones go;
the last two and the best one stay. Clocks play no part: a clock set back must not delete the newest.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from sft_core.errors import DataError, DiskFullError, ResourceError, is_disk_full
from sft_core.records import SCHEMA_VERSION, publish, read_json, write_json

MANIFEST = "MANIFEST.json"
PREFIX = "step-"
ASIDE = ".aside-"
KEEP_LAST = 2


class Checkpoints:
    """The checkpoints of one run, in `root` (`checkpoints/step-000120/`)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        for leftover in root.glob(f"{ASIDE}*"):  # of an attempt that was killed while it saved
            shutil.rmtree(leftover)

    def steps(self) -> list[int]:
        """Steps that have a checkpoint, in order, whether or not it is whole."""
        return sorted(int(path.name.removeprefix(PREFIX)) for path in self.root.glob(f"{PREFIX}[0-9]*"))

    def path(self, step: int) -> Path:
        """Where the checkpoint of a step lies."""
        return self.root / f"{PREFIX}{step:06d}"

    def save(self, step: int, write: Callable[[Path], None], *, best: int | None) -> None:
        """Make the checkpoint of `step`; `write` fills a folder. Then drop all but the last two and `best`.

        Raises ResourceError where the disk is full; older checkpoints are then untouched.
        """
        aside = self.root / f"{ASIDE}{step:06d}"
        try:
            self._check_space()
            aside.mkdir()
            write(aside)
            write_json(aside / MANIFEST, {"schema_version": SCHEMA_VERSION, "step": step, "files": _facts(aside)})
            if self.path(step).exists():  # of an earlier attempt, and perhaps damaged
                shutil.rmtree(self.path(step))
            publish(aside, self.path(step))
        except (OSError, RuntimeError) as error:  # torch and safetensors turn a full disk into a RuntimeError
            shutil.rmtree(aside, ignore_errors=True)
            if is_disk_full(error) or psutil.disk_usage(str(self.root)).free < 1024 * 1024:
                raise _no_space() from error
            raise
        self.rotate(best)

    def rotate(self, best: int | None) -> None:
        """Delete all but the last two and the best."""
        steps = self.steps()
        for step in steps[:-KEEP_LAST]:
            if step != best:
                shutil.rmtree(self.path(step))

    def newest_valid(self) -> tuple[Path | None, list[Path]]:
        """The newest checkpoint whose manifest verifies, and the damaged ones that are newer than it."""
        damaged: list[Path] = []
        for step in reversed(self.steps()):
            if is_whole(self.path(step)):
                return self.path(step), damaged
            damaged.append(self.path(step))
        return None, damaged

    def drop(self, path: Path) -> None:
        """Delete a damaged checkpoint."""
        shutil.rmtree(path)

    def reserve(self, needed: int) -> None:
        """Raise ResourceError unless `needed` bytes are free or already taken by older checkpoints."""
        taken = sum(_size(self.path(step)) for step in self.steps())
        if psutil.disk_usage(str(self.root)).free + taken < needed:
            raise ResourceError(
                f"The disk has no room for the saved states of this training ({needed / 1e9:.1f} GB).",
                "Free some space or choose a smaller model.",
            )

    def _check_space(self) -> None:
        """A checkpoint needs as much as the last one did; asked before, so that a full disk is met early."""
        steps = self.steps()
        if not steps:
            return
        if psutil.disk_usage(str(self.root)).free < _size(self.path(steps[-1])):
            raise _no_space()


def is_whole(path: Path) -> bool:
    """Whether every file of the manifest is there with its size and hash."""
    try:
        files: dict[str, Any] = read_json(path / MANIFEST)["files"]
        return all(
            (path / name).stat().st_size == fact["size"] and _sha256(path / name) == fact["sha256"]
            for name, fact in files.items()
        )
    except (OSError, DataError, KeyError, TypeError):
        return False


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _facts(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)} for path in files
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _no_space() -> DiskFullError:
    return DiskFullError(
        "The disk is full: the state of the training could not be saved.",
        "Free some space, then choose Resume; the last saved state is untouched.",
    )
