"""Locks that the kernel keeps: free again after any death of the holder, also after a restart of the machine.

Always flock through filelock: a raw flock stays with a forked child, and POSIX locks vanish when the holder opens and
closes the same file.
"""

from pathlib import Path

from filelock import FileLock, Timeout


def take(path: Path, seconds: float = 0.0) -> FileLock | None:
    """Take the lock, None where another process holds it. It is held until `release` or the end of the process.

    `seconds` must outlast a look by `is_held` of another process, which holds the lock for a moment.
    """
    lock = FileLock(path, timeout=seconds, poll_interval=0.01, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def is_held(path: Path) -> bool:
    """Whether another process holds the lock."""
    if not path.exists():
        return False
    lock = take(path)
    if lock is None:
        return True
    lock.release()
    return False
