"""Each fix does what it says, keeps the order, leaves given test files whole, and is the same when replayed."""

from time import process_time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sft_core.config import Roles
from sft_core.data import steps
from sft_core.data.fixes.effect import Effect
from sft_core.data.fixes.markup import has_html, without_markup
from sft_core.data.fixes.mojibake import repaired
from sft_core.data.fixes.registry import FIXES, get_fix
from sft_core.errors import ConfigError, DataError

ROLES = Roles(text=("text",), label="label")


def rows(*cells: tuple[str, str], source: str = "train") -> pd.DataFrame:
    table = pd.DataFrame(cells, columns=["text", "label"], dtype="str")
    return table.assign(_source=source, _row=np.arange(len(table), dtype=np.int64), _split="")


def fixed(table: pd.DataFrame, fix: str, **params: Any) -> tuple[pd.DataFrame, Effect]:
    after, effects = steps.replay(table, [steps.step(fix, **params)], ROLES)
    return after, effects[0]


def test_every_fix_is_found_by_its_name() -> None:
    assert FIXES
    for name in FIXES:
        assert get_fix(name).title


def test_empty_rows_go_and_the_others_keep_their_order_and_number() -> None:
    after, effect = fixed(rows(("a", "x"), (" ", "x"), ("b", ""), ("c", "x")), "drop_empty")
    assert after["_row"].tolist() == [0, 3]
    assert effect.dropped == 2


def test_the_first_of_each_copy_stays() -> None:
    table = rows(("Hi", "x"), ("Hi", "x"), ("hi!", "x"), ("Hi", "y"), ("", "x"), ("", "x"))
    assert fixed(table, "drop_duplicates")[0]["_row"].tolist() == [0, 2, 3, 4, 5]
    assert fixed(table, "drop_duplicates", kind="normalised")[0]["_row"].tolist() == [0, 3, 4, 5]


def test_contradictions_get_the_label_of_the_majority_and_ties_go() -> None:
    table = rows(("a", "x"), ("A", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "x"))
    after, effect = fixed(table, "resolve_conflicts")
    assert after[["text", "label"]].values.tolist() == [["a", "x"], ["A", "x"], ["a", "x"], ["c", "x"]]
    assert (effect.dropped, effect.changed) == (2, 1)


def test_contradictions_can_be_dropped_altogether() -> None:
    after, _effect = fixed(rows(("a", "x"), ("a", "y"), ("b", "x")), "resolve_conflicts", how="drop")
    assert after["text"].tolist() == ["b"]


def test_a_given_test_file_stays_whole() -> None:
    table = pd.concat(
        [rows(("a", "x"), ("a", "x")), rows(("a", "x"), ("a", "x"), ("", "y"), ("a", "y"), source="test")]
    )
    for fix, params in [
        ("drop_empty", {}),
        ("drop_duplicates", {}),
        ("resolve_conflicts", {"how": "drop"}),
        ("drop_rare_classes", {"least": 9}),
        ("drop_short", {"shortest": 9}),
    ]:
        after, _effect = fixed(table, fix, **params)
        assert (after["_source"] == "test").sum() == 4, fix


def test_class_names_are_merged() -> None:
    table = rows(("a", " Billing "), ("b", "biling"), ("c", "New York"))
    after, effect = fixed(table, "merge_labels", mapping={"biling": "Billing", " Billing ": "Billing"})
    assert after["label"].tolist() == ["Billing", "Billing", "New York"]
    assert effect.changed == 2


def test_the_answer_that_is_given_today_bears_the_same_names() -> None:
    table = rows(("a", "Billing"), ("b", "billing "), ("c", "Other")).assign(now=["Billing", "billing ", "billing "])
    roles = ROLES.model_copy(update={"rival": "now"})
    merged = [steps.step("merge_labels", mapping={"billing ": "Billing"})]
    after, effects = steps.replay(table, merged, roles)
    right = [(t["label"] == t["now"]).mean() for t in (table, after)]
    assert right[0] == right[1] == 2 / 3
    assert effects[0].changed == 2
    gone = steps.replay(table.drop(columns="now"), merged, roles)[0]
    assert gone["label"].tolist() == ["Billing", "Billing", "Other"]


