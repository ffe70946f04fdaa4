"""JSON values whose numbers keep the form in which they were written: 1.50 stays 1.50 and 1e5 stays 1e5."""

import json
from typing import Any

from sft_core.data.formats.cells import as_text
from sft_core.errors import DataError


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


def cell(value: Any) -> str:
    """One value as text; lists and objects stay JSON. Raises DataError where they are too deep to be written."""
    try:
        return value if type(value) is str else as_text(value)
    except RecursionError as error:
        raise DataError(
            "A value in this file is nested too deeply.", "Keep the keys with the text and the label."
        ) from error
