"""Not one megabyte more: what would take too much gets an error that can be caught, not the kernel's killer.

Linux hands out memory that it does not have and kills when it is used. A limit on this process makes the request itself
fail, and torch says so; the limit counts what may be written, which is what fills the memory.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sft_core.training.hardware import MIB

_STATUS = Path("/proc/self/status")


@contextmanager
def at_most(megabytes: int) -> Iterator[None]:
    """Let this process take so many megabytes on top of what it has, no more. Elsewhere than on Linux: no limit."""
    now = _data_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if now is None:
        yield
        return
    known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([now + max(0, megabytes) * MIB, *known]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_bytes() -> int | None:
    """What the limit counts, now."""
    try:
        status = _STATUS.read_text(encoding="ascii", errors="replace")
        return int(status.split("VmData:")[1].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        return None
