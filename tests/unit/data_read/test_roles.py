from pathlib import Path

import pandas as pd
import pytest

from sft_core.config import Roles
from sft_core.data import profile
from sft_core.data.roles import describe, errors, guess_roles, problems

TEXTS = [f"the customer number {i} asks about a parcel" for i in range(60)]


def table(**columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(columns, dtype=str)
    own = {"_source": "train", "_row": range(len(frame)), "_split": ""}
    return pd.concat([pd.DataFrame(own, index=frame.index), frame], axis=1)


def kinds(frame: pd.DataFrame, roles: Roles) -> set[str]:
    return {issue.kind for issue in problems(frame, roles)}


@pytest.mark.parametrize(
    ("name", "text", "label", "classes"),
    [
        ("banking77/train.csv", "text", "category", 77),
        ("sms_spam/SMSSpamCollection", "column_2", "column_1", 2),
        ("sms_spam/sms_spam.csv", "text", "label", 2),
        ("germeval2018/train.csv", "text", "coarse", 2),
        ("clinc150_small/train.csv", "text", "intent", 150),
        ("noisy_reviews/reviews_train.csv", "review", "label", 2),
    ],
)
def test_roles_of_real_files_are_guessed(shared_data: Path, read, name, text, label, classes) -> None:
    frame, _facts = read(shared_data / "text" / name)
    roles = guess_roles(frame)
    assert (roles.text, roles.label) == ((text,), label)
    facts = profile.facts(frame, roles)
    assert describe(roles, facts) == f"*{text}* is the text, *{label}* is the label, {classes} classes"
    assert not errors(facts, roles)


def test_pairs_groups_times_splits_and_rivals_are_guessed() -> None:
    frame = table(
        id=[str(i) for i in range(60)],
        created=[f"2024-01-{1 + i % 28:02d}" for i in range(60)],
        customer_id=[f"c{i // 3}" for i in range(60)],
        subject=[f"about my parcel {i}" for i in range(60)],
        message=TEXTS,
        topic=["late", "lost", "broken"] * 20,
        bot_answer=["late", "late", "broken"] * 20,
        split=["train"] * 50 + ["test"] * 10,
    )
    roles = guess_roles(frame)
    assert roles == Roles(
        text=("subject", "message"),
        label="topic",
        group="customer_id",
        time="created",
        split="split",
        rival="bot_answer",
    )
    assert describe(roles).startswith("*subject* and *message* together are the text, *topic* is the label")
    pair = guess_roles(table(sentence1=TEXTS, sentence2=TEXTS[::-1], label=["yes", "no"] * 30))
    assert (pair.text, pair.text_pair, pair.label) == (("sentence1",), "sentence2", "label")


def test_texts_of_a_script_without_blanks_are_texts() -> None:
    roles = guess_roles(table(a=[f"我的包裹在哪里呢{i}" for i in range(60)], b=["x", "y"] * 30))
    assert (roles.text, roles.label) == (("a",), "b")


def test_a_measured_number_is_refused_as_a_label(shared_data: Path, read) -> None:
    frame, _facts = read(shared_data / "regression" / "clear" / "train.csv")
    roles = guess_roles(frame)
    assert roles.label == "bt_easiness"
    (error,) = errors(frame, roles)
    assert error.kind == "numeric_label"
    assert "a number is not possible" in error.message


@pytest.mark.parametrize(
    ("labels", "refused"),
    [
        ([f"{i / 7:.3f}" for i in range(600)], True),
        ([str(i % 300) for i in range(600)], True),
        ([str(i % 150) for i in range(1500)], False),
        ([str(i % 5) for i in range(600)], False),
        ([f"{i % 5}.5" for i in range(600)], False),
        ([f"code {i % 300}" for i in range(600)], False),
    ],
)
def test_codes_of_classes_are_told_from_measured_numbers(labels: list[str], refused: bool) -> None:
    frame = table(text=[f"some text {i}" for i in range(len(labels))], label=labels)
    assert ("numeric_label" in kinds(frame, Roles(text=("text",), label="label"))) is refused


def test_each_special_case_has_its_own_sentence_and_what_to_do() -> None:
    both = Roles(text=("text",), label="label")
    cases = {
        "one_column": (table(text=TEXTS), Roles(text=("text",))),
        "no_label": (table(text=TEXTS, other=TEXTS, more=TEXTS), Roles(text=("text",))),
        "two_columns": (table(text=TEXTS, label=["x", "y"] * 30), both),
        "one_class": (table(text=TEXTS, label=["x"] * 60), both),
        "no_class_repeats": (table(text=TEXTS[:4], label=list("abcd")), both),
        "single_row_classes": (table(text=TEXTS, label=["x", "y"] * 29 + ["x", "rare"]), both),
        "label_never_repeats": (table(text=TEXTS, label=[f"n{i}" for i in range(60)]), both),
        "empty_label": (table(text=TEXTS, label=[""] * 60), both),
        "empty_text": (table(text=[""] * 60, label=["x", "y"] * 30), both),
        "rows_without_label": (table(text=TEXTS, label=["x", "y"] * 29 + ["", ""]), both),
        "label_is_text": (table(text=TEXTS, label=["x", "y"] * 30), Roles(text=("text",), label="text")),
        "no_text": (table(a=["1"] * 60, label=["x", "y"] * 30), Roles(label="label")),
        "missing_column": (table(text=TEXTS), both),
    }
    sentences = set()
    for kind, (frame, roles) in cases.items():
        issue = next(issue for issue in problems(frame, roles) if issue.kind == kind)
        assert issue.hint
        sentences.add(issue.message)
    assert len(sentences) == len(cases)


def test_an_empty_column_gets_no_role() -> None:
    roles = guess_roles(table(text=TEXTS, label=["x", "y"] * 30, comment=[""] * 60))
    assert roles.text == ("text",)
    assert guess_roles(table(a=[""], b=[""])) == Roles()
