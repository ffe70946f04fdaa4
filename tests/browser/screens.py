"""Every screen of the dashboard with something on it: a workspace made in code, without any training, and addresses."""

from pathlib import Path
from typing import NamedTuple

from once_imported import Importer
from picture_runs import pictures_dataset, pictures_run
from run_material import finish_run, finished_run, set_state, submit_run, tell_progress, write_config, write_messages

from sft_core.workspace import Workspace


class Screen(NamedTuple):
    """A screen by the name that a failing test tells, and its address."""

    name: str
    address: str


EMPTY = [Screen(f"{page or 'home'}, nothing there", page) for page in ("", "data", "train", "evaluate", "try")]
PARTS = ("texts", "pictures", "workspace")


def fill(workspace: Workspace, room: Path, import_once: Importer) -> dict[str, list[Screen]]:
    """Texts with two finished runs and one that was stopped, pictures with one run; the screens that show them."""
    texts = import_once(workspace, "Messages", write_messages(room))
    first, second = finished_run(workspace, texts).id, submit_run(workspace, texts, "running", "Messages · best")
    stopped = submit_run(workspace, texts, "running", "Messages · stopped")
    for run in (second, stopped):
        write_config(workspace, run, texts)
        tell_progress(workspace, run, texts)
    finish_run(workspace, second, texts, 0.6)
    set_state(workspace, stopped, "stopped")
    pictures = pictures_dataset(workspace, room, import_once)
    seen = pictures_run(workspace, pictures).id
    return {
        "texts": _journey(texts, first),
        "pictures": _journey(pictures, seen),
        "workspace": [
            Screen("home", ""),
            Screen("system", "system"),
            Screen("compare", f"compare?first={first}&second={second.id}"),
            Screen("train, stopped", f"train?dataset={texts}&run={stopped.id}"),
            Screen("presented", f"evaluate?dataset={texts}&run={first}&present=1"),
            Screen("later file", f"evaluate?dataset={texts}&run={first}&test_file=new"),
        ],
    }


def _journey(dataset: str, run: str) -> list[Screen]:
    here = f"dataset={dataset}&run={run}"
    form = Screen("train, form", f"train?dataset={dataset}&new=run")
    return [
        form,
        *(Screen(page, f"{page}?{here}") for page in ("data", "prepare", "model", "train", "evaluate", "try")),
    ]
