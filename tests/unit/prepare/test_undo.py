"""Steps on a stored dataset: each makes a version, any can be taken back, and the last one done again."""

from pathlib import Path

import pytest
from once_imported import Importer

from sft_core.config import Roles
from sft_core.data.preparing import apply_step, move_up, moved_up, redo, redoable, undo
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.errors import ConfigError, StateError
from sft_core.workspace import Workspace

CSV = "text,label\n<b>one</b>,x\none,x \ntwo,y\n,y\nthree,y\n"
MERGE = step("merge_labels", mapping={"x ": "x"})


@pytest.fixture
def store(workspace: Workspace, tmp_path: Path, import_once: Importer) -> DatasetStore:
    path = tmp_path / "rows.csv"
    path.write_text(CSV)
    import_once(workspace, "rows", path, Roles(text=("text",), label="label"), "d1")
    return DatasetStore(workspace)


def texts(store: DatasetStore) -> list[str]:
    return store.read_rows("d1")["text"].tolist()


def test_each_step_makes_a_version_with_findings_of_its_own(store: DatasetStore) -> None:
    assert apply_step(store, "d1", step("strip_markup")) == 1
    assert apply_step(store, "d1", step("drop_empty")) == 2
    assert texts(store) == ["one", "one", "two", "three"]
    assert [one["fix"] for one in store.version("d1", 2).steps] == ["strip_markup", "drop_empty"]
    assert "empty" not in {finding["kind"] for finding in store.findings("d1", 2) or []}


def test_the_last_step_is_taken_back_and_done_again_without_a_new_version(store: DatasetStore) -> None:
    apply_step(store, "d1", step("strip_markup"))
    assert undo(store, "d1") == 0
    assert texts(store)[0] == "<b>one</b>"
    assert redo(store, "d1") == 1
    assert redoable(store, "d1") is None
    assert len(store.versions("d1")) == 2


def test_an_earlier_step_is_taken_back_and_the_others_replayed(store: DatasetStore) -> None:
    for one in (step("strip_markup"), MERGE, step("drop_duplicates")):
        apply_step(store, "d1", one)
    assert texts(store) == ["one", "two", "", "three"]
    assert undo(store, "d1", 1) == 4
    assert texts(store) == ["one", "one", "two", "", "three"]
    assert [one["fix"] for one in store.version("d1", 4).steps] == ["strip_markup", "drop_duplicates"]


def test_what_cannot_be_undone_or_done_is_said_in_words(store: DatasetStore) -> None:
    with pytest.raises(StateError, match="no such step"):
        undo(store, "d1")
    with pytest.raises(StateError, match="no step to do again"):
        redo(store, "d1")
    with pytest.raises(StateError, match="No row would be left"):
        apply_step(store, "d1", step("drop_rare_classes", least=9))
    with pytest.raises(ConfigError, match="no fix"):
        apply_step(store, "d1", {"fix": "polish"})


def test_a_version_remembers_what_each_of_its_steps_did(store: DatasetStore) -> None:
    apply_step(store, "d1", step("strip_markup"))
    apply_step(store, "d1", step("drop_empty"))
    assert store.version("d1", 2).did == ["1 row changed.", "1 row dropped."]
    assert store.version("d1", undo(store, "d1", 0)).did == ["1 row dropped."]


def test_a_step_is_made_before_the_one_above_it_and_its_effect_changes(store: DatasetStore) -> None:
    for fix in ("drop_duplicates", "strip_markup"):
        apply_step(store, "d1", step(fix))
    assert texts(store) == ["one", "one", "two", "", "three"]
    move_up(store, "d1", 1)  # first the markup, and then the rows are alike but for a space at the label's end
    assert [one["fix"] for one in store.version("d1", store.get("d1").current).steps] == [
        "strip_markup",
        "drop_duplicates",
    ]
    apply_step(store, "d1", MERGE)
    move_up(store, "d1", 2)
    assert texts(store) == ["one", "two", "", "three"]


def test_steps_by_hand_and_splits_keep_their_place(store: DatasetStore) -> None:
    rule, hand, split = MERGE, step("drop_rows", rows=[["train", 0]]), step("set_split")
    assert moved_up([rule, rule], 0) is None
    assert moved_up([hand, rule], 1) is None and moved_up([rule, hand], 1) is None
    assert moved_up([rule, split], 1) is None and moved_up([split, rule], 1) is None
    with pytest.raises(StateError, match="cannot come earlier"):
        move_up(store, "d1", 0)
