"""On the whole of banking77: what words, the probe and a trained head on a frozen body reach (minutes: slow)."""

import pandas as pd
import pytest
import torch

from sft_core.features.inference import forward_features
from sft_core.features.probe import fit_probe
from sft_core.features.words import fit_words
from sft_core.models.resolve import resolve
from sft_core.tasks.registry import get_task, load_engine

ENGINE = load_engine(get_task("text-classification"))


@pytest.fixture
def banking(shared_data):

    folder = shared_data / "text" / "banking77"
    train, test = (pd.read_csv(folder / f"{name}.csv") for name in ("train", "test"))
    labels = sorted(train["category"].unique())
    numbers = {label: i for i, label in enumerate(labels)}
    return (
        train["text"].tolist(),
        train["category"].map(numbers),
        test["text"].tolist(),
        test["category"].map(numbers),
        labels,
    )


@pytest.mark.slow
def test_words_reach_0_90(banking):
    texts, y, test_texts, wanted, labels = banking
    found = fit_words(texts, y.to_numpy(), labels).probabilities(test_texts)
    assert (found.argmax(1) == wanted).mean() > 0.90


@pytest.mark.slow
def test_a_trained_head_on_a_frozen_body_comes_close_to_the_probe(banking):
    texts, y, test_texts, wanted, labels = banking
    folder = resolve("bundled").folder
    model, tokenizer = ENGINE.load_base(folder, labels, dropout=None, seed=0), ENGINE.load_encoder(folder, 64)
    (first, pooled), (test_first, test_pooled) = (
        forward_features(model, ENGINE, ENGINE.encode(tokenizer, part, None, 64)) for part in (texts, test_texts)
    )
    probe = fit_probe(pooled, y.to_numpy(), labels).probabilities(test_pooled).argmax(1)
    ENGINE.warm_start_head(model, first, y.to_numpy(), seed=0, pooled=pooled)
    head = ENGINE.head_logits(model, torch.from_numpy(test_first)).argmax(1).numpy()
    assert (probe == wanted).mean() > 0.92
    assert (head == wanted).mean() > (probe == wanted).mean() - 0.015
