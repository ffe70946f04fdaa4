"""Nothing lies on two sides: after a split, after what changes the rows later, and when a run begins."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sft_core.config import ReadOptions, Roles, SplitPlan, TrainRequest
from sft_core.data import steps
from sft_core.data.audit import audit
from sft_core.data.gathering import gather
from sft_core.data.one_side import NOT_KEPT, made_sure
from sft_core.data.reading import read_table
from sft_core.data.splitting import assign
from sft_core.data.steps import Step, step
from sft_core.data.store import DatasetStore
from sft_core.workspace import Workspace

ROLES = Roles(text=("text",), label="label")
GROUPED = Roles(text=("text",), label="label", group="person")


def table_of(**columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"_source": "train", "_split": "", **columns}, dtype="str")
    return table.assign(_row=np.arange(len(table), dtype=np.int64))


def plain_and_marked(n: int = 60) -> pd.DataFrame:
    """Each text twice, once in markup: other letters, yet the same text once it is cleaned."""
    texts = [f"message number {i}" for i in range(n)]
    return table_of(text=[*texts, *(f"<p>{text}</p>" for text in texts)], label=["a", "b"] * n)


def replayed(table: pd.DataFrame, *wanted: Step, roles: Roles = ROLES) -> tuple[pd.DataFrame, list[str]]:
    done, effects = steps.replay(table, wanted, roles)
    return done, [effect.message for effect in effects]


def test_rows_that_a_later_step_makes_equal_leave_training_and_the_step_says_so() -> None:
    split, _said = replayed(plain_and_marked(), step("set_split"))
    done, (said,) = replayed(split, step("strip_markup"))
    proof, left = audit(done, ROLES), int((done["_split"] == "").sum())
    assert proof["duplicates_across_splits"] == 0 and left > 0
    assert f"{left} rows of training or validation have the same text as a row" in said
    tested = (split["_split"] == "test").to_numpy()
    assert (done["_split"][tested] == "test").all()


def test_cleaning_before_or_after_a_test_file_comes_to_the_same() -> None:
    texts = [f"message number {i}" for i in range(40)]
    table = table_of(text=[f"<p>{text}</p>" for text in texts] + texts[:9], label=["a", "b"] * 24 + ["a"])
    table["_source"] = ["train"] * 40 + ["test"] * 9
    before, _said = replayed(table, step("strip_markup"), step("set_split"))
    after, _said = replayed(table, step("set_split"), step("strip_markup"))
    for done in (before, after):
        assert audit(done, ROLES)["duplicates_across_splits"] == 0
        assert done["_split"].tolist()[:9] == [""] * 9 and done["_split"].tolist()[40:] == ["test"] * 9


def test_a_text_edited_into_that_of_a_test_row_leaves_training() -> None:
    split, _said = replayed(plain_and_marked(), step("set_split"))
    source, target = (split.loc[split["_split"] == side].iloc[0] for side in ("test", "train"))
    edit = step("edit_text", row=("train", int(target["_row"])), column="text", text=source["text"].upper())
    seen = steps.preview(split, edit, ROLES)
    done, (said,) = replayed(split, edit)
    assert done.loc[done["_row"] == target["_row"], "_split"].item() == ""
    assert seen.effect.message == said and "1 row of training or validation has the same text" in said
    assert [one["column"] for one in seen.examples] == ["text"]


def test_steps_that_change_no_text_say_nothing_of_sides() -> None:
    split, _said = replayed(plain_and_marked(), step("set_split"))
    _done, said = replayed(
        split, step("drop_rows", rows=[("train", 3)]), step("relabel_rows", rows=[("train", 4)], label="b")
    )
    assert not any("training" in sentence for sentence in said)


def test_a_run_on_an_old_version_leaves_out_what_crosses_and_says_so(workspace: Workspace, tmp_path: Path) -> None:
    table = table_of(text=[f"message {i // 2}" for i in range(80)], label=["a", "a", "b", "b"] * 20)
    table["_split"] = (["train"] * 20 + ["validation"] * 2 + ["test"] * 2) * 3 + ["train"] * 5 + ["test"] * 3
    path = tmp_path / "rows.csv"
    table[["text", "label"]].to_csv(path, index=False)
    store = DatasetStore(workspace)
    store_old_version(store, table, path)
    gathered = gather(TrainRequest(dataset="d1"), workspace, tmp_path, lambda _share, _words: None)
    assert audit(table, ROLES)["duplicates_across_splits"] == 2
    assert audit(gathered.table, ROLES)["duplicates_across_splits"] == 0
    assert len(gathered.rows("test")) == (table["_split"] == "test").sum()
    assert gathered.warnings[0].startswith("1 row of training or validation has the same text")


def store_old_version(store: DatasetStore, table: pd.DataFrame, path: Path) -> None:
    """A dataset whose current version has this split, whatever it is."""
    facts = read_table(path, ReadOptions(), path.parent / "read.parquet")
    with store.room() as room:
        files = {"train": path}
        parts = {"train": (path.parent / "read.parquet", facts)}
        store.create_from("rows", files, parts, room=room, roles=ROLES, dataset="d1")
    number = store.add_version("d1", table, [step("set_split")], parent=0, did=["as it was"])
    store.set_current("d1", number)


@pytest.mark.parametrize("method", ["column", "time", "random"])
def test_groups_stay_together_with_every_kind_of_split(method: str) -> None:
    n = 300
    table = table_of(
        text=[f"text {i}" for i in range(n)],
        label=["a", "b", "b"] * 100,
        person=[str(i // 7) for i in range(n)],
        when=[f"2024-{1 + i // 30:02}-{1 + i % 28:02}" for i in range(n)],
        part=["train"] * 230 + ["test"] * 70,
    )
    roles = GROUPED.model_copy(update={"time": "when", "split": "part"})
    series, facts = assign(table, roles, SplitPlan(method=method))
    proof = audit(table.assign(_split=series), roles)
    assert proof["groups_across_splits"] == proof["test_rows_of_met_groups"] == 0
    assert all(facts.totals.values())
    told = [note for note in facts.notes if "to the same group as a row of the test" in note]
    assert bool(told) == (method != "random") and facts.moved == 0


def test_groups_stay_together_with_a_given_test_file() -> None:
    table = table_of(
        text=[f"text {i}" for i in range(60)], label=["a", "b", "b"] * 20, person=[str(i % 20) for i in range(60)]
    )
    table["_source"] = ["train"] * 58 + ["test"] * 2
    series, facts = assign(table, GROUPED, SplitPlan())
    assert audit(table.assign(_split=series), GROUPED)["groups_across_splits"] == 0
    assert facts.totals["test"] == 2
    assert "4 rows of training or validation belong to the same group" in facts.notes[0]


def test_where_groups_would_empty_training_it_says_that_they_are_not_kept() -> None:
    table = table_of(
        text=[f"text {i}" for i in range(100)],
        label=["a", "b"] * 50,
        person=[str(i % 5) for i in range(100)],
        when=[str(i) for i in range(100)],
    )
    roles = GROUPED.model_copy(update={"time": "when"})
    series, facts = assign(table, roles, SplitPlan(method="time"))
    assert NOT_KEPT in facts.notes and facts.totals == {"train": 72, "validation": 8, "test": 20}
    proof = audit(table.assign(_split=series), roles)
    assert proof["groups_across_splits"] == 5 and proof["test_rows_of_met_groups"] == 20
    again, said = made_sure(table.assign(_split=series), roles)
    assert said == [NOT_KEPT] and again["_split"].tolist() == series.tolist()


def test_a_table_without_a_split_is_left_as_it_is() -> None:
    table = plain_and_marked()
    assert made_sure(table, ROLES) == (table, []) and made_sure(table, Roles()) == (table, [])


def test_the_audit_counts_test_rows_apart() -> None:
    table = table_of(
        text=["same", "SAME", "Same!", "x", "x.", "y"], label=["a"] * 6, person=["1", "2", "3", "4", "5", "4"]
    )
    table["_split"] = ["train", "test", "validation", "train", "validation", "test"]
    proof = audit(table, GROUPED)
    assert (proof["duplicates_across_splits"], proof["test_rows_met"]) == (5, 1)
    assert (proof["groups_across_splits"], proof["test_rows_of_met_groups"]) == (1, 1)
