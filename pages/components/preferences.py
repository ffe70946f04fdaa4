"""What somebody likes here and how far a tour has come: kept in the workspace, so that a closed tab forgets nothing."""

from contextlib import suppress
from typing import Any

from components import session, work

from sft_core.errors import SFTError
from sft_core.records import SCHEMA_VERSION, write_json

FILE = "preferences.json"


def get(name: str, default: Any = None) -> Any:
    """One preference; `default` where it was never said."""
    return (work.read_if_there(session.workspace().root / FILE) or {}).get(name, default)


def put(name: str, value: Any) -> None:
    """Keep one, and the others as they are. On a full or locked disk only this is lost."""
    path = session.workspace().root / FILE
    with suppress(OSError, SFTError):
        write_json(path, {**(work.read_if_there(path) or {}), "schema_version": SCHEMA_VERSION, name: value})
