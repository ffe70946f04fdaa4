"""The files of a folder or a zip: which may be looked into at all, which are left out and why. Nothing is unpacked."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

_JUNK_NAMES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "@eadir", "$recycle.bin", "__macosx", "__pycache__"}
LINK = "is a link, which is not followed"
OUTSIDE = "has a path that leads out of its folder"
LOCKED = "is locked with a password"
TWICE = "has the name of another file, but for upper and lower case"
ARCHIVE = "is an archive inside the archive, which is not opened"
TOO_LARGE = "is larger than a picture may be"
NOT_PLAIN = "is not an ordinary file"
CLOSED = "cannot be opened"
TOO_DEEP = "lies in too many folders, one inside the other"
PICTURE_ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".avif")
ARCHIVE_ENDINGS = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")


@dataclass(frozen=True)
class Member:
    """One file: its path inside the source (posix), its bytes as unpacked, and what its source finds it by."""

    path: str
    size: int
    handle: Any = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders and the name."""
        return tuple(self.path.split("/"))

    @property
    def ending(self) -> str:
        """Of the name, in small letters, with its dot; "" where there is none."""
        stem, dot, ending = self.parts[-1].rpartition(".")
        return f".{ending.casefold()}" if dot and stem else ""


@dataclass(frozen=True)
class Candidate:
    """A file before it was judged; `reason` says why it is left out whatever it holds ("" = it is not)."""

    member: Member
    reason: str = ""


@dataclass
class Listing:
    """What a source holds, sorted by path: files to look into, files left out with the reason, and how much junk."""

    members: list[Member] = field(default_factory=list)
    left_out: list[tuple[Member, str]] = field(default_factory=list)
    junk: int = 0


def listed(found: Iterable[Candidate], most_bytes: int, *, fold: bool) -> Listing:
    """Judge each file by its path and size. With `fold` names that differ by upper and lower case count as one."""
    listing, taken = Listing(), set()
    for one in sorted(found, key=lambda one: one.member.path):
        member = one.member
        key = member.path.casefold() if fold else member.path
        if is_junk(member.parts):
            listing.junk += 1
        elif reason := one.reason or _reason(member, most_bytes) or (TWICE if key in taken else ""):
            listing.left_out.append((member, reason))
        else:
            taken.add(key)
            listing.members.append(member)
    return listing


def _reason(member: Member, most_bytes: int) -> str:
    if not is_inside(member.path):
        return OUTSIDE
    if member.ending in ARCHIVE_ENDINGS:
        return ARCHIVE
    return TOO_LARGE if member.size > most_bytes else ""


def is_inside(path: str) -> bool:
    """Whether a path names something below its root."""
    parts = path.split("/")
    return "\0" not in path and ":" not in parts[0] and not {"", ".", ".."}.intersection(parts)


def is_junk(parts: Iterable[str]) -> bool:
    """Whether a program left it there for itself: hidden files and folders, thumbnails, folder settings."""
    return any(part.startswith("._") or _hidden(part) or part.casefold() in _JUNK_NAMES for part in parts)


def _hidden(part: str) -> bool:
    return part.startswith(".") and part not in (".", "..")


def as_posix(name: str) -> str:
    """A name as it is shown and compared: composed letters, slashes, and nothing that cannot be written down."""
    plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", plain.replace("\\", "/"))


def limited(found: Iterable[Candidate], most: int) -> Iterator[Candidate]:
    """The files, up to one more than `most`: who counts them sees that there are too many, and no more is listed."""
    for number, one in enumerate(found):
        if number > most:
            return
        yield one
