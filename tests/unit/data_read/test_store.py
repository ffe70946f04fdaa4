import json
import os
import shutil
import threading
from pathlib import Path

import pandas as pd
import pytest

from sft_core.config import ReadOptions, Roles
from sft_core.data.examples import labels, texts
from sft_core.data.importing import import_files, load_file
from sft_core.data.store import DatasetStore
from sft_core.errors import DataError, StateError
from sft_core.records import publish
from sft_core.workspace import Workspace, open_workspace

ROWS = "message,topic\n" + "".join(f"message number {i} comes here,{'xy'[i % 2]}\n" for i in range(40))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "letters.csv"
    path.write_text(ROWS)
    return path


@pytest.fixture
def store(workspace: Workspace) -> DatasetStore:
    return DatasetStore(workspace)


@pytest.fixture
def dataset(workspace: Workspace, file: Path) -> str:
    return import_files(workspace, "Letters", {"train": file})


def test_an_import_makes_a_dataset_with_version_0(store: DatasetStore, dataset: str, file: Path) -> None:
    info = store.get(dataset)
    assert (info.name, info.rows, info.classes, info.current) == ("Letters", 40, 2, 0)
    assert info.roles == Roles(text=("message",), label="topic")
    assert store.list() == [info]
    table = store.read_rows(dataset)
    assert list(table.columns) == ["_source", "_row", "_split", "message", "topic"]
    assert set(table["_source"]) == {"train"}
    source = store.workspace.dataset(dataset) / "source" / "train" / "letters.csv"
    assert source.read_bytes() == file.read_bytes()
    assert store.about(dataset)["files"]["train"]["sha256"]


def test_three_files_become_one_table_with_all_columns(workspace: Workspace, tmp_path: Path, file: Path) -> None:
    test = tmp_path / "later.jsonl"
    test.write_text('{"message": "a later one", "topic": "z", "channel": "mail"}\n')
    dataset = import_files(workspace, "", {"test": test, "train": file}, read={"train": ReadOptions(delimiter=",")})
    table = DatasetStore(workspace).read_rows(dataset)
    assert table["_source"].tolist() == ["train"] * 40 + ["test"]
    assert table["_row"].iloc[-1] == 0
    assert table["channel"].tolist() == [""] * 40 + ["mail"]
    assert DatasetStore(workspace).get(dataset).name == "letters"


def test_a_new_version_leaves_the_old_one_as_it_was(store: DatasetStore, dataset: str) -> None:
    table = store.read_rows(dataset)
    step = {"fix": "drop_rows", "params": {"rows": [["train", 0]]}}
    assert store.add_version(dataset, table.iloc[1:], [step], parent=0) == 1
    assert store.get(dataset).current == 1
    assert [(v.n, v.parent, v.steps, v.rows) for v in store.versions(dataset)] == [
        (0, None, [], 40),
        (1, 0, [step], 39),
    ]
    store.set_current(dataset, 0)
    assert len(store.read_rows(dataset)) == 40
    assert store.get(dataset).rows == 40


def test_cells_without_a_value_are_refused_in_a_version(store: DatasetStore, dataset: str) -> None:
    table = store.read_rows(dataset)
    table.loc[3, "topic"] = None
    with pytest.raises(DataError, match="without a value"):
        store.add_version(dataset, table, [], parent=0)
    assert len(store.versions(dataset)) == 1
    assert [path.name for path in (store.workspace.dataset(dataset) / "versions").iterdir()] == ["0"]


def test_names_notes_and_roles_change_and_facts_follow(store: DatasetStore, dataset: str) -> None:
    store.rename(dataset, " New name ")
    store.set_notes(dataset, "from Monday")
    assert store.facts(dataset)["classes"] == {"x": 20, "y": 20}
    store.set_roles(dataset, Roles(text=("topic",), label="message"))
    info = store.get(dataset)
    assert (info.name, info.notes, info.classes) == ("New name", "from Monday", 40)
    with pytest.raises(DataError, match="no column “other”"):
        store.set_roles(dataset, Roles(text=("other",)))
    with pytest.raises(DataError):
        store.rename(dataset, "  ")


def test_a_lost_database_is_rebuilt_with_all_names(store: DatasetStore, dataset: str) -> None:
    store.set_notes(dataset, "keep me")
    store.add_version(dataset, store.read_rows(dataset).head(7), [], parent=0)
    before = store.list()
    for path in store.workspace.root.glob("app.db*"):
        path.unlink()
    fresh = DatasetStore(open_workspace(store.workspace.root))
    assert fresh.rebuild() == 1
    assert fresh.list() == before


