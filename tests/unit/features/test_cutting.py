"""How many texts are cut off is what the model's own tokenizer says."""

import random
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from tiny_base import WORDS, make_tokenizer

from sft_core.config import Roles
from sft_core.data.rows import write_table
from sft_core.models import cutting
from sft_core.models.cutting import find_cut
from sft_core.models.resolve import resolve

ROLES = Roles(text=("text",), label="label")


@pytest.fixture
def base(make_base):
    return resolve(str(make_base("bert")))


def table(texts, **columns):
    rows = {"_source": "train", "_row": range(len(texts)), "_split": "", "text": texts, "label": "x", **columns}
    return pd.DataFrame(rows)


def long_texts(n):
    dice = random.Random(0)
    return [" ".join(dice.choices(WORDS[5:], k=dice.randint(1, 80))) for _ in range(n)]


def test_each_text_is_counted_where_they_are_few(tmp_path, base):
    texts = long_texts(300)
    write_table(table(texts), tmp_path / "rows.parquet")
    tokenizer = make_tokenizer()
    longer = sum(len(tokenizer(text)["input_ids"]) > base.facts.max_length for text in texts)
    cut = find_cut(tmp_path / "rows.parquet", ROLES, base)
    assert (cut.rows, cut.exact, cut.limit) == (longer, True, base.facts.max_length) and 50 < longer < 250


def test_many_are_estimated_from_some_and_that_is_said(tmp_path, base, monkeypatch):
    texts = long_texts(2_000)
    write_table(table(texts), tmp_path / "rows.parquet")
    whole = find_cut(tmp_path / "rows.parquet", ROLES, base)
    monkeypatch.setattr(cutting, "LOOKED_AT", 500)
    some = find_cut(tmp_path / "rows.parquet", ROLES, base)
    assert not some.exact and abs(some.rows - whole.rows) < 0.1 * len(texts)
    assert abs(some.letters - whole.letters) < 0.1 * whole.letters


def test_short_texts_are_read_to_the_end(tmp_path, base):
    write_table(table(["the card", "", "is lost"]), tmp_path / "rows.parquet")
    assert find_cut(tmp_path / "rows.parquet", ROLES, base).rows == 0


def test_the_second_text_of_a_pair_counts_too(tmp_path, base):
    half = " ".join(["card"] * (base.facts.max_length - 10))
    write_table(table([half], other=[half]), tmp_path / "rows.parquet")
    assert find_cut(tmp_path / "rows.parquet", ROLES, base).rows == 0
    assert find_cut(tmp_path / "rows.parquet", ROLES.model_copy(update={"text_pair": "other"}), base).rows == 1


def test_without_a_tokenizer_file_or_a_text_column_nothing_is_said(tmp_path, base):
    write_table(table(long_texts(3)), tmp_path / "rows.parquet")
    assert find_cut(tmp_path / "rows.parquet", Roles(), base) is None
    bare = shutil.copytree(base.folder, tmp_path / "bare", ignore=shutil.ignore_patterns("tokenizer.json"))
    assert find_cut(tmp_path / "rows.parquet", ROLES, replace(base, folder=bare)) is None
