"""A test file that is given after the import: a step like any other, whose rows stay whole."""

from pathlib import Path

import pandas as pd
import pytest
from once_imported import Importer

from sft_core.config import ReadOptions, Roles, SplitPlan, TrainRequest
from sft_core.data import given_test, preparing
from sft_core.data.audit import audit
from sft_core.data.gathering import gather
from sft_core.data.given_test import fitting_options
from sft_core.data.preparing import PREVIEW, apply_step, moved_up, prepare_job, redo, undo
from sft_core.data.reading import ReadFacts, preview, read_table
from sft_core.data.replaying import BY_FILE, replay_like
from sft_core.data.source_files import folder_of
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.errors import DataError
from sft_core.records import EventLog, Work, read_json
from sft_core.workspace import Workspace, new_id, open_workspace

ROLES = Roles(text=("text",), label="label")
TRAIN = [f"this is the {kind} message number {n},{kind}" for n in range(20) for kind in ("red", "blue", "green")]
MERGE = step("merge_labels", mapping={" red": "red"})
TEST = [
    "a new red message, red",
    "something blue,blue",
    "something blue,blue",
    "This is the red message number 3!,red",
    "x,violet",
]


def read_here(
    path: Path, options: ReadOptions, folder: Path, *, source: str = "train", **_more: object
) -> tuple[Path, ReadFacts]:
    """`read_safely` without its child, which takes a second to start."""
    return folder / "rows.parquet", read_table(path, options, folder / "rows.parquet", source=source)


@pytest.fixture(autouse=True)
def _in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "in_the_sandbox" not in request.node.name:
        monkeypatch.setattr(given_test, "read_safely", read_here)
        monkeypatch.setattr(preparing, "read_safely", read_here)


@pytest.fixture
def store(workspace: Workspace, tmp_path: Path, import_once: Importer) -> DatasetStore:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["text,label", *TRAIN]) + "\n")
    import_once(workspace, "rows", path, ROLES, "d1")
    return DatasetStore(workspace)


def file(tmp_path: Path, lines: list[str], name: str = "test.csv", header: str = "text,label") -> Path:
    path = tmp_path / name
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def job(store: DatasetStore, path: Path, **request: object) -> Work:
    folder = store.workspace.jobs / new_id()
    folder.mkdir()
    given = {"path": str(path), "read": ReadOptions().model_dump()}
    return Work(folder, {"dataset": "d1", **request, "file": given}, 1, EventLog(folder / "events.jsonl", 1))


def use(store: DatasetStore, path: Path) -> int:
    """Bring a test file as the page does; the number of the version that is then current."""
    now = store.get("d1").current
    one = step("use_test_file", file=new_id(), name=path.name)
    prepare_job(job(store, path, parent=now, steps=[*store.version("d1", now).steps, one]))
    return store.get("d1").current


def texts_of_test(store: DatasetStore) -> list[str]:
    rows = store.read_rows("d1")
    return rows.loc[rows["_split"] == "test", "text"].tolist()


def test_a_file_read_in_the_sandbox_stays_whole_and_what_it_shares_leaves_training(
    store: DatasetStore, tmp_path: Path
) -> None:
    path = file(tmp_path, TEST)
    version = store.version("d1", use(store, path))
    rows = store.read_rows("d1")
    assert texts_of_test(store) == ["a new red message", "something blue", "something blue", TEST[3].split(",")[0], "x"]
    assert rows.loc[rows["text"] == "this is the red message number 3", "_split"].item() == ""
    assert audit(rows, ROLES)["duplicates_across_splits"] == 0
    assert version.did[0].startswith("5 rows of test.csv.") and "violet" in version.did[0]
    (kept,) = (store.workspace.dataset("d1") / "source" / "test").iterdir()
    assert (kept / "file" / "test.csv").read_text() == path.read_text()


def test_the_rules_made_before_are_made_on_it_too(store: DatasetStore, tmp_path: Path) -> None:
    apply_step(store, "d1", MERGE)
    apply_step(store, "d1", step("drop_short", shortest=5))
    use(store, file(tmp_path, TEST))
    assert "x" in texts_of_test(store)  # no rule drops a row of a test file
    assert store.facts("d1")["classes"]["red"] == 22 and " red" not in store.facts("d1")["classes"]


def test_undo_brings_the_former_version_back_and_redo_the_file(store: DatasetStore, tmp_path: Path) -> None:
    use(store, file(tmp_path, TEST))
    assert set(store.about("d1")["files"]) == {"train", "test"}
    assert undo(store, "d1") == 0 and set(store.about("d1")["files"]) == {"train"}
    redo(store, "d1")
    assert store.about("d1")["files"]["test"]["name"] == "test.csv" and len(texts_of_test(store)) == 5


def test_another_file_takes_its_place_and_none_makes_a_random_split(store: DatasetStore, tmp_path: Path) -> None:
    use(store, file(tmp_path, TEST))
    use(store, file(tmp_path, ["only this red one,red"], "second.csv"))
    assert texts_of_test(store) == ["only this red one"] and store.about("d1")["files"]["test"]["name"] == "second.csv"
    apply_step(store, "d1", step("leave_test_file", plan=SplitPlan(seed=3)))
    assert len(texts_of_test(store)) == 12 and store.facts("d1")["sources"] == {"train": 60}
    assert "test" not in store.about("d1")["files"]
    undo(store, "d1")
    assert texts_of_test(store) == ["only this red one"]


