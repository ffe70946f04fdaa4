"""How many texts are cut off is what the model's own tokenizer says."""

import random
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny_base import WORDS, make_tokenizer

from sft_core.config import Roles
from sft_core.data.rows import write_table
from sft_core.models import cutting
from sft_core.models.cutting import find_cut, find_cut_of_run
from sft_core.models.lengths import usual_length
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


def some_long(n):
    """Short texts, and one in fifty of twenty words or more: none longer than the model reads."""
    return [" ".join(["card"] * (20 + number // 50 % 18 if number % 50 == 0 else 5)) for number in range(n)]


@pytest.mark.parametrize("looked_at", [5_000, 600])
def test_a_run_cuts_at_its_own_length_not_at_that_of_the_model(tmp_path, base, monkeypatch, looked_at):
    monkeypatch.setattr(cutting, "LOOKED_AT", looked_at)  # of few enough rows, the longest alone tell it
    texts, tokenizer = some_long(3_000), make_tokenizer()
    write_table(table(texts), tmp_path / "rows.parquet")
    lengths = [len(tokenizer(text)["input_ids"]) for text in texts]
    usual = usual_length(np.ceil(np.percentile(lengths, 99)), base.facts.max_length)
    cut = find_cut_of_run(tmp_path / "rows.parquet", ROLES, base)
    assert usual < base.facts.max_length and find_cut(tmp_path / "rows.parquet", ROLES, base).rows == 0
    assert (cut.limit, cut.rows, cut.exact) == (usual, sum(length > usual for length in lengths), True)


def test_a_run_cuts_at_the_length_that_was_wished(tmp_path, base):
    write_table(table(some_long(300)), tmp_path / "rows.parquet")
    assert find_cut_of_run(tmp_path / "rows.parquet", ROLES, base, 16).rows == 6


def test_of_very_many_rows_a_draw_tells_where_a_run_cuts(tmp_path, base, monkeypatch):
    monkeypatch.setattr(cutting, "LOOKED_AT", 500)
    write_table(table(long_texts(20_000)), tmp_path / "rows.parquet")
    assert find_cut_of_run(tmp_path / "rows.parquet", ROLES, base).limit == base.facts.max_length
    short = [" ".join(["card"] * (number % 20 + 1)) for number in range(20_000)]
    write_table(table(short), tmp_path / "rows.parquet")
    cut = find_cut_of_run(tmp_path / "rows.parquet", ROLES, base)
    assert cut.limit == 24 and cut.rows == 0
