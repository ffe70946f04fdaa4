"""Uploads that are here as a whole: a file or a folder under `uploads/.arrived-<id>/`, until a page takes it.

What no page takes within a day is swept with the leftovers of interrupted uploads.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sft_core.errors import DiskFullError, is_disk_full
from sft_core.records import SCHEMA_VERSION, read_json, write_json
from sft_core.web.manifests import Manifest
from sft_core.web.tokens import TokenError, check_token, make_token
from sft_core.workspace import Workspace, checked_id

_SECONDS = 12 * 3600.0
_PURPOSE = "arrived"
_FILES, _FACTS = "files", "arrived.json"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Arrived:
    """One upload: its name, size in bytes, number of files, and the sha256 of its bytes (of all files in a row)."""

    place: Path
    key: str
    name: str
    bytes: int
    files: int
    sha256: str

    @property
    def path(self) -> Path:
        """The file or folder itself."""
        return self.place / _FILES / self.name

    def move_to(self, target: Path) -> None:
        """Take it: it lies at `target` afterwards, and nowhere else."""
        os.rename(self.path, target)
        shutil.rmtree(self.place, ignore_errors=True)


def place_of(workspace: Workspace, upload_id: str) -> Path:
    """Where the upload with this id lies once it is here."""
    return workspace.uploads / f".arrived-{checked_id(upload_id)}"


def find(workspace: Workspace, upload_id: str) -> Arrived | None:
    """The upload with this id, None where it is not here (any more)."""
    place = place_of(workspace, upload_id)
    try:
        facts = read_json(place / _FACTS)
    except FileNotFoundError:
        return None
    found = Arrived(place, facts["key"], facts["name"], facts["bytes"], facts["files"], facts["sha256"])
    return found if found.path.exists() else None


def receipt(workspace: Workspace, upload_id: str) -> str:
    """With this a page gets what has arrived; only the server can make it."""
    return make_token(workspace, _PURPOSE, _SECONDS, id=upload_id)


def of_receipt(workspace: Workspace, text: str) -> Arrived | None:
    """What a receipt stands for; None where it is no receipt of ours, or was taken already."""
    try:
        return find(workspace, check_token(workspace, _PURPOSE, text)["id"])
    except TokenError:
        return None


def arrange(folder: Path, data: int, manifest: Manifest, sha256: str) -> None:
    """Make the file or the tree of a part's bytes (an open file that is called `data`), and write its facts down.

    Interrupted, it leaves a shorter part that can go on. Raises DiskFullError.
    """
    files = folder / _FILES
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(mode=0o700)
    facts = {"key": manifest.key, "name": manifest.name, "bytes": manifest.total, "files": len(manifest.files)}
    write_json(folder / _FACTS, {"schema_version": SCHEMA_VERSION, **facts, "sha256": sha256})
    if not manifest.folder:
        os.rename(folder / "data", files / manifest.name)
        return
    try:
        _cut(files / manifest.folder, data, manifest)
    except OSError as error:
        if is_disk_full(error):
            raise DiskFullError(hint="Make room (System shows what uses it), then go on.") from error
        raise
    (folder / "data").unlink()


def copy_for(workspace: Workspace, upload_id: str, other_id: str) -> None:
    """The same bytes for another sender of the same file, without room of their own; where links cannot be, nothing.

    What has arrived for it stays: its page may be taking it in this moment.
    """
    here, there = find(workspace, upload_id), find(workspace, other_id)
    if here is None or (there is not None and there.key == here.key):
        return
    source, target = here.place, place_of(workspace, other_id)
    aside = target.with_name(f"{target.name}.tmp")
    with suppress(OSError):
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(source, aside, copy_function=os.link)
        shutil.rmtree(target, ignore_errors=True)
        os.rename(aside, target)


def _cut(root: Path, data: int, manifest: Manifest) -> None:
    """Copy each file out of the end of the bytes and shorten these: it never takes room for two."""
    root.mkdir(mode=0o700)
    end = manifest.total
    for entry in reversed(manifest.files):
        path = root / entry.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        start = end - entry.size
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            for at in range(start, end, _CHUNK):
                file.write(os.pread(data, min(_CHUNK, end - at), at))
        os.ftruncate(data, start)
        end = start
