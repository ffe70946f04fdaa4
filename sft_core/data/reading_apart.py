"""What the sandbox child runs: reading a file, with JSON values at the border.

A module of its own: the child is started for each file and each preview, and loads neither pandas nor DuckDB so.
"""

import importlib
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sft_core.config import ReadOptions
from sft_core.data.limits import TableLimits
from sft_core.errors import SFTError

Progress = Callable[[float, str], None]


def preview_in_child(path: str, options: dict[str, Any] | None, limits: dict[str, Any]) -> dict[str, Any]:
    """`reading.preview`, with JSON values at the border."""
    seen: dict[str, Any] = _reading().preview(Path(path), _options(options), TableLimits(**limits)).as_dict()
    return seen


def look_in_child(path: str, options: dict[str, Any] | None, limits: dict[str, Any], **read: Any) -> dict[str, Any]:
    """The preview, and what `read_in_child` says with these further values; None where the rows cannot be read."""
    seen = preview_in_child(path, options, limits)
    try:
        return {"preview": seen, "facts": read_in_child(path, options, limits=limits, **read)}
    except SFTError:  # it is said to whoever asks for the rows
        return {"preview": seen, "facts": None}


def read_in_child(
    path: str,
    options: dict[str, Any] | None,
    target: str,
    source: str,
    limits: dict[str, Any],
    most: int | None = None,
    pictures: str | None = None,
    on_progress: Progress | None = None,
) -> dict[str, Any]:
    """`reading.read_table`, with JSON values at the border."""
    facts = _reading().read_table(
        Path(path),
        _options(options),
        Path(target),
        on_progress,
        source=source,
        limits=TableLimits(**limits),
        most=most,
        pictures=Path(pictures) if pictures else None,
    )
    told: dict[str, Any] = facts.as_dict()
    return told


def _options(value: Mapping[str, Any] | None) -> ReadOptions | None:
    return ReadOptions(**value) if value else None


class _Hidden:
    """Says that these modules are not there: Arrow would import them, half of the child's time, and needs neither."""

    def __init__(self, *names: str) -> None:
        self.names = {name for name in names if name not in sys.modules}

    def find_spec(self, name: str, *_: object) -> None:
        if name in self.names:
            raise ModuleNotFoundError(name=name)


@cache
def _reading() -> ModuleType:
    """The module that reads, with an Arrow that knows neither pandas (which it would ask for later) nor numpy."""
    hidden = _Hidden("pandas", "numpy")
    sys.meta_path.insert(0, hidden)
    try:
        return importlib.import_module("sft_core.data.reading")
    finally:
        hidden.names.discard("numpy")  # pictures are measured with it
