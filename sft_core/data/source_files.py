"""Which file each split of a version came from: as first brought, or a test file that came or went by a later step.

A test file that came later lies whole under `source/test/<id>/`: the file itself, `rows.parquet` and `read.json`, how
it was read. It stays there when its step is taken back, so that it can be done again.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sft_core.records import read_json
from sft_core.workspace import checked_id

READ, ROWS = "read.json", "rows.parquet"
USE, LEAVE = "use_test_file", "leave_test_file"


def folder_of(dataset: Path, file: str) -> Path:
    """Where the test file with this id lies in the folder of its dataset."""
    return dataset / "source" / "test" / checked_id(file)


def given_test(steps: Sequence[Mapping[str, Any]]) -> str | None:
    """The id of the test file after these steps: "" where it was left out, None where it is as first brought."""
    for step in reversed(steps):
        if step["fix"] == USE:
            return str(step["params"]["file"])
        if step["fix"] == LEAVE:
            return ""
    return None


def files_after(dataset: Path, about: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What about.json says of the files after these steps: `files`, and `first_files` where these are others.

    `files` is {split: ReadFacts as JSON}; the version that is current decides what it says of the test.
    """
    first = about.get("first_files") or about.get("files") or {}
    now = given_test(steps)
    if now is None:
        return {"files": first, "first_files": None}
    files = {split: facts for split, facts in first.items() if split != "test"}
    if now:
        files["test"] = read_json(folder_of(dataset, now) / READ)
    return {"files": files, "first_files": first}
