"""A JSON file: a list of objects, an object of columns, or either of them wrapped in one outer key."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.json_values import cell, flat, loads
from sft_core.data.formats.text_source import open_text, resolve_encoding
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError

_WANTED = "Save it as a list of objects, [{“text”: …, “label”: …}, …], or as CSV."


def find(path: Path, options: ReadOptions, limits: TableLimits) -> Found:
    """How this file is read: keys are columns."""
    encoding, candidates = resolve_encoding(path, options)
    records = _records(path, encoding, limits)
    keys: dict[str, None] = {}
    for record in records:
        if isinstance(record, dict):
            keys.update(dict.fromkeys(flat(record)))
        if len(keys) > limits.columns:
            raise DataError(
                f"The objects in this file have more than {limits.columns:,} different keys.",
                "Keep the keys with the text and the label, and save it again.",
            )
    if not keys:
        raise DataError("There is no table in this JSON file.", _WANTED)
    resolved = options.model_copy(
        update={"format": "json", "encoding": encoding, "header": True, "delimiter": None, "quote": None}
    )
    return Found(resolved, tuple(keys), encodings=candidates)


def batches(path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The rows of the file."""
    assert found.options.encoding is not None
    records = _records(path, found.options.encoding, limits)
    for start in range(0, len(records), size):
        rows: list[int] = []
        cells: list[list[str]] = []
        for number, record in enumerate(records[start : start + size], start=start):
            if isinstance(record, dict):
                rows.append(number)
                values = flat(record)
                cells.append([cell(values.get(key)) for key in found.columns])
            else:
                rejects.add(number, "not a record in braces, {…}", cell(record))
        if rows:
            yield Batch(rows, list(zip(*cells, strict=True)), min((start + size) / len(records), 1.0))


def _records(path: Path, encoding: str, limits: TableLimits) -> Sequence[Any]:
    most = limits.json_mb * 2**20
    with open_text(path, encoding) as source:
        text = source.text.read(most + 1).lstrip("\ufeff") if path.stat().st_size <= most else ""
        if not text or len(text) > most:
            raise DataError(
                f"A JSON file of more than {limits.json_mb} MB cannot be read in one piece.",
                "Save it as JSON Lines (one object a line) or CSV.",
            )
    try:
        return _table(loads(text))
    except json.JSONDecodeError as error:
        why = error.msg.lower().removesuffix(" at").replace("delimiter", "separator")
        raise DataError(f"This is not valid JSON: line {error.lineno}, {why}.", _WANTED) from error
    except ValueError as error:
        raise DataError(f"This is not valid JSON: {error}.", _WANTED) from error


def _table(value: Any) -> Sequence[Any]:
    """The records in a JSON value."""
    if isinstance(value, list):
        if value and all(isinstance(item, list) for item in value[:20]):
            return _from_lists(value)
        return value
    if not isinstance(value, dict):
        raise DataError("There is no table in this JSON file.", _WANTED)
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return [
            dict(zip(map(str, value["columns"]), row, strict=False)) for row in value["data"] if isinstance(row, list)
        ]
    if len(value) == 1 and isinstance(only := next(iter(value.values())), list) and _holds_objects(only):
        return only
    if _are_columns(value):
        return _from_columns(value)
    wrapped = [inner for inner in value.values() if isinstance(inner, list) and _holds_objects(inner)]
    if len(wrapped) == 1:
        return wrapped[0]
    raise DataError("There is no table in this JSON file.", _WANTED)


def _holds_objects(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) for item in items[:20])


def _are_columns(value: dict[str, Any]) -> bool:
    """{column: [cells]} or {column: {index: cell}}, all of one length."""
    parts = list(value.values())
    same = all(isinstance(part, list) for part in parts) or all(isinstance(part, dict) for part in parts)
    return bool(parts) and same and len({len(part) for part in parts}) == 1 and not any(map(_is_nested, parts))


def _is_nested(part: Any) -> bool:
    return isinstance(part, list) and any(isinstance(item, dict) for item in part[:20])


def _from_columns(value: dict[str, Any]) -> list[dict[str, Any]]:
    cells = [list(part.values()) if isinstance(part, dict) else part for part in value.values()]
    return [dict(zip(value, row, strict=True)) for row in zip(*cells, strict=True)]


def _from_lists(value: list[Any]) -> list[Any]:
    """[[name, name], [cell, cell], …] or rows without names."""
    first = value[0]
    named = bool(first) and all(isinstance(item, str) and 0 < len(item) <= 60 for item in first)
    named = named and not any(
        item == row[i] for row in value[1:50] if isinstance(row, list) for i, item in enumerate(first[: len(row)])
    )
    names = list(map(str, first)) if named else [f"column_{i}" for i in range(1, len(first) + 1)]
    return [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in value[named:]]


FORMAT = Format("json", "JSON", find, batches)
