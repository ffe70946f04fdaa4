"""A tiny model for the next run of a dataset, for tests that are not about what it learns."""

from pathlib import Path
from typing import Any

from tiny_base import write_base

from sft_core.records import SCHEMA_VERSION, write_json
from sft_core.workspace import Workspace


def wish_tiny(workspace: Workspace, dataset: str, room: Path, preset: str = "quick", **changes: Any) -> None:
    """The form of Train shows this model, this preset and these settings by field name when it is opened."""
    wish = {"model": str(write_base(room / "tiny")), "preset": preset, "changes": changes}
    write_json(workspace.dataset(dataset) / "next_run.json", {"schema_version": SCHEMA_VERSION, **wish})
