"""Compressed tables (gzip, bzip2, a zip that holds one table): unpacked while they are read, never whole in memory."""

import bz2
import errno
import gzip
import io
import lzma
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, cast

from sft_core.data.limits import TableLimits, table_limits
from sft_core.data.pictures.archive import open_source
from sft_core.data.pictures.caps import CAPS
from sft_core.data.pictures.members import PICTURE_ENDINGS, Listing
from sft_core.errors import DataError

GZIP, BZIP2, ZIP = b"\x1f\x8b", b"BZh", b"PK\x03\x04"
WORKBOOKS = (".xlsx", ".xlsm", ".xltx")
RATIO_FROM = 50 * 2**20  # bytes: a small file may well shrink to nearly nothing
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError, RuntimeError, struct.error)
_UNPACK = "Unpack it and choose the table inside."


@dataclass(frozen=True)
class Packed:
    """A table inside a compressed file: how it is packed, its own name, and where in a zip it stands."""

    kind: bytes
    name: str
    entry: zipfile.ZipInfo | None = None


def packed(path: Path) -> Packed | None:
    """What is packed in a file, None where it is no compressed table. Raises DataError for a damaged zip."""
    about = path.stat()
    return _packed(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=4)
def _packed(path: Path, _size: int, _changed: int) -> Packed | None:
    with path.open("rb") as file:
        start = file.read(4)
    for kind in (GZIP, BZIP2):
        if start.startswith(kind):
            return Packed(kind, path.stem if path.suffix.casefold() in (".gz", ".bz2", ".gzip") else path.name)
    if not start.startswith(ZIP) or path.suffix.casefold() in WORKBOOKS:
        return None
    found = listing(path)
    if len(found.members) != 1 or found.left_out or found.members[0].ending in PICTURE_ENDINGS:
        return None
    member = found.members[0]
    return Packed(ZIP, member.parts[-1], member.handle)


def listing(path: Path) -> Listing:
    """The files of a zip, without junk. Raises DataError where it is damaged, a bomb, or has too many."""
    limits = table_limits()
    caps = replace(CAPS, file_mb=limits.unpacked_mb, ratio=limits.unpacked_ratio, ratio_from_mb=RATIO_FROM >> 20)
    with open_source(path, caps) as source:
        return source.listing


class PlainFile(io.RawIOBase):
    """The bytes of a file as they were before they were packed; of any other file its bytes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._limits: TableLimits = table_limits()
        self._size = max(path.stat().st_size, 1)
        self._raw: IO[bytes] = path.open("rb")
        self._inside = packed(path)
        self._stream = self._raw if self._inside is None else _stream(self._raw, self._inside)
        self._given = 0

    @property
    def share_done(self) -> float:
        """How much of the file has been read (0–1)."""
        return min(self._raw.tell() / self._size, 1.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """See io.RawIOBase. Raises DataError where the packed bytes are damaged or far too many."""
        if self._inside is None:
            return cast(int, self._stream.readinto(buffer))  # type: ignore[attr-defined]
        try:
            chunk = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise DataError("This compressed file is damaged.", _UNPACK) from error
        self._given += len(chunk)
        self._check()
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._raw.close()
        super().close()

    def _check(self) -> None:
        if self._given > self._limits.unpacked_mb * 2**20:
            raise DataError(
                f"This file unpacks to more than {self._limits.unpacked_mb:,} MB.",
                "Take a part of it, or keep only the columns with the text and the label.",
            )
        if self._given > RATIO_FROM and self._given > self._limits.unpacked_ratio * max(self._raw.tell(), 1):
            raise DataError(
                f"This file unpacks to more than {self._limits.unpacked_ratio} times its size, which no table does.",
                _UNPACK,
            )


def _stream(raw: IO[bytes], inside: Packed) -> IO[bytes]:
    if inside.kind == GZIP:
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if inside.kind == BZIP2:
        return cast(IO[bytes], bz2.BZ2File(raw))
    assert inside.entry is not None
    try:
        return zipfile.ZipFile(raw).open(inside.entry)
    except _BROKEN as error:
        raise DataError("This zip is damaged, or locked with a password.", _UNPACK) from error


@contextmanager
def open_plain(path: Path) -> Iterator[IO[bytes]]:
    """The plain bytes of a file, for reading from the start on."""
    with io.BufferedReader(PlainFile(path), 1 << 18) as file:
        yield cast(IO[bytes], file)


def own_name(path: Path) -> str:
    """The name of the table itself, without the ending of its packing."""
    inside = packed(path)
    return inside.name if inside else path.name


def whole_file(path: Path) -> Path:
    """A file that may be read at any place: unpacked into one without a name that vanishes with this process."""
    if packed(path) is None:
        return path
    about = path.stat()
    return _unpacked(path, about.st_size, about.st_mtime_ns).path


class _Nameless:
    """A file without a name, which is gone as soon as nothing needs it."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile(dir=os.getcwd()) as file:
            self.descriptor = os.dup(file.fileno())
        self.path = Path(f"/proc/self/fd/{self.descriptor}")

    def __del__(self) -> None:
        os.close(self.descriptor)


@lru_cache(maxsize=1)
def _unpacked(path: Path, _size: int, _changed: int) -> _Nameless:
    made = _Nameless()
    with open_plain(path) as plain, made.path.open("wb") as file:
        while chunk := plain.read(1 << 20):
            _write(file, chunk)
    return made


def _write(file: IO[bytes], chunk: bytes) -> None:
    try:
        file.write(chunk)
        file.flush()
    except OSError as error:
        if error.errno != errno.EFBIG:  # a full disk is told by the sandbox
            raise
        raise DataError("This file is too large to be unpacked here.", _UNPACK) from error
