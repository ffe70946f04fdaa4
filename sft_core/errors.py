"""What can go wrong, as the user hears it: one sentence on what happened, one on what to do.

SFTError
├── InputError            what the user gave cannot be used (command line: exit 2)
│   ├── DataError           a file, a table or a column
│   ├── ConfigError         settings; carries every problem found, not only the first
│   └── ModelError          a base model or a model folder
├── StateError            the thing exists, but this cannot be done to it now
├── ResourceError         memory, disk or time does not suffice
└── Stopped               the user asked to stop; not a failure (command line: exit 130)
"""

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


class Stopped(SFTError):
    """The user asked to stop, and what was done so far is kept."""
