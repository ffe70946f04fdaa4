"""Pictures opened one after the other on several threads: judged, measured, and stored."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from sft_core.data.own_columns import PICTURE
from sft_core.data.pictures.archive import BrokenMember, Source
from sft_core.data.pictures.decode import NotReadable, decoded, guard
from sft_core.data.pictures.keeping import put_picture, put_small
from sft_core.data.pictures.measures import looks, pixels_hash
from sft_core.data.pictures.members import Member
from sft_core.data.pictures.small import small_bytes

# A picture of 50 million pixels takes half a gigabyte while it is opened: few at a time stay far from the limit.
_MOST_THREADS, _AHEAD = 4, 4

Cells = tuple[str, ...]


def opened(source: Source, members: Sequence[Member], home: Path | None, most: int) -> Iterator[Cells | str]:
    """For each file, in their order, its hidden cells or the reason why it is left out.

    The pictures are stored below `home` (None: they are only looked at, and have no cells). At most `most` are begun
    before the first is taken.
    """
    guard()
    waiting: deque[Future[Cells | str]] = deque()
    threads = min(_MOST_THREADS, len(os.sched_getaffinity(0)))
    with ThreadPoolExecutor(threads) as pool:
        try:
            for member in members:
                waiting.append(pool.submit(_open, source, member, home))
                if len(waiting) >= min(most, _AHEAD * threads):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _open(source: Source, member: Member, home: Path | None) -> Cells | str:
    try:
        content = source.read(member)
        picture = decoded(content)
    except (BrokenMember, NotReadable) as error:
        return str(error)
    if home is None:
        return ()
    width, height = picture.size
    file = put_picture(picture.stored, picture.ending, home)
    put_small(small_bytes(picture.rgb), home, file)
    measured = {
        "_file": file,
        "_pixels": pixels_hash(picture.rgb),
        "_width": str(width),
        "_height": str(height),
        "_format": picture.kind,
        "_bytes": str(len(content)),
        **looks(picture.rgb),
    }
    return tuple(measured[name] for name in PICTURE)
