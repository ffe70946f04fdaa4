"""A small dataset of pictures drawn in code, and a run of it, as the pages find them; without any training."""

import io
import zipfile
from pathlib import Path

import numpy as np
from once_imported import Importer
from PIL import Image
from run_material import finish_run, finished_run

from sft_core.data.pictures.keeping import link_pictures
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace

CLASSES = {"leaf": (40, 160, 60), "stone": (150, 150, 155), "water": (40, 90, 190)}
TASK = "image-classification"


def drawn(label: str, seed: int, ending: str = "PNG") -> bytes:
    """A picture of 48 × 48 pixels in about the colour of its class, no two alike."""
    dice = np.random.default_rng(seed)
    noise = dice.integers(-40, 40, (6, 6, 3)).repeat(8, axis=0).repeat(8, axis=1)
    pixels = (np.array(CLASSES[label]) + noise).clip(0, 255).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, ending)
    return target.getvalue()


def write_zip(folder: Path, of_each: int = 16) -> Path:
    """A zip with a folder a class."""
    path = folder / "nature.zip"
    with zipfile.ZipFile(path, "w") as file:
        for place, label in enumerate(CLASSES):
            for n in range(of_each):
                file.writestr(zipfile.ZipInfo(f"{label}/{n:02}.png"), drawn(label, 100 * place + n))
    return path


def pictures_dataset(workspace: Workspace, folder: Path, import_once: Importer) -> str:
    """The id of a dataset of these pictures."""
    return import_once(workspace, "Nature", write_zip(folder))


def pictures_run(workspace: Workspace, dataset: str, right: float = 0.5) -> Job:
    """A finished run of them, with its pictures."""
    job = finished_run(workspace, dataset)
    finish_run(workspace, job, dataset, right)
    run = RunFolder(job.folder)
    write_json(run.report, {**read_json(run.report), "task": TASK, "threshold": 0.6})
    write_json(run.config, {**read_json(run.config), "task": TASK, "pinned": []})
    files = DatasetStore(workspace).read_rows(dataset)["_file"]
    link_pictures(files, workspace.dataset(dataset) / "pictures", run.pictures)
    run.model.mkdir()
    return store.get(workspace, job.id)
