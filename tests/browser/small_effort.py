"""A small training as the next run of a dataset, for tests that are not about what is learnt."""

from pathlib import Path
from typing import Any

from sft_core.records import SCHEMA_VERSION, write_json
from sft_core.workspace import Workspace


def wish(workspace: Workspace, dataset: str, preset: str = "quick", model: str = "bundled", **changes: Any) -> None:
    """The form of Train shows this preset, this model and these settings by field name when it is opened."""
    wished = {"model": model, "preset": preset, "changes": changes}
    write_json(workspace.dataset(dataset) / "next_run.json", {"schema_version": SCHEMA_VERSION, **wished})


def wish_tiny(workspace: Workspace, dataset: str, room: Path, preset: str = "quick", **changes: Any) -> None:
    """The same with a tiny model that is made in `room`."""
    from tiny_base import write_base  # brings torch, for which the other tests shall not wait

    wish(workspace, dataset, preset, str(write_base(room / "tiny")), **changes)
