"""Imported pictures lie once in the dataset, its source stays whole, and a later test file adds to them."""

from pathlib import Path

import pytest
from picture_files import classes, drawn, folder_of, saved, zip_of

from sft_core.config import ReadOptions
from sft_core.data import given_test
from sft_core.data.importing import import_files
from sft_core.data.inspection import inspect
from sft_core.data.pictures.folders import fingerprint
from sft_core.data.pictures.keeping import PICTURES
from sft_core.data.source_files import ROWS
from sft_core.data.source_files import folder_of as home_of
from sft_core.data.store import DatasetStore
from sft_core.workspace import Workspace


@pytest.fixture
def store(workspace: Workspace) -> DatasetStore:
    return DatasetStore(workspace)


def stored(store: DatasetStore, dataset: str) -> set[str]:
    home = store.workspace.dataset(dataset) / PICTURES
    return {
        path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file() and "small" not in path.name
    }


def test_a_zip_and_a_test_folder_become_a_dataset(store: DatasetStore, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "pets.zip", classes("cat", "dog", count=3))
    later = folder_of(tmp_path / "later", classes("cat", "dog") | {"dog/new.jpg": saved(drawn(999))})
    told: list[str] = []
    dataset = import_files(
        store.workspace,
        "Pets",
        {"train": archive, "test": later},
        on_progress=lambda _share, words: told.append(words),
    )
    table = store.read_rows(dataset)
    assert store.get(dataset).classes == 2 and table["_source"].value_counts().to_dict() == {"train": 6, "test": 5}
    assert set(table["_file"]) == stored(store, dataset) and len(stored(store, dataset)) == 7
    source = store.workspace.dataset(dataset) / "source"
    assert (source / "train" / "pets.zip").read_bytes() == archive.read_bytes()
    assert fingerprint(source / "test" / "later") == fingerprint(later)
    assert any("pictures read" in words for words in told)


def test_a_test_zip_that_comes_later_adds_its_pictures(store: DatasetStore, tmp_path: Path) -> None:
    dataset = import_files(store.workspace, "", {"train": zip_of(tmp_path / "pets.zip", classes("cat", "dog"))})
    before = stored(store, dataset)
    later = folder_of(tmp_path / "later", {"cat/n.jpg": saved(drawn(71)), "dog/n.jpg": saved(drawn(72))})
    given_test.keep(store, dataset, "0a1b2c", later, ReadOptions())
    assert len(stored(store, dataset) - before) == 2 and before <= stored(store, dataset)
    assert (home_of(store.workspace.dataset(dataset), "0a1b2c") / ROWS).is_file()


def test_inspect_says_what_a_folder_of_pictures_is(tmp_path: Path) -> None:
    found = inspect(folder_of(tmp_path / "pets", classes("cat", "dog") | {"cat/x.gif": b"GIF89a"}))
    assert found["format"]["kind"] == "pictures" and found["format"]["classes"] == "folders"
    assert found["classes"] == {"cat": 2, "dog": 2} and found["columns"] == ["image", "label"]
    assert found["pictures"]["formats"] == {"JPEG": 4} and found["rejected"]["count"] == 1
