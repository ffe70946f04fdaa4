"""A saved folder answers as transformers' own pipeline does."""

import numpy as np
import pytest
import torch
from transformers import pipeline

from sft_core.errors import Stopped
from sft_core.features import predictor as predictor_module
from sft_core.features.known import fit_known_scale
from sft_core.features.predictor import Predictor
from sft_core.models.resolve import resolve
from sft_core.tasks.registry import get_task, load_engine

ENGINE = load_engine(get_task("text-classification"))
LABELS = ["lost", "money", "film"]
TEXTS = ["the card is lost", "where is my money", "", "a very good film " * 30, "my card my card", "not bad"]


def saved(base, folder, length):
    model = ENGINE.load_base(base, LABELS, dropout=None, seed=0)
    with torch.no_grad():
        for parameter in ENGINE.head_parameters(model):
            parameter.mul_(8)  # answers far from one third each, so that a wrong one shows
    ENGINE.save(model, ENGINE.load_encoder(base, length), folder)
    return folder


@pytest.fixture
def small(make_base, tmp_path):
    return saved(make_base("bert"), tmp_path, 32)


def of_pipeline(folder, inputs):
    classify = pipeline("text-classification", model=str(folder), device="cpu")
    answers = [classify(one, truncation=True, top_k=None) for one in inputs]
    return np.array([[{a["label"]: a["score"] for a in answer}[label] for label in LABELS] for answer in answers])


@pytest.mark.parametrize("kind", ["bert", "roberta", "distilbert", "deberta-v2", "modernbert"])
def test_probabilities_equal_those_of_the_pipeline(make_base, tmp_path, kind):
    folder = saved(make_base(kind), tmp_path, 24)
    ours = Predictor.load(folder).predict(TEXTS, token_budget=40)
    np.testing.assert_allclose(ours, of_pipeline(folder, TEXTS), atol=1e-4)
    assert ours.std() > 0.05


def test_pairs_equal_those_of_the_pipeline(small):
    pairs = TEXTS[::-1]
    theirs = of_pipeline(small, [{"text": a, "text_pair": b} for a, b in zip(TEXTS, pairs, strict=True)])
    np.testing.assert_allclose(Predictor.load(small).predict(TEXTS, pairs), theirs, atol=1e-4)


def test_the_bundled_model_answers_as_the_pipeline(tmp_path):
    texts = ["I lost my card!", "Where is my money? " * 40, "Grüße, 東京 🙂", "", "ok"]
    folder = saved(resolve("bundled").folder, tmp_path, 64)
    np.testing.assert_allclose(Predictor.load(folder).predict(texts), of_pipeline(folder, texts), atol=1e-4)


def test_labels_come_in_the_order_of_the_columns(small):
    assert Predictor.load(small).labels == tuple(LABELS)


def test_chunks_change_nothing(small, monkeypatch):
    loaded = Predictor.load(small)
    whole = loaded.predict(TEXTS * 4)
    monkeypatch.setattr(predictor_module, "CHUNK", 5)
    seen: list[float] = []
    np.testing.assert_allclose(loaded.predict(TEXTS * 4, on_progress=seen.append), whole, atol=1e-6)
    assert len(seen) == 5 and seen[-1] == 1.0


def test_no_texts_give_no_answers(small):
    answer = Predictor.load(small).answer([])
    assert answer.probabilities.shape == (0, 3) and answer.known.shape == (0,)


def test_a_wish_to_stop_is_obeyed(small):
    with pytest.raises(Stopped):
        Predictor.load(small).predict(TEXTS, should_stop=lambda: True)


def test_known_score_uses_the_scale_that_lies_in_the_folder(small):
    plain = Predictor.load(small)
    fit_known_scale(plain.logits(TEXTS)).save(small)
    scaled = Predictor.load(small)
    assert plain.scale is None and scaled.scale is not None
    ranks = scaled.known_score(TEXTS)
    assert ranks.min() == pytest.approx(0, abs=1e-3) and ranks.max() == pytest.approx(1, abs=1e-3)
    assert ((plain.known_score(TEXTS) >= 0) & (plain.known_score(TEXTS) <= 1)).all()
