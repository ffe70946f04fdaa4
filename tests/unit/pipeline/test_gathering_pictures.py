"""The rows of a run that learns from pictures: gathered from a folder or a dataset, and kept with the run."""

import shutil
from pathlib import Path

import pytest
from shape_pictures import draw, write_folders

from sft_core.config import TrainRequest
from sft_core.data import duplicates, examples
from sft_core.data.gathering import gather, keep, kept, seen_hashes
from sft_core.data.importing import import_files
from sft_core.errors import InputError
from sft_core.tasks.fitting import check_reads
from sft_core.workspace import RunFolder, Workspace


def silent(_share: float, _words: str) -> None:
    pass


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    root = write_folders(tmp_path / "shapes")
    shutil.copyfile(root / "circle" / "000.png", root / "circle" / "again.png")
    return root


def test_a_folder_becomes_rows_whose_pictures_lie_in_the_run(
    workspace: Workspace, folders: Path, tmp_path: Path
) -> None:
    run = RunFolder(tmp_path / "run")
    run.root.mkdir()
    gathered = gather(TrainRequest(task="image-classification", train=str(folders)), workspace, run.root, silent)
    keep(gathered, run)
    again = kept(run)
    assert again is not None and again.roles.image == "image" and again.labels == ("circle", "square")
    assert again.fingerprint() == gathered.fingerprint() and len(again.table) == 21
    paths, pairs = examples.inputs(again.table, again.roles, again.pictures)
    assert pairs is None and all(Path(path).is_file() and Path(path).is_relative_to(run.root) for path in paths)
    assert len(set(paths)) == 20, "equal pictures are stored once"
    twins = again.table[again.table["image"].isin(["circle/000.png", "circle/again.png"])]
    assert twins["_split"].nunique() == 1, "the same picture never lies on two sides"
    assert set(seen_hashes(again)) <= set(duplicates.table_hashes(again.table, again.roles))


def test_a_run_of_a_dataset_shares_its_pictures_by_links(workspace: Workspace, folders: Path, tmp_path: Path) -> None:
    dataset = import_files(workspace, "Shapes", {"train": folders})
    run = RunFolder(workspace.runs / "one")
    run.root.mkdir(parents=True)
    gathered = gather(TrainRequest(task="image-classification", dataset=dataset), workspace, run.root, silent)
    keep(gathered, run)
    file = gathered.table["_file"].iloc[0]
    assert (run.pictures / file).samefile(workspace.dataset(dataset) / "pictures" / file)
    shutil.rmtree(workspace.dataset(dataset))
    again = kept(run)
    assert again is not None
    assert all(Path(path).is_file() for path in examples.inputs(again.table, again.roles, again.pictures)[0])


def test_a_picture_saved_in_another_format_is_the_same_picture(workspace: Workspace, tmp_path: Path) -> None:
    root = write_folders(tmp_path / "shapes", each=4)
    draw("circle", 1).save(root / "square" / "a_circle.bmp")
    gathered = gather(TrainRequest(task="image-classification", train=str(root)), workspace, tmp_path / "run", silent)
    keys = duplicates.exact_table_keys(gathered.table, gathered.roles)
    same = gathered.table.loc[keys == keys[(gathered.table["image"] == "square/a_circle.bmp").argmax()], "image"]
    assert sorted(same) == ["circle/001.png", "square/a_circle.bmp"]


def test_a_task_that_reads_texts_refuses_pictures(workspace: Workspace, folders: Path, tmp_path: Path) -> None:
    gathered = gather(TrainRequest(train=str(folders)), workspace, tmp_path / "run", silent)
    with pytest.raises(InputError) as refused:
        check_reads("text-classification", gathered.roles)
    assert "image-classification" in refused.value.hint
