"""What a browser is about to send: the names, sizes and dates of one file or of a folder's files, made safe."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sft_core.data.limits import MAX_FILE, table_limits
from sft_core.errors import InputError

MOST_FILES = 50_000
WHOLE_BYTES = 4_000_000_000  # of a folder or a zip, unless single files may be larger
_DEEPEST, _LONGEST_PATH, _LONGEST_NAME = 12, 1000, 200
_PACKED = ".zip"


class TooLarge(InputError):
    """A file over the cap, a folder over it, or one with too many files."""

    def __init__(self, what: str, cap: int) -> None:
        super().__init__(
            f"{what} is larger than {cap / 1e9:.1f} GB, the most that may be sent.",
            f"Cut it, or ask whoever runs the dashboard to allow more ({MAX_FILE}).",
        )


@dataclass(frozen=True)
class Entry:
    """One file: its safe path under the folder, its size in bytes, when it was last changed (ms, the browser's)."""

    path: str
    size: int
    modified: int


@dataclass(frozen=True)
class Manifest:
    """All that comes, in the order of sending. `folder` is the name of what was chosen, "" for a single file."""

    folder: str
    files: tuple[Entry, ...]

    @property
    def total(self) -> int:
        """Bytes of all files, sent as one stream."""
        return sum(entry.size for entry in self.files)

    @property
    def name(self) -> str:
        """What it is called on the disk: the file's name, or the folder's."""
        return self.folder or self.files[0].path

    @property
    def key(self) -> str:
        """The same for the same names, sizes and dates: by it an upload that was cut is found again."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:32]

    def as_json(self) -> dict[str, Any]:
        """As it is kept beside the bytes."""
        return {"folder": self.folder, "files": [[entry.path, entry.size, entry.modified] for entry in self.files]}

    @classmethod
    def from_json(cls, value: Any) -> "Manifest":
        """What `as_json` gave."""
        return cls(value["folder"], tuple(Entry(*entry) for entry in value["files"]))


def whole_cap() -> int:
    """The most bytes that one upload may have: TUNEBOARD_MAX_FILE_MB, where that is more than the usual 4 GB."""
    return max(WHOLE_BYTES, file_cap())


def file_cap() -> int:
    """The most bytes of a single file that is no zip: as much as would be read."""
    return int(table_limits().file_mb * 2**20)


def announced(value: Any, cap: int) -> Manifest:
    """The manifest that a browser has sent as JSON: {folder, files: [{path, size, modified}]}.

    Raises TooLarge over a cap, InputError for paths that lead out of their folder and for what is no such list.
    """
    try:
        folder = str(value["folder"] or "")
        files = tuple(Entry(str(one["path"]), int(one["size"]), int(one["modified"])) for one in value["files"])
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise _unusable() from error
    if not files or any(entry.size < 0 for entry in files) or (not folder and len(files) > 1):
        raise _unusable()
    if len(files) > MOST_FILES:
        raise InputError(
            f"These are {len(files):,} files; {MOST_FILES:,} can be sent at once.",
            "Pack the folder into one zip file and choose that.",
        )
    if folder:
        safe = tuple(Entry(safe_path(entry.path), entry.size, entry.modified) for entry in files)
        manifest = Manifest(safe_name(folder), safe)
        _check_places(manifest)
    else:
        manifest = Manifest("", (Entry(safe_name(files[0].path), files[0].size, files[0].modified),))
    _check_sizes(manifest, cap)
    return manifest


def safe_name(name: str) -> str:
    """A file name without folders, controls and leading dots, at most 120 characters; never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c if c.isalnum() or c in " ._-()+,=@#&'" else "_" for c in last).strip(". ")
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[: 99 - len(suffix[:19])]}{dot}{suffix[:19]}" if stem else kept[:100] or "file"


def safe_path(path: str) -> str:
    """A relative path with "/" whose parts stay as they are: in them lie the classes. Raises InputError.

    Refused: absolute ones, "..", NUL, and what no disk could hold. Controls and backslashes become "_".
    """
    parts = path.split("/")
    wrong = path.startswith("/") or "\0" in path or len(path) > _LONGEST_PATH or len(parts) > _DEEPEST
    if wrong or any(part.strip() in ("", ".", "..") for part in parts):
        raise InputError("A file in this folder has a path that leads out of it.", "Choose a folder with plain names.")
    return "/".join(_safe_part(part) for part in parts)


def _safe_part(part: str) -> str:
    kept = "".join("_" if c == "\\" or unicodedata.category(c) in ("Cc", "Cs") else c for c in part)
    if len(kept.encode()) <= _LONGEST_NAME:
        return kept
    suffix = PurePosixPath(kept).suffix[:20]
    stem = kept.encode()[: _LONGEST_NAME - len(suffix.encode())].decode(errors="ignore")
    return f"{stem}{suffix}"


def _check_places(manifest: Manifest) -> None:
    """Raises InputError where two files would lie at one place."""
    files = {entry.path for entry in manifest.files}
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    if len(files) < len(manifest.files) or files & folders:
        raise InputError("Two files in this folder have the same name.", "Rename one of them and choose it again.")


def _check_sizes(manifest: Manifest, cap: int) -> None:
    if manifest.total > cap:
        raise TooLarge("This folder" if manifest.folder else "The file", cap)
    single = min(cap, file_cap())
    if any(entry.size > single and not entry.path.lower().endswith(_PACKED) for entry in manifest.files):
        raise TooLarge("One of the files" if manifest.folder else "The file", single)


def _unusable() -> InputError:
    return InputError("The browser has sent a list of files that cannot be used.", "Reload the page and try again.")
