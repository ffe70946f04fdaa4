"""Values of typed files as a person sees them: numbers without a false .0, dates as ISO, booleans as true and false."""

import base64
import datetime
import json
import math
from decimal import Decimal
from typing import Any


def as_text(value: Any) -> str:
    """One cell as text; "" where there is none."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return _other(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    written = getattr(value, "written", None)
    if written is not None:
        return str(written)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _other(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else ""
    if isinstance(value, bytes | bytearray):
        return _bytes(bytes(value))
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=as_text)
    return str(value)


def _moment(value: datetime.datetime) -> str:
    """A date alone where the time is midnight and no zone is named."""
    if value.tzinfo is None and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat()


def _duration(value: datetime.timedelta) -> str:
    """Hours, minutes and seconds as a clock shows them."""
    seconds = value.total_seconds()
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{int(minutes // 60):02d}:{int(minutes % 60):02d}:{rest:09.6f}".rstrip("0").rstrip(".")
    return f"-{text}" if seconds < 0 else text


def _bytes(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(value).decode("ascii")
