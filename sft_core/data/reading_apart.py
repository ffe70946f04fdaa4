"""What the sandbox child runs: reading a file, with JSON values at the border.

A module of its own: the child is started for each file and each preview, and loads neither pandas nor DuckDB so.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sft_core.config import ReadOptions
from sft_core.data.limits import TableLimits
from sft_core.data.reading import preview, read_table

Progress = Callable[[float, str], None]


def preview_in_child(path: str, options: dict[str, Any] | None, limits: dict[str, Any]) -> dict[str, Any]:
    """`reading.preview`, with JSON values at the border."""
    _without_pandas()
    return preview(Path(path), _options(options), TableLimits(**limits)).as_dict()


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
    _without_pandas()
    facts = read_table(
        Path(path),
        _options(options),
        Path(target),
        on_progress,
        source=source,
        limits=TableLimits(**limits),
        most=most,
        pictures=Path(pictures) if pictures else None,
    )
    return facts.as_dict()


def _options(value: Mapping[str, Any] | None) -> ReadOptions | None:
    return ReadOptions(**value) if value else None


class _NoPandas:
    """Says that there is no pandas: Arrow would import it, half of the child's time, to ask whether a list is its."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def _without_pandas() -> None:
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas())
