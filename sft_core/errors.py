"""What can go wrong, as the user hears it: one sentence on what happened, one on what to do.

SFTError
├── InputError            what the user gave cannot be used (command line: exit 2)
│   ├── DataError           a file, a table or a column
│   ├── ConfigError         settings; carries every problem found, not only the first
│   └── ModelError          a base model or a model folder
├── StateError            the thing exists, but this cannot be done to it now
├── ResourceError         memory, disk or time does not suffice
│   └── DiskFullError       no room is left on the disk
└── Stopped               the user asked to stop; not a failure (command line: exit 130)
"""

import errno
from collections.abc import Sequence


class SFTError(Exception):
    """Base of all errors that a user may see: `message` says what happened, `hint` what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(SFTError):
    """What the user gave cannot be used."""


class DataError(InputError):
    """A file, a table or a column cannot be used."""


class ConfigError(InputError):
    """Settings that contradict their bounds; `problems` lists all of them, one sentence each."""

    def __init__(self, problems: Sequence[str], hint: str = "Change these settings and try again.") -> None:
        super().__init__(" ".join(problems), hint)
        self.problems = tuple(problems)


class ModelError(InputError):
    """A base model or a model folder cannot be used."""


class StateError(SFTError):
    """The thing exists, but this cannot be done to it in its present state."""


class ResourceError(SFTError):
    """Memory, disk space or time does not suffice."""


class DiskFullError(ResourceError):
    """No room is left on the disk; what was whole before is still whole."""

    def __init__(
        self,
        message: str = "The disk is full.",
        hint: str = "Make room (System shows what uses it), then try again or choose Resume.",
    ) -> None:
        super().__init__(message, hint)


def is_disk_full(error: BaseException) -> bool:
    """Whether this error of the system, of SQLite or of another library means that no room is left on the disk."""
    if isinstance(error, DiskFullError) or (isinstance(error, OSError) and error.errno in _DISK_FULL):
        return True
    return any(words in str(error) for words in _DISK_FULL_WORDS)


# Libraries wrap the system's error in one of their own and keep its words.
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_DISK_FULL_WORDS = ("No space left on device", "database or disk is full", "Disk quota exceeded")


class Stopped(SFTError):
    """The user asked to stop, and what was done so far is kept."""
