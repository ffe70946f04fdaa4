"""What a look through the rows brings to light, and what it must leave alone."""

from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sft_core.config import Roles
from sft_core.data import steps
from sft_core.data.findings.finding import Finding
from sft_core.data.findings.registry import find
from sft_core.data.findings.spellings import merged_spellings
from sft_core.data.kinds.text import TEXT
from sft_core.data.sample.files import sample_files

ROLES = Roles(text=("text",), label="label")
PLAIN = [f"This is about the order {i} that I have not received from you." for i in range(40)]


def table_of(texts: list[str], labels: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"text": texts, "label": labels}, dtype="str")
    return table.assign(_source="train", _row=np.arange(len(table), dtype=np.int64), _split="")


def looked(*cells: tuple[str, str]) -> dict[str, Finding]:
    """Findings about these cells among forty plain rows of two classes, by kind."""
    texts, labels = [text for text, _label in cells], [label for _text, label in cells]
    table = table_of([*PLAIN, *texts], [*["Billing", "Delivery"] * 20, *labels])
    return {finding.kind: finding for finding in find(table, ROLES)}


@pytest.mark.parametrize(
    ("kind", "cells", "count", "fix"),
    [
        ("empty", [("", "Billing"), ("a text", " "), (" ", "")], 3, "drop_empty"),
        ("exact_duplicates", [(PLAIN[0], "Billing")], 1, "drop_duplicates"),
        ("normalised_duplicates", [(PLAIN[0].upper() + "!", "Billing")], 1, "drop_duplicates"),
        ("conflicting_labels", [(PLAIN[0], "Delivery")], 2, "resolve_conflicts"),
        ("label_spellings", [("a", "billing"), ("b", "Billing "), ("c", "Biling")], 3, "merge_labels"),
        ("markup", [("Hello<br>you", "Billing"), ("bell\x07 here", "Billing")], 2, "strip_markup"),
        ("mojibake", [("Das ist schÃ¶n", "Billing")], 1, "fix_mojibake"),
        ("rare_classes", [("one thing", "Other")] * 1, 1, "drop_rare_classes"),
        ("very_short", [("ok", "Billing"), ("?", "Billing")], 2, "drop_short"),
        ("very_long", [("long text " * 200, "Billing")], 1, "drop_long"),
        ("languages", [("Ich habe das Paket nicht und auch noch keine Antwort", "Delivery")], 1, "drop_rows"),
        ("languages", [("Где моя посылка?", "Delivery"), ("我的包裹在哪里", "Delivery")], 2, "drop_rows"),
    ],
)
def test_what_is_wrong_is_found_counted_and_mended(
    kind: str, cells: list[tuple[str, str]], count: int, fix: str
) -> None:
    finding = looked(*cells)[kind]
    assert finding.count == count
    assert finding.examples
    assert len(finding.rows) == count
    assert finding.fix is not None
    assert finding.fix["fix"] == fix
    texts, labels = [*PLAIN, *(text for text, _ in cells)], ["Billing", "Delivery"] * 20 + [label for _, label in cells]
    after, effects = steps.replay(table_of(texts, labels), [finding.fix], ROLES)
    assert effects[0].dropped + effects[0].changed >= 1
    assert kind not in {left.kind for left in find(after, ROLES)}


def test_clean_rows_give_no_finding() -> None:
    assert looked() == {}


def test_a_finding_is_json_and_names_its_rows_by_file_and_number() -> None:
    finding = looked(("", "Billing"))["empty"].as_dict()
    assert finding["rows"] == [["train", 40]]
    assert finding["examples"] == [{"source": "train", "row": 40, "text": "", "label": "Billing"}]


@pytest.mark.parametrize(
    ("counts", "mapping"),
    [
        ({"Billing": 90, "billing": 9, "BILLING ": 2}, {"billing": "Billing", "BILLING ": "Billing"}),
        ({"Billing": 90, "Biling": 3, "Billling": 1}, {"Biling": "Billing", "Billling": "Billing"}),
        ({"Technical issue": 50, "technical_issue": 4}, {"technical_issue": "Technical issue"}),
        ({" Billing": 90, "Billing": 5}, {" Billing": "Billing"}),
        ({"Technical": 50, "Techincal": 1}, {"Techincal": "Technical"}),
        ({"ｆｕｌｌ": 1, "full": 40}, {"ｆｕｌｌ": "full"}),
        ({"card_arrival": 150, "card_about_to_arrive": 10}, {}),
        ({"top_up": 100, "topup": 90}, {}),
        ({"hypertension": 500, "hypotension": 10}, {}),
        ({"abduction": 100, "adduction": 90}, {}),
        ({"time": 900, "timer": 10}, {}),
        ({"grade 1": 900, "grade 2": 10}, {}),
        ({"class_a": 900, "class_b": 10}, {}),
        ({"-1": 90, "1": 80, "+1": 3}, {}),
        ({"C": 90, "C++": 5, "C#": 5}, {}),
        ({"1.2": 90, "12": 5, "1-2": 5}, {}),
        ({"affect": 900, "effect": 10}, {}),
        ({"": 9, " ": 3, "a": 1}, {}),
    ],
)
def test_spellings_are_merged_and_names_of_their_own_are_not(counts: dict[str, int], mapping: dict[str, str]) -> None:
    assert merged_spellings(counts) == mapping