def test_one_damaged_dataset_does_not_hide_the_others(store: DatasetStore, dataset: str, file: Path) -> None:
    other = import_files(store.workspace, "Other", {"train": file})
    (store.workspace.dataset(other) / "about.json").write_text("{torn")
    assert [info.id for info in store.list()] == [dataset]
    assert store.rebuild() == 1
    assert [info.id for info in store.list()] == [dataset]


def test_damaged_rows_are_named_and_do_not_hide_the_other_datasets(
    store: DatasetStore, dataset: str, file: Path
) -> None:
    other = import_files(store.workspace, "Other", {"train": file})
    version = store.workspace.dataset(other) / "versions" / "0"
    (version / "facts.json").unlink()
    whole = (version / "rows.parquet").read_bytes()
    (version / "rows.parquet").write_bytes(whole[:-20])
    assert store.rebuild() == 2
    sizes = {info.id: info.rows for info in store.list()}
    assert sizes[other] is None and sizes[dataset] is not None
    with pytest.raises(DataError, match="damaged"):
        store.read_rows(other)
    (version / "rows.parquet").unlink()
    with pytest.raises(DataError, match="damaged"):
        store.rows_path(other)
    (version / "rows.parquet").write_bytes(whole)
    assert store.rebuild() == 2
    assert {info.id: info.rows for info in store.list()}[other] == sizes[dataset]


def test_deleting_goes_through_the_trash_and_then_for_good(store: DatasetStore, dataset: str) -> None:
    thrown = store.delete(dataset)
    assert store.list() == []
    with pytest.raises(DataError, match="no such dataset"):
        store.get(dataset)
    assert store.restore(thrown) == dataset
    assert [info.id for info in store.list()] == [dataset]
    thrown = store.delete(dataset)
    store.delete_for_good(thrown)
    assert not thrown.exists()
    assert list(store.workspace.trash.iterdir()) == []


def test_a_failed_import_leaves_nothing_behind(workspace: Workspace, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"")
    with pytest.raises(DataError, match="empty"):
        import_files(workspace, "x", {"train": broken})
    assert list(workspace.datasets.iterdir()) == []
    assert DatasetStore(workspace).list() == []


def test_an_import_that_dies_before_it_is_published_leaves_no_dataset(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(aside: Path, final: Path) -> None:
        shutil.copytree(aside, workspace.datasets / ".new-left")  # what a power cut would leave
        raise OSError("no space left")

    monkeypatch.setattr("sft_core.data.store.publish", die)
    with pytest.raises(OSError):
        import_files(workspace, "x", {"train": file})
    monkeypatch.setattr("sft_core.data.store.publish", publish)
    os.utime(workspace.datasets / ".new-left", (0, 0))
    assert DatasetStore(workspace).rebuild() == 0
    assert list(workspace.datasets.iterdir()) == []


def test_an_id_is_taken_once(workspace: Workspace, file: Path) -> None:
    import_files(workspace, "a", {"train": file}, dataset="one")
    with pytest.raises(StateError):
        import_files(workspace, "b", {"train": file}, dataset="one")


def test_versions_made_at_the_same_time_get_different_numbers(store: DatasetStore, dataset: str) -> None:
    table = store.read_rows(dataset)
    numbers: list[int] = []
    threads = [
        threading.Thread(target=lambda: numbers.append(store.add_version(dataset, table, [], 0))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4]
    assert len(store.versions(dataset)) == 5


def test_findings_are_kept_for_the_roles_that_they_were_found_for(store: DatasetStore, dataset: str) -> None:
    assert store.findings(dataset) is None
    store.save_findings(dataset, 0, [{"kind": "empty_text"}])
    assert store.findings(dataset) == [{"kind": "empty_text"}]
    store.set_roles(dataset, Roles(text=("topic",)))
    assert store.findings(dataset) is None


def test_several_text_columns_are_joined_by_name() -> None:
    table = pd.DataFrame({"title": ["Late", ""], "body": ["where is it", "thanks"], "label": ["x", "y"]}, dtype=str)
    roles = Roles(text=("title", "body"), label="label")
    assert texts(table, roles) == (["title: Late\nbody: where is it", "body: thanks"], None)
    assert labels(table, roles) == ["x", "y"]
    assert texts(table, Roles(text=("body",), text_pair="title")) == (["where is it", "thanks"], ["Late", ""])
    with pytest.raises(DataError, match="no column “b”"):
        texts(table, Roles(text=("b",)))


def test_a_file_is_loaded_through_the_sandbox(file: Path) -> None:
    table, facts = load_file(file)
    assert (len(table), facts.rows, facts.columns) == (40, 40, ("message", "topic"))
    assert json.dumps(facts.as_dict())
