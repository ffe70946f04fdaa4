"""Checksums of model files, remembered while a file keeps its size and its time of change."""

import hashlib
from functools import lru_cache
from pathlib import Path


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hex. A file of the same size and time of change is not read again in this process."""
    facts = path.stat()
    return _sha256(str(path.resolve()), facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=256)
def _sha256(path: str, _size: int, _changed: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_files(paths: list[Path]) -> str:
    """The SHA-256 of one file; of several, one over their names and sums in the order of their names."""
    if len(paths) == 1:
        return sha256(paths[0])
    lines = [f"{path.name} {sha256(path)}" for path in sorted(paths, key=lambda path: path.name)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