def test_rare_classes_go() -> None:
    after, _effect = fixed(rows(*[("a", "x")] * 5, ("b", "y")), "drop_rare_classes", least=2)
    assert set(after["label"]) == {"x"}
    assert len(after) == 5


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("one<br />two", "one two"),
        ("<p>Hello</p>", "Hello"),
        ('<div class="m">a</div>&nbsp;b', "a b"),
        ("a&nbsp;b", "a b"),
        ("Tom &amp; Ana &#39;s", "Tom & Ana 's"),
        ("bell\x07 and\u200b zero", "bell and zero"),
        ("I <3 you, 1 < 2 > 0, <user> said AT&T; R&D;", "I <3 you, 1 < 2 > 0, <user> said AT&T; R&D;"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_markup_goes_and_peoples_own_signs_stay(text: str, plain: str) -> None:
    assert without_markup(text) == plain
    assert fixed(rows((text, "x")), "strip_markup")[0]["text"].tolist() == [plain]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<!DOCTYPE html><html><p>Where is it?</p></html>", "Where is it?"),
        ("<!doctype HTML PUBLIC '-//W3C//DTD'>Where is it?", "Where is it?"),
        ('<?xml version="1.0"?> Where is it?', "Where is it?"),
        ("<![CDATA[Where is it?]]>", "Where is it?"),
        ("<style type='text/css'>\np { color: red }\n</style>Where is it?", "Where is it?"),
        ("<SCRIPT>if (a < b) { go() }</SCRIPT >Where is it?", "Where is it?"),
        ("<style>p {}</style>Where<script>x()</script> is it?<style>b {}</style>", "Where is it?"),
        ("<script>an open end", "an open end"),
    ],
)
def test_what_only_a_browser_reads_goes_with_its_marks(text: str, plain: str) -> None:
    table = rows((text, "x"))
    assert has_html(table["text"]).all()
    after = fixed(table, "strip_markup")[0]["text"]
    assert after.tolist() == [plain] and not has_html(after).any()


def test_brackets_of_ones_own_stay() -> None:
    assert fixed(rows(("see [[this]]> and <!important>", "x")), "strip_markup")[1].changed == 0


def test_very_many_open_scripts_take_no_long_time() -> None:
    start = process_time()
    without_markup("<script>" * 20_000)
    assert process_time() - start < 2


