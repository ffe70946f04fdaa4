"""A zip or a folder as a source of files: listed with care, read one by one into memory, never unpacked to names."""

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from sft_core.data.pictures.caps import LISTING_BYTES, PictureCaps
from sft_core.data.pictures.members import (
    ARCHIVE,
    CLOSED,
    LINK,
    LOCKED,
    NOT_PLAIN,
    PICTURE_ENDINGS,
    TOO_DEEP,
    Candidate,
    Listing,
    Member,
    as_posix,
    limited,
    listed,
)
from sft_core.errors import DataError

_END, _END64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_DEEPEST = 32
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # an unknown way of packing, a password
)
BROKEN = "is damaged in the archive"


class BrokenMember(Exception):
    """One file of an archive cannot be taken out; the others can."""


class Source(Protocol):
    """Files that can be read one by one, from several threads."""

    listing: Listing

    def read(self, member: Member, most: int | None = None) -> bytes:
        """Its content, or its first `most` bytes. Raises BrokenMember."""
        ...


@contextmanager
def open_source(path: Path, caps: PictureCaps) -> Iterator[Source]:
    """The zip or the folder at this path. Raises DataError where it is too much, or no archive."""
    if path.is_dir():
        folder = Folder(path, caps)
        inner = _only_zip(folder.listing)
        if inner is None:
            yield folder
            return
        with inner.handle.open("rb") as file:
            yield Joined(folder, inner, Zip(file, inner.size, caps))
        return
    with path.open("rb") as file:
        yield Zip(file, path.stat().st_size, caps)


class Folder:
    """A folder: links are not followed, and nothing outside of it is read."""

    def __init__(self, root: Path, caps: PictureCaps) -> None:
        self._root = root.resolve()
        found = list(limited(self._found(), caps.files))
        _refuse_too_many(len(found), caps)
        _refuse_too_large(sum(one.member.size for one in found), caps)
        self.listing = listed(found, caps.file_mb * 2**20, fold=False)

    def _found(self) -> Iterator[Candidate]:
        closed: list[OSError] = []
        for folder, folders, names in os.walk(self._root, onerror=closed.append, followlinks=False):
            here = Path(folder)
            links = [name for name in folders if (here / name).is_symlink()]
            if len(here.relative_to(self._root).parts) >= _DEEPEST:
                yield from (Candidate(self._member(here / name), TOO_DEEP) for name in folders)
                folders.clear()
            yield from (self._judged(here / name) for name in names + links)
        yield from (Candidate(self._member(Path(error.filename)), CLOSED) for error in closed)

    def _member(self, path: Path, size: int = 0) -> Member:
        return Member(as_posix(path.relative_to(self._root).as_posix()), size, path)

    def _judged(self, path: Path) -> Candidate:
        try:
            about = path.lstat()
        except OSError:
            return Candidate(self._member(path), CLOSED)
        member = self._member(path, about.st_size)
        if stat.S_ISLNK(about.st_mode):
            return Candidate(member, LINK)
        return Candidate(member, "" if stat.S_ISREG(about.st_mode) else NOT_PLAIN)

    def read(self, member: Member, most: int | None = None) -> bytes:
        """See `Source`."""
        try:
            descriptor = os.open(member.handle, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                return file.read(member.size if most is None else most)
        except OSError as error:
            raise BrokenMember(CLOSED) from error


class Zip:
    """A zip archive."""

    def __init__(self, file: IO[bytes], size: int, caps: PictureCaps) -> None:
        _refuse_long_listing(file, size, caps)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
            raise DataError("This zip archive is damaged.", "Make it anew, and choose it again.") from error
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        _refuse_too_many(len(entries), caps)
        total = sum(entry.file_size for entry in entries)
        _refuse_too_large(total, caps)
        if total > caps.ratio_from_mb * 2**20 and total > caps.ratio * size:
            raise DataError(
                f"This zip would unpack to {total / max(size, 1):,.0f} times its size, which no pictures do.",
                "Make a zip of the pictures alone.",
            )
        self.listing = listed(map(_entry, entries), caps.file_mb * 2**20, fold=True)

    def read(self, member: Member, most: int | None = None) -> bytes:
        """See `Source`."""
        try:
            with self._zip.open(member.handle) as file:
                return file.read(member.size if most is None else most)
        except _BROKEN as error:
            raise BrokenMember(BROKEN) from error


class Joined:
    """A folder that holds one zip of pictures, and perhaps a table beside it: they count as one."""

    def __init__(self, folder: Folder, inner: Member, archive: Zip) -> None:
        self._folder, self._zip = folder, archive
        own, inside = folder.listing, archive.listing
        self.listing = Listing(
            sorted([*own.members, *inside.members], key=lambda member: member.path),
            [*(one for one in own.left_out if one[0] is not inner), *inside.left_out],
            own.junk + inside.junk,
        )

    def read(self, member: Member, most: int | None = None) -> bytes:
        """See `Source`."""
        inside = isinstance(member.handle, zipfile.ZipInfo)
        return self._zip.read(member, most) if inside else self._folder.read(member, most)


def _only_zip(listing: Listing) -> Member | None:
    """The one zip of a folder that has no picture beside it."""
    zips = [member for member, reason in listing.left_out if reason == ARCHIVE and member.ending == ".zip"]
    alone = len(zips) == 1 and not any(member.ending in PICTURE_ENDINGS for member in listing.members)
    return zips[0] if alone else None


def _entry(entry: zipfile.ZipInfo) -> Candidate:
    name = _name(entry)
    member = Member(name, entry.file_size, entry)
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) == stat.S_IFLNK:
        return Candidate(member, LINK)
    return Candidate(member, LOCKED if entry.flag_bits & 1 else "")


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 without saying so, which then reads as cp437."""
    name = entry.orig_filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return as_posix(name)


def _refuse_too_many(count: int, caps: PictureCaps) -> None:
    if count > caps.files:
        raise DataError(f"There are more than {caps.files:,} files in it.", "Take a part of them.")


def _refuse_too_large(total: int, caps: PictureCaps) -> None:
    if total > caps.total_mb * 2**20:
        raise DataError(
            f"The files in it have {total / 2**30:,.0f} GB together; at most {caps.total_mb / 1024:,.0f} GB are read.",
            "Take a part of them, or save the pictures smaller.",
        )


def _refuse_long_listing(file: IO[bytes], size: int, caps: PictureCaps) -> None:
    """Judge how many names there are before they are read: a zip of nothing but names fills the memory."""
    file.seek(max(0, size - 65_600))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise DataError(
            "This zip archive is damaged: its list of files is missing.", "Make it anew and choose it again."
        )
    length = struct.unpack("<L", tail[at + 12 : at + 16])[0]
    if length == 0xFFFFFFFF and (locator := tail.rfind(_LOCATOR, 0, at)) >= 0:
        file.seek(min(struct.unpack("<Q", tail[locator + 8 : locator + 16])[0], size))
        end = file.read(56)
        length = struct.unpack("<Q", end[40:48])[0] if end.startswith(_END64) and len(end) == 56 else length
    if length > LISTING_BYTES:
        _refuse_too_many(caps.files + 1, caps)
