"""What counts as the same text."""

import random

import numpy as np
import pandas as pd
import pytest

from sft_core.config import Roles
from sft_core.data import duplicates


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Where is my card?", "where is  my card"),
        ("I'm waiting", "i’m waiting"),
        ("STRASSE", "straße"),
        ("caf\u00e9", "cafe\u0301"),
        ("full\u00a0width", "full width"),
        ("zero\u200bwidth", "zerowidth"),
        (" padded\n", "padded"),
    ],
)
def test_texts_that_differ_in_dress_only_are_the_same(left: str, right: str) -> None:
    assert duplicates.normalise(left) == duplicates.normalise(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("thanks :)", "thanks :("), ("50%", "50"), ("C#", "C"), ("+5", "-5"), ("?!", ""), ("😀", "😡"), ("की", "का")],
)
def test_texts_that_mean_something_else_stay_apart(left: str, right: str) -> None:
    assert duplicates.normalise(left) != duplicates.normalise(right)


def test_normalising_twice_changes_nothing_more() -> None:
    for text in ("Ｆｕｌｌ width…", "İstanbul!", "a . b", "?!", "", "ﬁne", "e\u0301."):
        once = duplicates.normalise(text)
        assert duplicates.normalise(once) == once


def test_keys_are_equal_for_equal_texts_and_in_every_table() -> None:
    first = duplicates.exact_keys(["a", "b", "a"])
    assert first[0] == first[2] != first[1]
    assert duplicates.exact_keys(["a"])[0] == first[0]


def test_hashes_of_rows_know_the_text_and_its_pair_but_not_the_label() -> None:
    plain, same, other = duplicates.row_hashes(["Hello!", "hello", "hello you"])
    assert plain == same != other
    assert len(plain) == 32
    assert duplicates.row_hashes(["a"], ["b"]) != duplicates.row_hashes(["a"], ["c"])
    assert duplicates.row_hashes(["a b"], ["c"]) != duplicates.row_hashes(["a"], ["b c"])


def test_a_row_is_empty_only_where_all_its_text_columns_are() -> None:
    table = pd.DataFrame({"title": ["", " ", "x"], "body": ["", "y", ""]}, dtype="str")
    assert duplicates.empty_inputs(table, Roles(text=("title", "body"))).tolist() == [True, False, False]


def test_chains_of_equal_keys_link_rows() -> None:
    texts, groups = np.array([1, 1, 2, 3]), np.array([7, 8, 8, 9])
    linked = duplicates.linked(texts, groups)
    assert linked[0] == linked[1] == linked[2] != linked[3]


def test_plain_ascii_takes_another_road_to_the_same_result() -> None:
    draw = random.Random(0)
    for _ in range(2_000):
        text = "".join(draw.choices([chr(code) for code in range(128)], k=draw.randrange(1, 9))) + "x"
        assert duplicates.normalise(f"{text} é") == f"{duplicates.normalise(text)} é"
