"""Pictures that somebody shows a model, a few at a time: decoded in the sandbox, stored as the reading of data does.

Each is taken for itself: one that cannot be read is told with its reason, and the others are read all the same.
"""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sft_core import sandbox
from sft_core.data.pictures.keeping import put_picture, put_small
from sft_core.data.pictures.small import small_path

LIMITS = sandbox.Limits(memory_mb=2048, seconds=60, cpu_seconds=60, file_mb=512)


@dataclass(frozen=True)
class Shown:
    """One of them: `path` is the stored picture, with `small` beside it, or there is a `reason` why it was not read."""

    path: str
    small: str
    reason: str


def read_shown(contents: Sequence[bytes], folder: Path) -> list[Shown]:
    """Read pictures in the sandbox, in their order; what is stored lies below the private `folder`.

    Nothing of the bytes as they came stays. Raises ResourceError where they are too much.
    """
    room = folder / "as-came"
    room.mkdir(parents=True, mode=0o700)
    try:
        for place, content in enumerate(contents):
            (room / str(place)).write_bytes(content)
        arguments = {"room": str(room.resolve()), "count": len(contents), "home": str((folder / "stored").resolve())}
        target = "sft_core.data.pictures.shown:read_in_child"
        found = sandbox.call(target, arguments, limits=LIMITS, folder=folder / "child")
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return [Shown(**one) for one in found]


def read_in_child(room: str, count: int, home: str) -> list[dict[str, str]]:
    """What the sandbox child runs."""
    from sft_core.data.pictures.decode import guard  # brings numpy and Pillow, which the parent does not need

    guard()
    return [asdict(_one(Path(room) / str(place), Path(home))) for place in range(count)]


def _one(file: Path, home: Path) -> Shown:
    from sft_core.data.pictures.decode import NotReadable, decoded
    from sft_core.data.pictures.small import small_bytes

    try:
        picture = decoded(file.read_bytes())
    except NotReadable as reason:
        return Shown("", "", str(reason))
    name = put_picture(picture.stored, picture.ending, home)
    put_small(small_bytes(picture.rgb), home, name)
    return Shown(str(home / name), str(small_path(home, name)), "")
