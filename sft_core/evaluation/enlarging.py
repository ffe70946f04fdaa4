"""A finished chart drawn larger, for a projector: letters, bars and gaps grow together; its width stays its place's."""

import re
from collections.abc import Mapping
from typing import Any

_LENGTHS = frozenset(
    (
        *("fontSize", "labelFontSize", "titleFontSize", "labelLimit", "labelPadding", "titlePadding", "height"),
        *("dx", "dy", "strokeWidth", "cornerRadius", "cornerRadiusEnd", "thickness", "padding", "maxExtent"),
    )
)
_AREAS = frozenset(("size",))
_AS_THEY_ARE = frozenset(("data", "datasets", "scale", "transform", "params", "tooltip"))
_ROOM_OF_AN_AXIS = 200  # pixels that names beside an axis may take; Vega's own value, which it does not write down
_COLUMN = re.compile(r"(?<=< )\d+(?:\.\d+)?")  # of "width / 8 < 62": the pixels that a name across needs


def enlarged(spec: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """The chart (a dict in Vega-Lite) with all lengths in pixels times `factor`; its data stay what they are."""
    config = spec.get("config") or {}
    axis = {"maxExtent": _ROOM_OF_AN_AXIS, **(config.get("axis") or {})}
    return _all_grown({**spec, "config": {**config, "axis": axis}}, factor)


def _all_grown(part: Mapping[str, Any], factor: float) -> dict[str, Any]:
    return {name: _grown(name, value, factor) for name, value in part.items()}


def _grown(name: str, value: Any, factor: float) -> Any:
    if name in _AS_THEY_ARE:
        return value
    if isinstance(value, Mapping):
        return _all_grown(value, factor)
    if isinstance(value, list):
        return [_all_grown(part, factor) if isinstance(part, Mapping) else part for part in value]
    if name == "expr":
        return _COLUMN.sub(lambda found: f"{float(found[0]) * factor:.0f}", value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if name in _LENGTHS:
        return round(value * factor, 2)
    return round(value * factor**2, 2) if name in _AREAS else value
