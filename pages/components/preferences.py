"""What somebody likes here and how far a tour has come: kept in the workspace, so that a closed tab forgets nothing."""

from contextlib import suppress
from typing import Any

from components import session

from sft_core.errors import SFTError
from sft_core.records import SCHEMA_VERSION, read_json, write_json

FILE = "preferences.json"


def get(name: str, default: Any = None) -> Any:
    """One preference; `default` where it was never said."""
    return _all().get(name, default)


def put(name: str, value: Any) -> None:
    """Keep one, and the others as they are. On a full or locked disk only this is lost."""
    with suppress(OSError, SFTError):
        write_json(session.workspace().root / FILE, {**_all(), "schema_version": SCHEMA_VERSION, name: value})


def _all() -> dict[str, Any]:
    """Read anew each time: two changes in a row would look alike to a cache."""
    try:
        found = read_json(session.workspace().root / FILE)
    except (OSError, SFTError):
        return {}
    return found if isinstance(found, dict) else {}
