"""What is known of a file or of a whole folder as it came: bytes, a hash, and a copy where it stays."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def files_below(root: Path) -> Iterator[Path]:
    """All ordinary files below a folder, sorted; links are not followed."""
    for folder, folders, names in os.walk(root, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files below a folder."""
    return sum(one.lstat().st_size for one in files_below(path)) if path.is_dir() else path.stat().st_size


def fingerprint(path: Path) -> str:
    """sha256 of a file; of a folder over the paths and hashes of its files."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    digest = hashlib.sha256()
    for one in files_below(path):
        name = os.fsencode(one.relative_to(path).as_posix())
        digest.update(name + b"\0" + bytes.fromhex(fingerprint(one)))
    return digest.hexdigest()


def keep_copy(path: Path, target: Path) -> None:
    """Copy a file, or a folder without its links, to `target`; a copy on one volume shares its blocks where it can."""
    if not path.is_dir():
        shutil.copyfile(path, target)
        return
    for one in files_below(path):
        place = target / one.relative_to(path)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(one, place)
