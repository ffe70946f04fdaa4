"""Uploads under way: bytes go to the end of one file, so that one that was cut goes on where it stopped.

`uploads/.part-<key>/` holds `manifest.json`, `began.json` and `data`, the bytes of all files one after the other; its
size is how far it has come. Old ones are swept with the other leftovers of interrupted uploads.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from sft_core.errors import DiskFullError, InputError, ResourceError, StateError, is_disk_full
from sft_core.jobs.identity import boot_id
from sft_core.records import SCHEMA_VERSION, fsync_path, read_json, write_json
from sft_core.web.arrived import arrange, copy_for, place_of
from sft_core.web.manifests import Manifest
from sft_core.workspace import Workspace

MOST_AT_ONCE = 16 << 20  # bytes of one request: all before it are flushed to the disk
_SPARE_BYTES = 256 << 20  # of the disk, for everything else
_MANIFEST, _BEGAN, _DATA = "manifest.json", "began.json", "data"
_WATCHED_SECONDS = 120.0
_MOST_DIGESTS = 64

_digests: "OrderedDict[str, tuple[int, Any]]" = OrderedDict()  # key: (bytes so far, their sha256): spares a reading
_asking: dict[str, dict[str, float]] = {}  # key: who sends it, and when they were last heard of


class Gone(StateError):
    """Nothing of this upload is here (any more)."""

    def __init__(self) -> None:
        super().__init__("This upload is not here any more.", "Choose the file again.")


class Elsewhere(StateError):
    """The bytes that came do not follow those that are here; `received` says how many these are."""

    def __init__(self, received: int) -> None:
        super().__init__("These bytes are not the next ones.", "Choose the file again.")
        self.received = received


class Part:
    """One upload under way, by its key."""

    def __init__(self, workspace: Workspace, key: str) -> None:
        if len(key) != 32 or not set(key) <= set("0123456789abcdef"):
            raise Gone
        self.workspace = workspace
        self.key = key
        self.folder = workspace.uploads / f".part-{key}"

    def received(self) -> int:
        """Bytes that are here. Raises Gone."""
        if not self.folder.is_dir():
            raise Gone
        with suppress(FileNotFoundError):
            return (self.folder / _DATA).stat().st_size
        return 0

    def manifest(self) -> Manifest:
        """What it will be. Raises Gone."""
        return Manifest.from_json(self._read(_MANIFEST)["manifest"])

    def about(self) -> dict[str, Any]:
        """Its `name`, its `total` of bytes, and the `boot_id` of when it was begun or taken up. Raises Gone."""
        about: dict[str, Any] = self._read(_BEGAN)
        return about

    def _read(self, name: str) -> Any:
        try:
            return read_json(self.folder / name)
        except FileNotFoundError as error:
            raise Gone from error

    def remove(self) -> None:
        """Delete what is here of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        _digests.pop(self.key, None)

    def heard_of(self, upload_id: str) -> None:
        """This one is sending it, too: of several at once each gets the whole."""
        now = time.monotonic()
        for key, asking in list(_asking.items()):
            if all(now - heard > _WATCHED_SECONDS for heard in asking.values()):
                del _asking[key]
        _asking.setdefault(self.key, {})[upload_id] = now


def begin(workspace: Workspace, manifest: Manifest) -> Part:
    """The upload of this manifest, new or as far as it has come. Raises ResourceError where the disk has no room."""
    workspace.sweep_uploads()
    part = Part(workspace, manifest.key)
    here = part.received() if part.folder.is_dir() else 0
    if shutil.disk_usage(workspace.root).free < manifest.total - here + _SPARE_BYTES:
        raise ResourceError(
            "There is not enough room on the disk for this.", "Make room (System shows what uses it), then try again."
        )
    part.folder.mkdir(mode=0o700, exist_ok=True)
    if not (part.folder / _MANIFEST).exists():
        write_json(part.folder / _MANIFEST, {"schema_version": SCHEMA_VERSION, "manifest": manifest.as_json()})
    _take_up(part, manifest)
    return part


class Slice:
    """Some bytes being added to the end of a part, by one sender at a time; as a context manager it holds the place.

    Raises Elsewhere where `offset` is not the end, or another sender is at work; Gone.
    """

    def __init__(self, part: Part, offset: int) -> None:
        self.part = part
        self.size = offset
        self.most: int = part.about()["total"]
        path = part.folder / _DATA
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError as error:
            raise Gone from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            here = os.fstat(self._handle)
            if not path.exists() or path.stat().st_ino != here.st_ino:
                raise Gone
            if here.st_size != offset:
                raise Elsewhere(here.st_size)
            os.lseek(self._handle, offset, os.SEEK_SET)
        except BlockingIOError as error:
            os.close(self._handle)
            raise Elsewhere(part.received()) from error
        except BaseException:
            os.close(self._handle)
            raise

    def __enter__(self) -> "Slice":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def add(self, content: bytes | bytearray) -> None:
        """Write these bytes. Raises InputError for more than was announced, DiskFullError."""
        if self.size + len(content) > self.most:
            raise InputError("More has come than was announced.", "Choose the file again.")
        known, digest = _digests.pop(self.part.key, (0, hashlib.sha256()))
        left = memoryview(content)
        try:
            while left:
                left = left[os.write(self._handle, left) :]
        except OSError as error:
            if is_disk_full(error):
                raise DiskFullError(hint="Make room (System shows what uses it), then go on.") from error
            raise
        if known == self.size:
            digest.update(content)
            _digests[self.part.key] = (known + len(content), digest)
            while len(_digests) > _MOST_DIGESTS:
                _digests.popitem(last=False)
        self.size += len(content)

    def close(self, upload_id: str) -> bool:
        """Flush it; whether this was the last of it, which then lies ready for `upload_id` and others that sent it."""
        os.fsync(self._handle)
        if self.size < self.most:
            return False
        manifest, key = self.part.manifest(), self.part.key
        known, digest = _digests.pop(key, (-1, None))
        sha256 = digest.hexdigest() if digest is not None and known == self.size else self._digest()
        arrange(self.part.folder, self._handle, manifest, sha256)
        final = place_of(self.part.workspace, upload_id)
        shutil.rmtree(final, ignore_errors=True)
        os.rename(self.part.folder, final)
        fsync_path(final.parent)
        now = time.monotonic()
        for other, heard in _asking.pop(key, {}).items():
            if other != upload_id and now - heard < _WATCHED_SECONDS:
                copy_for(self.part.workspace, upload_id, other)
        return True

    def _digest(self) -> str:
        os.lseek(self._handle, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self._handle), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _take_up(part: Part, manifest: Manifest) -> None:
    """After a restart of the machine the last request's bytes may be zeros, never written: they are sent again."""
    data = part.folder / _DATA
    with suppress(Gone):
        if part.about()["boot_id"] == boot_id():
            return
        if data.exists():
            os.truncate(data, max(0, data.stat().st_size - MOST_AT_ONCE))
    about = {"boot_id": boot_id(), "name": manifest.name, "total": manifest.total}
    write_json(part.folder / _BEGAN, {"schema_version": SCHEMA_VERSION, **about})


def left_over(workspace: Workspace) -> list[Part]:
    """Uploads of which some is here, and which can go on; the newest first."""
    found = []
    for folder in workspace.uploads.glob(".part-*"):
        with suppress(Gone, InputError, OSError):
            part = Part(workspace, folder.name.removeprefix(".part-"))
            if part.about() and part.received():
                found.append((folder.stat().st_mtime, part))
    return [part for _, part in sorted(found, key=lambda one: -one[0])]
