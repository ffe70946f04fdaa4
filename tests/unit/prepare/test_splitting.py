"""Dealing rows out: shares, classes, duplicates, groups, times, given files; and the audit that proves it."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pytest

from sft_core.config import Roles, SplitPlan
from sft_core.data.audit import audit
from sft_core.data.dealing import lots
from sft_core.data.duplicates import exact_keys
from sft_core.data.split_facts import SplitFacts
from sft_core.data.splitting import assign
from sft_core.errors import DataError

KEYS = [6829791950415909429, 8648182250478296374, 1760245841805064774]
LOTS = [15339685365982553465, 12164979520408741138, 4134127444496001756]
SIDES = "rrrarrrreerrrrrerera"  # the second letter of each side
PLACES = {"group": "person", "time": "when", "split": "part"}


def table_of(**columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(columns, dtype="str")
    if "_source" not in table:
        table["_source"] = "train"
    return table.assign(_row=np.arange(len(table), dtype=np.int64), _split="")


def messages(sizes: dict[str, int], **columns: list[str]) -> pd.DataFrame:
    labels = [label for label, n in sizes.items() for _ in range(n)]
    return table_of(text=[f"message number {i}" for i in range(len(labels))], label=labels, **columns)


def split(table: pd.DataFrame, **plan: object) -> tuple[pd.DataFrame, SplitFacts]:
    series, facts = assign(table, roles_of(table), SplitPlan.model_validate(plan))
    return table.assign(_split=series), facts


def roles_of(table: pd.DataFrame) -> Roles:
    present = {role: name for role, name in PLACES.items() if name in table}
    return Roles(text=("text",), label="label", **present)


def test_the_shares_are_kept_in_every_class() -> None:
    table, facts = split(messages({"a": 500, "b": 100, "c": 50}))
    assert facts.totals == {"train": 468, "validation": 52, "test": 130}
    assert facts.counts["c"] == {"train": 36, "validation": 4, "test": 10}
    assert audit(table, roles_of(table))["duplicates_across_splits"] == 0


def test_the_same_seed_gives_the_same_split_and_another_one_another() -> None:
    table = messages({"a": 50, "b": 50})
    first, _facts = split(table, seed=3)
    again, _facts = split(table, seed=3)
    other, _facts = split(table, seed=4)
    assert first["_split"].tolist() == again["_split"].tolist() != other["_split"].tolist()


@pytest.mark.parametrize("sizes", [{"a": 150, "b": 150}, {f"class {i}": 2 + i % 5 for i in range(70)}])
def test_a_row_that_goes_or_changes_its_class_moves_hardly_another_one(sizes: dict[str, int]) -> None:
    table = messages(sizes)
    before, _facts = split(table)
    for row in range(0, len(table), 37):
        gone, _facts = split(table.drop(index=row))
        relabelled, _facts = split(
            table.assign(label=table["label"].mask(table["_row"] == row, table["label"].iloc[-1]))
        )
        for after, most in ((gone, 2), (relabelled, 4)):
            assert (after["_split"] != before["_split"].loc[after.index]).sum() <= most


def test_the_order_of_the_rows_says_nothing() -> None:
    table = messages({"a": 70, "b": 30}, person=[str(i // 3) for i in range(100)])
    shuffled = table.sample(frac=1, random_state=1)
    for method in ("random", "group"):
        before, after = split(table, method=method)[0], split(shuffled, method=method)[0]
        assert after["_split"].loc[table.index].tolist() == before["_split"].tolist()


def test_the_lots_are_the_same_in_every_process_and_version() -> None:
    names = exact_keys(["a message", "another", ""])
    assert names.tolist() == KEYS
    assert lots(names, 0).tolist() == LOTS
    done, _facts = split(messages({"a": 12, "b": 8}))
    assert "".join(side[1] for side in done["_split"]) == SIDES


@pytest.mark.parametrize("seed", range(5))
def test_every_class_with_three_texts_stands_in_every_split(seed: int) -> None:
    sizes = {f"class {i}": n for i, n in enumerate([3, 3, 4, 5, 9, 200])}
    _table, facts = split(messages(sizes), seed=seed)
    assert all(min(counts.values()) >= 1 for counts in facts.counts.values())


def test_classes_of_one_and_two_rows_are_dealt_and_named() -> None:
    _table, facts = split(messages({"big": 100, "lone": 1, "pair": 2, "couple": 2}))
    assert facts.counts["lone"] == {"train": 1, "validation": 0, "test": 0}
    assert facts.counts["pair"]["train"] == 1
    assert any("lone" in note and "not tested" in note for note in facts.notes)
    assert {"pair", "couple"} & set(facts.too_few)


def test_only_classes_of_one_row_each_crash_nothing() -> None:
    _table, facts = split(messages({"a": 1, "b": 1}))
    assert facts.totals == {"train": 2, "validation": 0, "test": 0}
    assert any("No row is left for test" in note for note in facts.notes)


def test_two_rows_of_two_classes_still_give_three_parts() -> None:
    _table, facts = split(messages({"a": 2, "b": 2}))
    assert min(facts.totals.values()) >= 1


def test_copies_stay_on_one_side_whatever_their_labels_say() -> None:
    rng = np.random.default_rng(0)
    texts = [f"Message {i}" for i in rng.integers(0, 300, 1500)]
    dressed = [text.upper() + "!" if flip else text for text, flip in zip(texts, rng.random(1500) < 0.3, strict=True)]
    table = table_of(text=dressed, label=[str(n) for n in rng.integers(0, 7, 1500)])
    done, facts = split(table)
    proof = audit(done, roles_of(done))
    assert proof["duplicates_across_splits"] == proof["exact_across_splits"] == 0
    assert facts.left_out == 0
    assert abs(facts.totals["test"] / 1500 - 0.2) < 0.03


def test_one_text_that_fills_a_class_does_not_empty_the_test() -> None:
    table = table_of(text=["same"] * 90 + [f"other {i}" for i in range(10)], label=["a"] * 100)
    _table, facts = split(table)
    assert facts.totals["test"] >= 1
    assert facts.totals["validation"] >= 1


def test_rows_without_text_or_label_are_in_no_split() -> None:
    table = table_of(text=["", "b", "c", "d", "e", "f"], label=["x", "", "x", "x", "x", "x"])
    done, facts = split(table)
    assert done["_split"].tolist()[:2] == ["", ""]
    assert facts.left_out == 2
    assert facts.notes[0].startswith("2 rows without text or label")


def test_a_given_test_file_stays_whole_and_training_gives_way() -> None:
    table = table_of(
        text=["one", "two", "three", "four", "five", "six", "ONE!", "seven"],
        label=["a", "a", "a", "b", "b", "b", "a", "new"],
        _source=["train"] * 6 + ["test"] * 2,
    )
    done, facts = split(table)
    assert done["_split"].tolist()[6:] == ["test", "test"]
    assert done["_split"].iloc[0] == ""
    assert facts.moved == 1
    assert any("left out" in note for note in facts.notes)
    assert any("Not in training: new" in note for note in facts.notes)
    assert any("Not in the test: b" in note for note in facts.notes)


def test_given_validation_and_test_files_leave_nothing_to_cut_off() -> None:
    table = messages({"a": 30}, _source=["train"] * 10 + ["validation"] * 10 + ["test"] * 10)
    done, _facts = split(table)
    assert done["_split"].tolist() == done["_source"].tolist()


def test_a_test_file_that_holds_all_training_rows_is_refused_in_words() -> None:
    table = table_of(text=["one", "one"], label=["a", "a"], _source=["train", "test"])
    with pytest.raises(DataError, match="No row is left to learn from"):
        split(table)


def test_a_group_lies_on_one_side() -> None:
    rng = np.random.default_rng(1)
    table = messages({"a": 400, "b": 200, "c": 60}, person=[str(n) for n in rng.integers(0, 80, 660)])
    done, facts = split(table, method="group")
    proof = audit(done, roles_of(done))
    assert proof["groups_across_splits"] == proof["duplicates_across_splits"] == 0
    assert abs(facts.totals["test"] / 660 - 0.2) < 0.06
    assert all(min(counts.values()) >= 1 for counts in facts.counts.values())


def test_a_text_that_everybody_writes_does_not_chain_all_groups_into_one() -> None:
    texts = [f"text {i}" if i % 5 else "thanks" for i in range(500)]
    table = table_of(text=texts, label=["a", "b"] * 250, person=[str(i // 10) for i in range(500)])
    done, facts = split(table, method="group")
    proof = audit(done, roles_of(done))
    assert proof["groups_across_splits"] == proof["duplicates_across_splits"] == 0
    assert facts.totals["test"] > 40
    assert any("same text stands in a group" in note for note in facts.notes)


def test_a_group_and_its_texts_give_way_to_a_given_test_file() -> None:
    table = table_of(
        text=["a", "b", "c", "d", "e", "A"],
        label=["x"] * 6,
        person=["1", "1", "2", "3", "4", "1"],
        _source=["train"] * 5 + ["test"],
    )
    done, _facts = split(table, method="group")
    assert done["_split"].tolist()[:2] == ["", ""]
    assert "" not in done["_split"].tolist()[2:]


def test_rows_without_a_group_are_not_one_large_group() -> None:
    table = messages({"a": 100}, person=["", " "] * 50)
    _table, facts = split(table, method="group")
    assert facts.totals["test"] == 20


@pytest.mark.parametrize(
    "notation",
    ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S", "%d %b %Y", "%s"],
)
def test_the_latest_rows_are_the_test(notation: str) -> None:
    days = pd.date_range("2023-01-01", periods=200, freq="3D")
    when = [str(day.timestamp()) if notation == "%s" else day.strftime(notation) for day in days]
    order = np.random.default_rng(0).permutation(200)
    table = messages({"a": 200}, when=[when[i] for i in order])
    done, facts = split(table, method="time")
    assert facts.totals == {"train": 144, "validation": 16, "test": 40}
    assert set(done["_split"][order >= 160]) == {"test"}
    assert audit(done, roles_of(done))["later_than_test"] == 0


def test_one_moment_for_all_rows_falls_back_to_chance_and_says_so() -> None:
    _table, facts = split(messages({"a": 100}, when=["2024-01-01"] * 100), method="time")
    assert facts.totals["test"] == 20
    assert any("drawn at random" in note for note in facts.notes)


def test_unreadable_times_stay_in_training() -> None:
    table = messages({"a": 100}, when=[f"2024-01-{i % 28 + 1:02}" for i in range(95)] + ["soon"] * 5)
    done, facts = split(table, method="time")
    assert done["_split"].tolist()[95:] == ["train"] * 5
    assert any("without a readable time" in note for note in facts.notes)


def test_an_own_column_is_followed_and_strange_words_are_left_out() -> None:
    table = messages({"a": 60}, part=["Train"] * 40 + ["dev"] * 9 + ["TEST "] * 10 + ["maybe"])
    done, facts = split(table, method="column")
    assert done["_split"].tolist() == ["train"] * 40 + ["validation"] * 9 + ["test"] * 10 + [""]
    assert any("'maybe'" in note for note in facts.notes)


def test_what_an_own_column_lacks_is_drawn_from_training() -> None:
    _table, facts = split(messages({"a": 100}, part=["train"] * 80 + ["test"] * 20), method="column")
    assert facts.totals == {"train": 72, "validation": 8, "test": 20}


@pytest.mark.parametrize("method", ["group", "time", "column"])
def test_a_method_without_its_column_says_which_one_to_choose(method: str) -> None:
    with pytest.raises(DataError, match="No column is chosen"):
        assign(messages({"a": 9}), Roles(text=("text",), label="label"), SplitPlan(method=method))


def test_the_audit_finds_a_dishonest_split() -> None:
    table = table_of(text=["same", "SAME", "x", "y"], label=["a", "a", "b", "c"], person=["1", "1", "2", "3"])
    proof = audit(table.assign(_split=["train", "test", "train", "test"]), roles_of(table))
    assert proof["duplicates_across_splits"] == 2
    assert proof["exact_across_splits"] == 0
    assert proof["groups_across_splits"] == 1
    assert proof["labels_only_in_test"] == ["c"]


def test_real_data_is_split_without_a_row_on_two_sides(shared_data: Path) -> None:
    folder = shared_data / "text" / "banking77"
    parts = {
        name: pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False) for name in ("train", "test")
    }
    table = pd.concat([part.assign(_source=name) for name, part in parts.items()], ignore_index=True)
    roles = Roles(text=("text",), label="category")
    series, facts = assign(table, roles, SplitPlan())
    assert audit(table.assign(_split=series), roles)["duplicates_across_splits"] == 0
    assert facts.totals["test"] == 3080
    assert min(counts["validation"] for counts in facts.counts.values()) >= 1


@pytest.mark.slow
def test_a_million_rows_take_seconds() -> None:
    rng = np.random.default_rng(0)
    n = 1_000_000
    table = table_of(
        text=[f"message {i} about something" for i in rng.integers(0, 800_000, n)],
        label=[f"class {i}" for i in rng.integers(0, 150, n)],
        person=[f"person {i}" for i in rng.integers(0, 500_000, n)],
    )
    start = perf_counter()
    _table, facts = split(table)
    assert perf_counter() - start < 30
    assert abs(facts.totals["test"] / n - 0.2) < 0.01
