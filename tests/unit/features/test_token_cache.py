"""Tokens are made once, come back unchanged from the cache, and are made anew where anything differs."""

import shutil

import numpy as np
import pytest

from sft_core.errors import Stopped
from sft_core.features import tokens
from sft_core.features.tokens import fingerprint, token_lengths, tokenise
from sft_core.tasks.registry import get_task, load_engine

ENGINE = load_engine(get_task("text-classification"))
TEXTS = ["the card is lost", "", "a very good film", "ünknown\nwords"] * 5


@pytest.fixture
def tokenizer(make_base):
    return ENGINE.load_encoder(make_base("bert"), 32)


def same(one, other):
    assert list(one.columns) == list(other.columns)
    np.testing.assert_array_equal(one.offsets, other.offsets)
    for name in one.columns:
        np.testing.assert_array_equal(one.columns[name], other.columns[name])
    assert one.padding == other.padding


@pytest.mark.parametrize("pairs", [None, [text[::-1] for text in TEXTS]])
def test_cached_tokens_equal_fresh_ones(tokenizer, tmp_path, monkeypatch, pairs):
    monkeypatch.setattr(tokens, "CHUNK", 7)  # several blocks in the file
    fresh = tokenise(ENGINE, tokenizer, TEXTS, pairs, 6)
    same(tokenise(ENGINE, tokenizer, TEXTS, pairs, 6, cache=tmp_path), fresh)
    monkeypatch.setattr(tokens, "_encode", None)  # a second time nothing is encoded
    same(tokenise(ENGINE, tokenizer, TEXTS, pairs, 6, cache=tmp_path), fresh)
    assert [p.name[:7] for p in tmp_path.iterdir()] == ["tokens-"]


def test_no_rows_give_no_tokens(tokenizer, tmp_path):
    assert len(tokenise(ENGINE, tokenizer, [], None, 8)) == 0


def test_the_fingerprint_knows_texts_pairs_length_and_tokenizer(tokenizer, make_base):
    other = ENGINE.load_encoder(make_base("bert"), 32)
    other.add_tokens(["brandnew"])
    prints = {
        fingerprint(tokenizer, ["ab", "c"], None, 8),
        fingerprint(tokenizer, ["a", "bc"], None, 8),
        fingerprint(tokenizer, ["ab"], ["c"], 8),
        fingerprint(tokenizer, ["ab", "c"], None, 9),
        fingerprint(other, ["ab", "c"], None, 8),
    }
    assert len(prints) == 5


def test_the_fingerprint_does_not_depend_on_what_was_encoded_before(tokenizer):
    before = fingerprint(tokenizer, TEXTS, None, 8)
    tokenise(ENGINE, tokenizer, TEXTS, None, 5)
    assert fingerprint(tokenizer, TEXTS, None, 8) == before


def test_lengths_are_uncut_and_sampled_evenly(tokenizer):
    assert token_lengths(ENGINE, tokenizer, ["the " * 500], None).tolist() == [502]
    assert len(token_lengths(ENGINE, tokenizer, TEXTS, None, sample=8)) == 8
    assert len(token_lengths(ENGINE, tokenizer, [], None)) == 0


def test_a_wish_to_stop_leaves_no_half_file(tokenizer, tmp_path):
    with pytest.raises(Stopped):
        tokenise(ENGINE, tokenizer, TEXTS, None, 8, cache=tmp_path, should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_is_emptied_meanwhile_costs_nothing_but_time(tokenizer, tmp_path, monkeypatch):
    real = tokens._store

    def store_and_lose(encoded, place):
        real(encoded, place)
        shutil.rmtree(place)

    monkeypatch.setattr(tokens, "_store", store_and_lose)
    same(tokenise(ENGINE, tokenizer, TEXTS, None, 6, cache=tmp_path), tokenise(ENGINE, tokenizer, TEXTS, None, 6))
    assert list(tmp_path.iterdir()) == []
