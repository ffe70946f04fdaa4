"""The folder with everything: what goes to its trash and comes back, what is swept, and a register that heals."""

import os
import time
from pathlib import Path

import pytest

from sft_core.data.importing import import_files
from sft_core.data.store import DatasetStore
from sft_core.errors import StateError
from sft_core.jobs import store
from sft_core.workspace import Workspace, open_workspace


def filled(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "about.txt").write_text("mine")
    return folder


def test_a_folder_comes_back_to_where_it_was_however_deep(workspace: Workspace) -> None:
    folder = filled(workspace.run("r1") / "evaluations" / "e1")
    thrown = workspace.throw_away(folder)
    assert thrown.parent == workspace.trash and not folder.exists()
    assert workspace.put_back(thrown) == folder
    assert [path.name for path in folder.iterdir()] == ["about.txt"] and not any(workspace.trash.iterdir())


def test_what_belonged_to_a_folder_that_is_gone_waits_in_the_trash(workspace: Workspace) -> None:
    thrown = workspace.throw_away(filled(workspace.run("r1") / "evaluations" / "e1"))
    run = workspace.throw_away(workspace.run("r1"))
    with pytest.raises(StateError, match="not there any more"):
        workspace.put_back(thrown)
    workspace.put_back(run)
    assert workspace.put_back(thrown).is_dir()


def test_nothing_is_overwritten_and_nothing_from_elsewhere_is_taken_unasked(
    workspace: Workspace, tmp_path: Path
) -> None:
    thrown = workspace.throw_away(filled(workspace.dataset("d1")))
    filled(workspace.dataset("d1"))
    with pytest.raises(StateError, match="already something"):
        workspace.put_back(thrown)
    elsewhere = filled(tmp_path / "elsewhere" / "run" / "evaluations" / "e1")
    with pytest.raises(StateError, match="Only folders of the workspace"):
        workspace.throw_away(elsewhere)
    assert workspace.put_back(workspace.throw_away(elsewhere, outside=True)) == elsewhere


def test_only_old_leftovers_of_interrupted_uploads_are_swept(workspace: Workspace) -> None:
    old, young = filled(workspace.uploads / ".u1.tmp"), filled(workspace.uploads / ".u2.tmp")
    finished, zip_ = filled(workspace.uploads / "u3"), workspace.uploads / "tmpabc.zip"
    zip_.write_text("half")
    long_ago = time.time() - 3 * 24 * 3600
    for path in (old / "about.txt", old, finished / "about.txt", finished, zip_):
        os.utime(path, (long_ago, long_ago))
    os.utime(young, (long_ago, long_ago))  # its file is still written to
    open_workspace(workspace.root)
    assert sorted(path.name for path in workspace.uploads.iterdir()) == [".u2.tmp", "u3"]


@pytest.mark.parametrize("harm", ["deleted", "damaged", "emptied"])
def test_datasets_are_found_again_after_the_register_was_lost(workspace: Workspace, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,label\n" + "".join(f"text number {n},{'ab'[n % 2]}\n" for n in range(20)))
    dataset = import_files(workspace, "rows", {"train": path})
    DatasetStore(workspace).rename(dataset, "By another name")
    if harm == "emptied":
        with workspace.writing() as connection:
            connection.execute("DELETE FROM datasets")
    else:
        for part in workspace.root.glob("app.db*"):
            part.unlink()
    if harm == "damaged":
        workspace.database.write_bytes(b"no database at all" * 500)
    store.ensure_register(workspace)
    (found,) = DatasetStore(workspace).list()
    assert (found.id, found.name, found.rows, found.classes) == (dataset, "By another name", 20, 2)


def test_what_is_deleted_for_good_leaves_no_copy_of_its_rows(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("message,topic\nsecret one,a\nsecret two,b\nsecret three,a\n")
    keep = DatasetStore(workspace)
    dataset = import_files(workspace, "Rows", {"train": tmp_path / "rows.csv"})
    run = store.submit(workspace, "train", {"dataset": dataset})
    upload = filled(workspace.uploads / "u1" / "test") / "about.txt"
    other = filled(workspace.uploads / "u2")
    store.submit(workspace, "evaluate", {"run": str(run.folder), "data": str(upload)}, parent=run.id)
    store.submit(workspace, "evaluate", {"run": str(run.folder), "data": str(tmp_path / "rows.csv")}, parent=run.id)
    store.stop_all(workspace)
    filled(workspace.cache / "tokens-1")
    model = filled(workspace.cache / "models" / "m")

    store.delete_for_good(workspace, store.delete(workspace, run.id))
    assert not upload.parent.parent.exists() and other.exists() and (tmp_path / "rows.csv").exists()
    assert not (workspace.cache / "tokens-1").exists() and model.exists()

    filled(workspace.cache / "tokens-2")
    keep.delete_for_good(keep.delete(dataset))
    assert not (workspace.cache / "tokens-2").exists() and model.exists()
    left = [path for path in workspace.root.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]
    assert left == []