@pytest.mark.parametrize(("broken", "meant"), [("schÃ¶n", "schön"), ("Iâ€™m", "I’m"), ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет")])
def test_broken_letters_are_repaired(broken: str, meant: str) -> None:
    assert fixed(rows((broken, "x")), "fix_mojibake")[0]["text"].tolist() == [meant]


@pytest.mark.parametrize("text", ["schön", "¿Qué?", "«À la carte»", "Å‘", "naïve café", "ÂÃ", "СЃРЅРµРі?"])
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    assert repaired(repaired(text)) == repaired(text)


@pytest.mark.parametrize("text", ["schön", "¿Qué?", "Smörgås – fin", "日本語", "naïve “café”", "Ärger…"])
def test_right_letters_are_left_alone(text: str) -> None:
    assert fixed(rows((text, "x")), "fix_mojibake")[1].changed == 0


def test_short_and_long_texts_go() -> None:
    table = rows(("a", "x"), ("abcd", "x"), ("a" * 50, "x"))
    assert fixed(table, "drop_short", shortest=3)[0]["_row"].tolist() == [1, 2]
    assert fixed(table, "drop_long", longest=20)[0]["_row"].tolist() == [0, 1]


def test_single_rows_are_dropped_relabelled_and_edited_by_their_number() -> None:
    table = pd.concat([rows(("a", "x"), ("b", "x")), rows(("c", "x"), source="test")])
    assert fixed(table, "drop_rows", rows=[["test", 0]])[0]["text"].tolist() == ["a", "b"]
    assert fixed(table, "relabel_rows", rows=[["train", 1]], label="y")[0]["label"].tolist() == ["x", "y", "x"]
    after, effect = fixed(table, "edit_text", row=["train", 0], column="text", text="new")
    assert after["text"].tolist() == ["new", "b", "c"]
    assert effect.changed == 1
    with pytest.raises(DataError, match="no column"):
        fixed(table, "edit_text", row=["train", 0], column="_row", text="7")


def test_a_split_is_a_step() -> None:
    table = rows(*[(f"text {i}", "x") for i in range(50)])
    after, effect = fixed(table, "set_split", method="random", test_share=0.2)
    assert (after["_split"] == "test").sum() == 10
    assert "10 for test" in effect.message


def test_a_fix_never_changes_the_table_that_it_was_given() -> None:
    table = rows(("<b>a</b>", " x "), ("<b>a</b>", " x "), ("", ""), ("b", "y"), ("b", "z"))
    before = table.copy()
    for fix in ("drop_empty", "drop_duplicates", "resolve_conflicts", "strip_markup", "fix_mojibake"):
        fixed(table, fix)
    fixed(table, "merge_labels", mapping={" x ": "x"})
    pd.testing.assert_frame_equal(table, before)


def test_steps_are_replayed_in_order_and_give_the_same_again() -> None:
    table = rows(("<b>a</b>", "x "), ("a", "x"), ("c", "y"), ("d", "y"))
    todo = [steps.step("strip_markup"), steps.step("merge_labels", mapping={"x ": "x"}), steps.step("drop_duplicates")]
    first, effects = steps.replay(table, todo, ROLES)
    again, _effects = steps.replay(table, todo, ROLES)
    assert first["_row"].tolist() == [0, 2, 3]
    assert [effect.changed + effect.dropped for effect in effects] == [1, 1, 1]
    pd.testing.assert_frame_equal(first, again)


def test_a_preview_shows_rows_before_and_after() -> None:
    table = rows(("<b>a</b>", "x"), ("b", "x"), ("", "x"))
    cleaned = steps.preview(table, steps.step("strip_markup"), ROLES)
    assert cleaned.examples == [{"source": "train", "row": 0, "column": "text", "before": "<b>a</b>", "after": "a"}]
    dropped = steps.preview(table, steps.step("drop_empty"), ROLES)
    assert dropped.effect.dropped == 1
    assert dropped.examples[0]["after"] is None


def test_every_step_can_be_said_in_words() -> None:
    merged = steps.step("merge_labels", mapping={"biling": "Billing"})
    assert steps.describe(merged, ROLES) == "“biling” renamed to “Billing”"
    assert steps.describe(steps.step("set_split", method="group"), ROLES) == "Split by group, 20% for the test"
    assert "5" in steps.describe({"fix": "drop_rare_classes"}, ROLES)


def test_buttons_of_exact_and_near_copies_differ() -> None:
    said = [steps.button(steps.step("drop_duplicates", kind=kind), ROLES) for kind in ("exact", "normalised", "near")]
    assert said == ["Drop duplicates", "Drop near copies", "Drop near copies"]
    assert steps.button(steps.step("merge_labels", mapping={"a": "B", "b": "B"}), ROLES) == "Write all as B"
    assert steps.button(steps.step("drop_short"), ROLES) == "Drop very short texts"


def test_steps_speak_of_what_the_rows_are() -> None:
    pictures = Roles(image="image", label="label")
    assert steps.describe(steps.step("drop_duplicates"), pictures) == "Repeated pictures dropped"
    assert steps.button(steps.step("drop_empty"), pictures) == "Drop empty pictures"
    assert steps.describe(steps.step("drop_rows", rows=[("train", 0)]), pictures) == "1 picture dropped by hand"
    assert steps.describe(steps.step("resolve_conflicts", how="drop"), ROLES).startswith("Rows that contradict")


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"fix": "polish"}, "no fix 'polish'"),
        ({"params": {}}, "needs the name"),
        ({"fix": "drop_short", "params": {"shortest": 0}}, "shortest"),
        ({"fix": "drop_empty", "params": {"x": 1}}, "no setting 'x'"),
    ],
)
def test_a_wrong_step_is_refused_in_words(step: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        steps.describe(step, ROLES)