def test_a_file_given_at_the_import_can_be_left_out_and_comes_back(store: DatasetStore, tmp_path: Path) -> None:
    both = {"train": tmp_path / "rows.csv", "test": file(tmp_path, TEST, "given.csv")}
    parts = {}
    for split, path in both.items():
        (tmp_path / split).mkdir()
        parts[split] = read_here(path, ReadOptions(), tmp_path / split, source=split)
    with store.room() as room:
        store.create_from("both", both, parts, room=room, roles=ROLES, dataset="d2")
    apply_step(store, "d2", step("leave_test_file"))
    assert store.facts("d2")["sources"] == {"train": 60} and "test" not in store.about("d2")["files"]
    undo(store, "d2")
    assert store.about("d2")["files"]["test"]["name"] == "given.csv" and store.facts("d2")["sources"]["test"] == 5


def test_an_earlier_change_is_taken_back_under_the_file(store: DatasetStore, tmp_path: Path) -> None:
    apply_step(store, "d1", step("drop_rows", rows=[["train", 0]]))
    use(store, file(tmp_path, TEST))
    undo(store, "d1", 0)
    assert store.facts("d1")["rows"] == 65 and len(texts_of_test(store)) == 5


def test_changes_by_hand_on_its_rows_go_with_it(store: DatasetStore, tmp_path: Path) -> None:
    use(store, file(tmp_path, TEST))
    apply_step(store, "d1", step("relabel_rows", rows=[["test", 4], ["train", 0]], label="red"))
    apply_step(store, "d1", step("edit_text", row=["test", 0], column="text", text="new"))
    undo(store, "d1", 0)
    (left,) = store.version("d1", store.get("d1").current).steps
    assert left["params"] == {"rows": [["train", 0]], "label": "red"}


def test_it_is_not_carried_to_other_data_and_never_comes_earlier(
    store: DatasetStore, tmp_path: Path, import_once: Importer
) -> None:
    apply_step(store, "d1", MERGE)
    use(store, file(tmp_path, TEST))
    import_once(store.workspace, "other", tmp_path / "rows.csv", ROLES, "d3")
    number = replay_like(store, "d3", "d1", store.get("d1").current)
    (left,) = store.version("d3", number).like["left_out"]
    assert left == {"step": "“test.csv” used as the test file", "why": BY_FILE}
    assert moved_up(store.version("d1", store.get("d1").current).steps, 1) is None


def test_a_missing_column_is_said_and_nothing_is_lost(store: DatasetStore, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column “label”"):
        use(store, file(tmp_path, ["one,red", "two,blue"], header="text,colour"))
    assert store.get("d1").current == 0 and len(store.versions("d1")) == 1
    assert not (store.workspace.dataset("d1") / "source" / "test").exists()


def test_a_preview_counts_without_making_anything(store: DatasetStore, tmp_path: Path) -> None:
    work = job(store, file(tmp_path, TEST), parent=0, step=step("use_test_file", file="f", name="test.csv"))
    prepare_job(work)
    found = read_json(work.folder / PREVIEW)
    assert (found["totals"]["test"], found["test_rows"], found["shared"]) == (5, 5, 1)
    assert any("violet" in note for note in found["notes"]) and any("green" in note for note in found["notes"])
    assert store.get("d1").current == 0 and not folder_of(store.workspace.dataset("d1"), "f").exists()


def test_a_run_learns_and_is_tested_as_prepared_and_a_rebuild_loses_nothing(
    store: DatasetStore, tmp_path: Path
) -> None:
    use(store, file(tmp_path, [line for line in TEST if "violet" not in line]))
    store.workspace.root.joinpath("app.db").unlink()
    fresh = DatasetStore(open_workspace(store.workspace.root))
    fresh.rebuild()
    gathered = gather(TrainRequest(dataset="d1"), fresh.workspace, tmp_path, lambda _share, _words: None)
    assert gathered.counts()["test"] == 4 and set(gathered.rows("test")["_source"]) == {"test"}
    assert fresh.about("d1")["files"]["test"]["rows"] == 4 and fresh.get("d1").rows == 64


def test_it_is_read_like_the_dataset_where_that_fits_else_found_out_anew(tmp_path: Path) -> None:
    own = ReadOptions(format="csv", encoding="utf-8", delimiter=",", quote='"', header=True)
    same = fitting_options(file(tmp_path, TEST), own, ROLES, preview)
    assert same == own.model_copy(update={"encoding": None})
    other = file(tmp_path, ["text;label", "a long text;red", "another, longer;blue"], "other.csv", "text;label")
    assert fitting_options(other, own, ROLES, preview) == ReadOptions()
    short = file(tmp_path, ["red,blue"], "short.csv")  # its header looks like a row
    assert fitting_options(short, own.model_copy(update={"header": False}), ROLES, preview).header in (None, True)


def test_columns_that_only_one_side_has_are_empty_on_the_other(store: DatasetStore, tmp_path: Path) -> None:
    use(store, file(tmp_path, ["one,red,today"], header="text,label,answer"))
    rows = store.read_rows("d1")
    assert rows["answer"].tolist() == [""] * 60 + ["today"] and isinstance(rows, pd.DataFrame)
