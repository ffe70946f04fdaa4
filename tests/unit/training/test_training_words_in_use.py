"""The stand-in for the embedding: the same training, with a table of the words that occur."""

import numpy as np
import pytest
import torch
from training_toys import LABELS, VOCABULARY, tiny_bert, toy_rows, toy_settings

from sft_core.tasks.text_classification.engine import ENGINE
from sft_core.tasks.text_classification.words_in_use import words_in_use
from sft_core.training.loop import open_accelerator
from sft_core.training.stepping import Material, Stepper

FEW = np.array([1, 2, 4, 5, 6, 10, 11], dtype=np.int32)


def few_words():
    """Rows that use a fifth of the vocabulary."""
    rows, y = toy_rows(64, seed=1)
    rows.columns["input_ids"][:] = FEW[rows.columns["input_ids"] % len(FEW)]
    return rows, y


def trained(monkeypatch, *, whole, optimizer):
    rows, y = few_words()
    if whole:
        monkeypatch.setattr(ENGINE, "while_training", lambda *_: None, raising=False)
    model = tiny_bert(dropout=0.0).train()
    accelerator, precision = open_accelerator("off")
    settings = toy_settings(optimizer=optimizer, weight_decay=0.0)
    stepper = Stepper(Material(model, ENGINE, rows, y, len(LABELS)), settings, accelerator, precision, 64)
    losses = [stepper.take(np.arange(i * 8, i * 8 + 8), i, 1.0) for i in range(8)]
    stepper.close()
    return losses, model


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_learning_the_words_in_use_is_learning_the_whole_embedding(monkeypatch, optimizer):
    losses, model = trained(monkeypatch, whole=False, optimizer=optimizer)
    expected, other = trained(monkeypatch, whole=True, optimizer=optimizer)
    assert losses == pytest.approx(expected, abs=1e-5)
    for (name, value), (_, wanted) in zip(model.named_parameters(), other.named_parameters(), strict=True):
        # the bias of the keys has no gradient but rounding errors, which Adam blows up
        assert name.endswith("key.bias") or torch.allclose(value, wanted, atol=1e-4), name


def test_words_that_do_not_occur_stay_as_they_are(monkeypatch):
    _, model = trained(monkeypatch, whole=False, optimizer="adamw")
    before = tiny_bert(dropout=0.0).bert.embeddings.word_embeddings.weight
    after = model.bert.embeddings.word_embeddings.weight
    moved = (before != after).any(dim=1).nonzero().flatten().tolist()
    assert set(moved) <= set(FEW.tolist())
    assert moved
    assert after.requires_grad
    assert not model.bert.embeddings.word_embeddings._forward_hooks


def test_a_model_being_scored_answers_with_its_own_embedding():
    model = tiny_bert(dropout=0.0)
    rows, _ = few_words()
    standing_in = words_in_use(model.bert, rows.columns["input_ids"], 0)
    batch = ENGINE.collate(rows, range(4))
    with torch.no_grad():
        standing_in.table.neg_()
        before = model.eval()(**batch).logits
        standing_in.put_back()
        after = model.eval()(**batch).logits
        learning = model.train()(**batch).logits
    assert not torch.allclose(before, after)
    assert torch.allclose(after, learning, atol=1e-6)


def test_no_stand_in_where_it_does_not_pay_or_cannot_be():
    rows = np.arange(VOCABULARY, dtype=np.int32)
    assert words_in_use(tiny_bert().bert, rows, 0) is None  # all words are in use
    frozen = tiny_bert()
    ENGINE.freeze(frozen, 1)
    assert words_in_use(frozen.bert, FEW, 0) is None
    assert words_in_use(torch.nn.Linear(2, 2), FEW, 0) is None
