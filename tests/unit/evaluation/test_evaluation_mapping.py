"""Columns and classes of a later file find their place, or are named as unknown."""

import pandas as pd
import pytest

from sft_core.config import Roles
from sft_core.errors import DataError
from sft_core.evaluation.mapping import as_run_sees, columns_of_numbers, label_map, match_columns, suggest_labels

OURS = ["Billing", "Cancellation", "Delivery", "Technical"]


def suggested(**theirs: int) -> dict[str, str | None]:
    return {match.theirs: match.ours for match in suggest_labels(theirs, OURS)}


def test_spellings_are_recognised_and_new_classes_are_not():
    found = suggested(billing=10, Cancelation=5, DELIVERY=3, Refund=2)
    assert found == {"billing": "Billing", "Cancelation": "Cancellation", "DELIVERY": "Delivery", "Refund": None}


def test_only_the_same_word_written_differently_is_sure():
    matches = suggest_labels({" billing ": 10, "Cancelation": 5, "Billing": 1}, OURS)
    assert {match.theirs: match.sure for match in matches} == {" billing ": True, "Cancelation": False, "Billing": True}
    assert label_map(matches) == {" billing ": "Billing", "Cancelation": "Cancellation"}
    assert label_map(matches, only_sure=True) == {" billing ": "Billing"}


@pytest.mark.parametrize("theirs", ["A1", "12", "card_payment_2", "x", "—"])
def test_codes_are_never_guessed(theirs):
    assert suggest_labels({theirs: 1}, ["A2", "13", "card_payment_1", "y", "–"])[0].ours is None


def test_labels_that_differ_only_in_capitals_in_the_run_are_not_mixed_up():
    assert suggest_labels({"US": 1}, ["us", "Us"])[0].ours is None


def test_columns_are_found_by_name_then_by_what_stands_in_them():
    table = pd.DataFrame(
        {
            "_row": [0, 1],
            "id": ["1", "2"],
            "Body": ["a long message about a bill", "another long message"],
            "kind": ["billing", "Delivery"],
        }
    )
    roles = Roles(text=("message",), label="topic")
    text, label = match_columns(table, roles, OURS)
    assert (text.theirs, text.sure) == ("Body", False)
    assert (label.theirs, label.reason) == ("kind", "it holds the classes of the model")


def test_the_same_name_in_other_capitals_is_sure():
    table = pd.DataFrame({"MESSAGE ": ["x"], "Topic": ["y"]})
    matches = match_columns(table, Roles(text=("message",), label="topic"), OURS)
    assert [(match.theirs, match.sure) for match in matches] == [("MESSAGE ", True), ("Topic", True)]


def test_a_file_without_labels_leaves_the_label_open():
    table = pd.DataFrame({"message": ["x"], "date": ["2026"]})
    assert match_columns(table, Roles(text=("message",), label="topic"), OURS)[1].theirs is None


def test_one_column_never_plays_two_parts():
    table = pd.DataFrame({"title": ["a", "b"]})
    found = match_columns(table, Roles(text=("title", "body")), OURS)
    assert [match.theirs for match in found] == ["title", None]


def test_the_run_sees_its_own_column_names():
    table = pd.DataFrame({"_row": [5], "Body": ["a bill came"], "kind": ["Billing"], "message": ["other"]})
    roles = Roles(text=("text",), label="topic")
    matches = match_columns(table[["_row", "Body", "kind"]], roles, OURS)
    seen = as_run_sees(table, roles, matches)
    assert seen.to_dict("list") == {"_row": [5], "text": ["a bill came"], "topic": ["Billing"]}


def test_a_missing_text_column_is_named_with_what_there_is():
    table = pd.DataFrame({"title": ["a"]})
    roles = Roles(text=("title", "body"))
    with pytest.raises(DataError, match="no column “body”") as error:
        as_run_sees(table, roles, match_columns(table, roles))
    assert error.value.hint == (
        "It has “title”. Name the columns with the text, for example: --text title --text COLUMN"
    )


def test_an_empty_table_matches_by_name_only():
    table = pd.DataFrame({"message": [], "other": []}, dtype=object)
    found = match_columns(table, Roles(text=("message",), label="topic"), OURS)
    assert [match.theirs for match in found] == ["message", None]


NUMBERS = [str(number) for number in range(50)]


def test_a_column_of_numbers_is_never_guessed_to_be_the_text():
    """A file of other columns is no file of comments because one of its columns is the longest."""
    table = pd.DataFrame({"foo": NUMBERS, "bar": ["Good", "Bad"] * 25})
    assert [m.theirs for m in match_columns(table, Roles(text=("Comment",), label="topic"), OURS)] == [None, None]


def test_a_text_is_guessed_by_its_contents_only_where_there_is_no_choice_and_somebody_looks():
    one = pd.DataFrame({"foo": NUMBERS, "bar": [f"the bill {n} is too high" for n in NUMBERS]})
    two = one.assign(more=[f"we looked at bill {n}" for n in NUMBERS])
    comment, pair = Roles(text=("Comment",)), Roles(text=("Comment",), text_pair="Reply")
    assert match_columns(one, comment)[0].theirs == "bar" and not match_columns(one, comment)[0].sure
    assert match_columns(one, comment, guess_text=False)[0].theirs is None
    assert match_columns(two, comment)[0].theirs is None
    assert [match.theirs for match in match_columns(two, pair)] == [None, None]


@pytest.mark.parametrize("theirs", ["Comments", " comment_ ", "COMMENT"])
def test_nearly_the_same_name_needs_no_hand(theirs):
    table = pd.DataFrame({theirs: ["too high"], "id": ["1"]})
    assert match_columns(table, Roles(text=("Comment",)), guess_text=False)[0].theirs == theirs


def test_the_number_of_a_message_is_not_the_message():
    table = pd.DataFrame({"message_id": [f"A-{n}" for n in NUMBERS], "messages2": NUMBERS})
    assert match_columns(table, Roles(text=("message",)), guess_text=False)[0].theirs is None


def test_the_hint_says_how_to_name_the_column_and_prefers_words():
    table = pd.DataFrame({"foo": NUMBERS, "my bar": ["Good service", "Bad"] * 25})
    roles = Roles(text=("Comment",))
    with pytest.raises(DataError) as error:
        as_run_sees(table, roles, match_columns(table, roles, guess_text=False))
    assert error.value.message == "The file has no column “Comment”."
    assert error.value.hint == (
        "It has “foo” and “my bar”. Name the column with the text, for example: --text 'my bar'"
    )


def test_numbers_in_the_place_of_the_text_are_noticed_unless_the_run_reads_numbers_too():
    table = pd.DataFrame({"foo": NUMBERS, "age": NUMBERS, "note": ["it hurts"] * 50})
    alone = Roles(text=("foo",))
    assert columns_of_numbers(table, alone, match_columns(table, alone)) == ["foo"]
    several = Roles(text=("note", "age"))
    assert columns_of_numbers(table, several, match_columns(table, several)) == []
