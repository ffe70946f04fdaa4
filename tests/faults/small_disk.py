"""What happens on a disk without room; `test_faults_disk.py` runs this file inside a namespace with such a disk."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import fault_kinds  # noqa: F401 - registers the kinds in this process too
import pytest
from fault_house import House, wait_for

from sft_core.config import TrainRequest
from sft_core.data.store import DatasetStore
from sft_core.errors import DiskFullError
from sft_core.jobs import store
from sft_core.jobs.identity import is_alive, read_identity
from sft_core.jobs.rows import FINAL
from sft_core.records import PROC, read_json, read_outcome
from sft_core.training.checkpoints import is_whole
from sft_core.workspace import SPARE, RunFolder, open_workspace

DISK, SMALL, LARGE = "TUNEBOARD_SMALL_DISK", "8m", "64m"
BASE = "TUNEBOARD_SMALL_BASE"  # a model that was made outside: this process need not import torch


@pytest.fixture
def house() -> Iterator[House]:
    """A workspace on the small disk, empty and small again for each test."""
    disk = Path(os.environ[DISK])
    subprocess.run(["mount", "-o", f"remount,size={SMALL}", disk], check=True)
    house = House(open_workspace(disk / "home"))
    yield house
    house.clear()
    shutil.rmtree(disk / "home")


def fill(house: House) -> Path:
    """Take all room that is left on the disk; the file that takes it."""
    filler = house.workspace.root.parent / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with pytest.raises(OSError, match="No space left"):
                while True:
                    file.write(b"x" * size)
    return filler


def left_over(folder: Path) -> list[str]:
    """What was begun and not finished in a folder, however deep."""
    names = [path.name for path in folder.rglob("*")]
    return [name for name in names if name.startswith((".new-", ".aside-")) or name.endswith(".tmp")]


def ended(house: House, job: store.Job) -> bool:
    """Whether it has ended; nobody can say while there is not even the room to look."""
    with suppress(DiskFullError):
        return house.get(job).state in FINAL
    return False


def test_states_can_be_read_on_a_disk_without_a_free_byte(house: House) -> None:
    job, spare = house.submit("test-steps", steps=1), house.workspace.root / SPARE
    assert spare.exists()
    fill(house)
    assert house.get(job).state == "queued" and not spare.exists()
    filler = fill(house)  # and the spare room is gone, too
    with pytest.raises(DiskFullError, match="The disk is full") as full:
        house.get(job)
    assert "Make room" in full.value.hint
    filler.unlink()
    house.supervise()
    house.wait_for_state(job, "finished")
    assert spare.exists()


def test_an_import_says_that_the_disk_is_full_and_works_when_there_is_room(house: House, tmp_path: Path) -> None:
    table = tmp_path / "large.csv"
    table.write_text("text,label\n" + "".join(f"{os.urandom(160).hex()},{'ab'[n % 2]}\n" for n in range(30_000)))
    house.supervise()
    request = {"name": "Large", "files": {"train": str(table)}, "dataset": "20260101000000-abcdef01"}
    job = house.submit("import", **request)
    wait_for(lambda: ended(house, job), 60)
    failed = house.get(job)
    assert (failed.state, failed.message) == ("failed", "The disk is full.")
    assert "Make room" in failed.hint
    keep = DatasetStore(house.workspace)
    assert (
        keep.list() == [] and left_over(house.workspace.root) == [] and list(house.workspace.datasets.iterdir()) == []
    )

    subprocess.run(["mount", "-o", f"remount,size={LARGE}", house.workspace.root.parent], check=True)
    store.resume(house.workspace, job.id)
    house.wait_for_state(job, "finished", seconds=60)
    assert [info.rows for info in keep.list()] == [30_000]


def test_a_training_keeps_its_last_state_and_resumes_when_there_is_room(house: House, tmp_path: Path) -> None:
    rows = [f"{'where is my' if n % 2 else 'not a very'} {word},{'ab'[n % 2]}" for n in range(80) for word in WORDS]
    (tmp_path / "rows.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    request = TrainRequest(
        train=str(tmp_path / "rows.csv"),
        model=os.environ[BASE],
        settings={"epochs": 15, "batch_size": 8, "patience": 0, "checkpoint_steps": 30, "threads": 1},
    )
    house.supervise()
    job = house.submit("train", **request.model_dump(mode="json"))
    run = RunFolder(job.folder)
    wait_for(lambda: len(house.events(job, "checkpoint")) >= 2, 120)
    worker = read_identity(job.folder / PROC)
    wait_for(lambda: fill(house).exists() and not is_alive(worker), 60)  # whatever is freed is taken at once
    filler = fill(house)
    assert not run.report.exists() and left_over(job.folder) == []
    with suppress(DiskFullError):
        wait_for(lambda: house.get(job).state == "failed", 5)

    filler.unlink()
    wait_for(lambda: ended(house, job), 5)
    failed = house.get(job)
    assert failed.state == "failed" and failed.message.startswith("The disk is full")
    assert "Resume" in failed.hint
    states = sorted(run.checkpoints.glob("step-*"))
    assert len(states) >= 2 and all(is_whole(state) for state in states)
    resumed_from = int(states[-1].name.removeprefix("step-"))
    store.resume(house.workspace, job.id)
    house.wait_for_state(job, "finished", seconds=120)
    assert read_outcome(job.folder).attempt == 2
    assert min(e["step"] for e in house.events(job, "step") if e["attempt"] == 2) > resumed_from
    assert read_json(run.report)["metrics"]["test"]["accuracy"] > 0.9


WORDS = ("card", "money", "film")
