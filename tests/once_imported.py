"""Datasets that many tests start from: each file is read once a session, in a process of its own that takes a second,
and copied for each test."""

import hashlib
import shutil
import time
from pathlib import Path

from sft_core.config import Roles
from sft_core.data.importing import import_files
from sft_core.data.store import DatasetStore
from sft_core.records import read_json, write_json
from sft_core.workspace import Workspace, new_id, open_workspace


class Importer:
    """`import_files` for one training file, with a memory; each copy is a dataset with an id and an age of its own."""

    def __init__(self, room: Path) -> None:
        self._template = open_workspace(room)
        self._known: dict[str, str] = {}

    def __call__(
        self, workspace: Workspace, name: str, path: Path, roles: Roles | None = None, dataset: str | None = None
    ) -> str:
        """The id of the new dataset in `workspace`: the given one, or a new one."""
        key = hashlib.sha256(f"{name}|{path.name}|{roles}|".encode() + path.read_bytes()).hexdigest()
        if key not in self._known:
            self._known[key] = import_files(self._template, name, {"train": path}, roles=roles)
        dataset = dataset or new_id()
        folder = workspace.dataset(dataset)
        shutil.copytree(self._template.dataset(self._known[key]), folder)
        write_json(folder / "about.json", {**read_json(folder / "about.json"), "id": dataset, "created": time.time()})
        DatasetStore(workspace).rebuild()
        return dataset
