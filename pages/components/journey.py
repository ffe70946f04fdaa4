"""How far somebody has come with a run: whether its result was looked at, and whether it was asked something."""

from contextlib import suppress

from components import work
from components.work import Run

from sft_core.errors import SFTError
from sft_core.records import SCHEMA_VERSION, write_json

LOOKED_AT, ASKED = "looked_at", "asked"
_FILE = "journey.json"


def reached(run: Run | None, what: str) -> bool:
    """Whether that was done with a run, in whatever session."""
    return run is not None and bool((work.read_if_there(run.job.folder / _FILE) or {}).get(what))


def mark(run: Run | None, what: str) -> None:
    """Keep that it was done with a finished run. On a full or locked disk only its tick is missing."""
    if run is None or run.job.state != "finished" or reached(run, what):
        return
    path = run.job.folder / _FILE
    with suppress(OSError, SFTError):
        write_json(path, {**(work.read_if_there(path) or {}), "schema_version": SCHEMA_VERSION, what: True})