@pytest.mark.parametrize(
    ("file", "text", "label"),
    [
        ("banking77/train.csv", "text", "category"),
        ("banking77/test.csv", "text", "category"),
        ("clinc150_small/train.csv", "text", "intent"),
        ("clinc150_small/test.csv", "text", "intent"),
        ("germeval2018/train.csv", "text", "fine"),
        ("germeval2018/test.csv", "text", "coarse"),
        ("noisy_reviews/reviews_train.csv", "review", "label"),
        ("sms_spam/sms_spam.csv", "text", "label"),
    ],
)
def test_real_class_names_and_languages_are_left_alone(shared_data: Path, file: str, text: str, label: str) -> None:
    table = pd.read_csv(shared_data / "text" / file, dtype="str", keep_default_na=False)
    start = process_time()
    found = {finding.kind for finding in find(table, Roles(text=(text,), label=label))}
    assert process_time() - start < 3
    assert not found & {"label_spellings", "languages", "rare_classes", "empty", "mojibake"}


ARABIC, HEBREW, RUSSIAN = "أين الطرد الخاص بي", "איפה החבילה שלי", "Где моя посылка?"


def seen(*texts: str) -> str:
    """What is said of the languages of these texts."""
    found = find(table_of(list(texts), ["a", "b"] * (len(texts) // 2)), ROLES)
    return next((finding.message for finding in found if finding.kind == "languages"), "")


def test_rows_without_letters_have_no_language_and_two_halves_no_main_one() -> None:
    assert seen(*[f"{ARABIC} {n}" for n in range(39)], *[f"{HEBREW} {n}" for n in range(37)], *["😀"] * 40) == ""
    said = seen(*[f"{ARABIC} {n}" for n in range(39)], *[f"{HEBREW} {n}" for n in range(5)], *["😀 12"] * 100)
    assert "5 rows seem to be in another language than the rest, Arabic letters: Hebrew letters (5)" in said


def test_the_main_language_is_that_of_most_rows_with_letters() -> None:
    german = "Ich habe das Paket nicht und auch noch keine Antwort"
    assert seen(*[f"{PLAIN[0]} {n}" for n in range(20)], *[f"{german} {n}" for n in range(20)]) == ""
    assert "Latin letters" not in seen(*[f"{RUSSIAN} {n}" for n in range(30)], *[f"{PLAIN[0]} {n}" for n in range(10)])


def test_names_that_only_the_class_list_tells_apart_are_left_alone_whatever_their_counts(shared_data: Path) -> None:
    for file, label in (("banking77/train.csv", "category"), ("clinc150_small/train.csv", "intent")):
        names = pd.read_csv(shared_data / "text" / file, dtype="str")[label].unique()
        for rare in names[::4]:
            assert merged_spellings({name: 1 if name == rare else 500 for name in names}) == {}


def test_the_sample_shows_every_kind_of_finding_but_rare_classes() -> None:
    table = pd.read_csv(sample_files()["train"], dtype="str", keep_default_na=False)
    found = {finding.kind for finding in find(table, Roles(text=("message",), label="category"))}
    assert len(found) == len(TEXT.checks) - 1
    assert "rare_classes" not in found


def test_pairs_several_columns_and_missing_labels_are_looked_through() -> None:
    table = pd.DataFrame({"title": ["a", "<b>x</b>"], "body": ["", "y"], "other": ["p", "q"]}, dtype="str")
    found = find(table, Roles(text=("title", "body"), text_pair="other"))
    assert [finding.kind for finding in found] == ["markup", "very_short"][: len(found)]


def test_progress_is_told() -> None:
    told: list[tuple[float, str]] = []
    find(table_of(["a b c"], ["x"]), ROLES, lambda share, words: told.append((share, words)))
    assert len(told) == len(TEXT.checks)
    assert told[0][0] == 0


def test_no_rows_and_no_text_column_are_no_trouble() -> None:
    assert find(table_of([], []), ROLES) == []
    assert find(table_of(["a"], ["x"]), Roles()) == []


@pytest.mark.slow
def test_a_million_rows_take_bounded_time() -> None:
    rng = np.random.default_rng(0)
    words = np.array(["the", "my", "card", "order", "is", "not", "here", "please", "help", "with", "new", "account"])
    texts = [" ".join(row) for row in words[rng.integers(0, len(words), (1_000_000, 8))]]
    table: Any = table_of(texts, [f"class {i}" for i in rng.integers(0, 50, 1_000_000)])
    start = perf_counter()
    find(table, ROLES)
    assert perf_counter() - start < 120
