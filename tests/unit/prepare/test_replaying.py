"""The changes of one dataset, made on the file of another."""

from pathlib import Path

import pandas as pd
import pytest
from once_imported import Importer

from sft_core.config import Roles
from sft_core.data.importing import import_job
from sft_core.data.preparing import apply_step, undo
from sft_core.data.replaying import BY_ROW, NO_ROW_LEFT, fitting, replay_like
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.errors import DataError, Stopped
from sft_core.records import EventLog, Work
from sft_core.workspace import Workspace

ROLES = Roles(text=("text",), label="label")
OCTOBER = "text,label\n<b>one</b>,x\nfour,x \ntwo,y\n,y\nthree,y\n"
NOVEMBER = "note,text,label\n1,<i>five</i>,y \n2,,x\n3,six,x\n4,seven,y\n"


@pytest.fixture
def store(workspace: Workspace, tmp_path: Path, import_once: Importer) -> DatasetStore:
    """October, cleaned by rules and once by hand, and November as it came."""
    store = DatasetStore(workspace)
    for name, text in (("october", OCTOBER), ("november", NOVEMBER)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        import_once(workspace, name, path, ROLES, name)
    rules = [step("strip_markup"), step("drop_rows", rows=[["train", 1]]), step("drop_empty")]
    for one in [*rules, step("drop_short", shortest=3), step("merge_labels", mapping={"x ": "x", "y ": "y"})]:
        apply_step(store, "october", one)
    return store


def test_rules_are_made_on_the_new_file_and_changes_by_hand_are_named(store: DatasetStore) -> None:
    number = replay_like(store, "november", "october", 5)
    rows, version = store.read_rows("november"), store.version("november", number)
    assert list(zip(rows["text"], rows["label"], strict=True)) == [("five", "y"), ("six", "x"), ("seven", "y")]
    assert [one["fix"] for one in version.steps] == ["strip_markup", "drop_empty", "drop_short", "merge_labels"]
    assert version.did[:2] == ["1 row changed.", "1 row dropped."]
    assert version.like == {"name": "october", "left_out": [{"step": "1 row dropped by hand", "why": BY_ROW}]}
    assert store.findings("november", number) is not None


def test_what_was_taken_over_is_undone_like_any_other_change(store: DatasetStore) -> None:
    replay_like(store, "november", "october", 5)
    without = undo(store, "november", 0)
    assert store.read_rows("november")["text"].tolist() == ["<i>five</i>", "six", "seven"]
    assert store.version("november", without).like is not None
    store.set_current("november", 0)
    assert len(store.read_rows("november")) == 4


def test_a_step_that_would_leave_nothing_or_cannot_be_made_is_left_out_with_its_reason(store: DatasetStore) -> None:
    apply_step(store, "october", step("drop_rare_classes", least=2))
    apply_step(store, "november", step("merge_labels", mapping={"x": "u", "y": "v", "y ": "v"}))
    store.set_roles("november", Roles(text=("text",)))
    left_out = store.version("november", replay_like(store, "november", "october", 6)).like["left_out"]
    assert {one["step"] for one in left_out} >= {"1 row dropped by hand"} and len(left_out) == 3
    assert any("No column is named as the label" in one["why"] for one in left_out)
    store.set_roles("november", Roles(text=("note",), label="text"))
    again = store.version("november", replay_like(store, "november", "october", 6)).like["left_out"]
    assert NO_ROW_LEFT in {one["why"] for one in again}


def test_only_datasets_with_changes_and_the_same_columns_are_offered(store: DatasetStore) -> None:
    assert [info.id for info in fitting(store, ["note", "text", "label"])] == ["october"]
    assert fitting(store, ["text", "category"]) == []


def test_a_stopped_replay_leaves_the_rows_as_they_came(store: DatasetStore) -> None:
    with pytest.raises(Stopped):
        replay_like(store, "november", "october", 5, should_stop=lambda: True)
    assert [version.n for version in store.versions("november")] == [0]


def test_an_import_makes_the_changes_of_another_dataset_once(
    store: DatasetStore, workspace: Workspace, tmp_path: Path
) -> None:
    folder = workspace.jobs / "job"
    folder.mkdir()
    request = {
        "name": "December",
        "files": {"train": str(tmp_path / "november.csv")},
        "roles": ROLES.model_dump(),
        "dataset": "december",
        "like": {"dataset": "october", "version": 5},
    }
    for attempt in (1, 2):  # the second: resumed at its very end
        import_job(Work(folder, request, attempt, EventLog(folder / f"events-{attempt}.jsonl", attempt)))
    assert [version.n for version in store.versions("december")] == [0, 1]
    pd.testing.assert_series_equal(
        store.read_rows("december")["text"], pd.Series(["five", "six", "seven"], name="text")
    )
    assert store.version("december", 1).did[1] == "1 row dropped."


def test_an_import_like_a_dataset_that_is_gone_says_so_before_it_reads(
    store: DatasetStore, workspace: Workspace
) -> None:
    store.delete("october")
    folder = workspace.jobs / "job"
    folder.mkdir()
    request = {
        "name": "x",
        "files": {"train": "gone.csv"},
        "dataset": "x",
        "like": {"dataset": "october", "version": 5},
    }
    with pytest.raises(DataError, match="no such"):
        import_job(Work(folder, request, 1, EventLog(folder / "events.jsonl", 1)))
