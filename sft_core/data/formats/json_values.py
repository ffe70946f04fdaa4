"""JSON values as cells: numbers keep the form in which they were written, objects inside objects become columns."""

import json
from typing import Any

from sft_core.data.formats.cells import as_text
from sft_core.errors import DataError

DEEPEST = 8  # objects inside objects; deeper ones stay JSON


class Written(float):
    """A number that remembers how it was written."""

    written: str

    def __new__(cls, text: str) -> "Written":
        number = super().__new__(cls, text)
        number.written = text
        return number


def loads(text: str) -> Any:
    """The value of a JSON text; NaN and Infinity, which JSON does not know, become null. Raises ValueError."""
    try:
        return json.loads(text, parse_float=Written, parse_constant=lambda _name: None)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def flat(record: dict[str, Any], depth: int = DEEPEST) -> dict[str, Any]:
    """A record without objects inside: {"a": {"b": 1}} is {"a.b": 1}; lists, and what is too deep, stay values."""
    if not any(type(value) is dict for value in record.values()):
        return record
    found: dict[str, Any] = {}
    for key, value in record.items():
        inner = _inner(key, value, depth)
        if inner and not inner.keys() & record.keys():
            found.update(inner)
        else:
            found[key] = value
    return found


def _inner(key: str, value: Any, depth: int) -> dict[str, Any]:
    if type(value) is not dict or not depth:
        return {}
    return {f"{key}.{name}": part for name, part in flat(value, depth - 1).items()}


def cell(value: Any) -> str:
    """One value as text; lists and objects stay JSON. Raises DataError where they are too deep to be written."""
    try:
        return value if type(value) is str else as_text(value)
    except RecursionError as error:
        raise DataError(
            "A value in this file is nested too deeply.", "Keep the keys with the text and the label."
        ) from error
