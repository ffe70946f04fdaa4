"""The real model behind Try it, through the real process."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sft_core.errors import SFTError
from sft_core.features.inference import forward
from sft_core.features.predictor import Predictor
from sft_core.features.probe import fit_probe
from sft_core.jobs.answering import load_run
from sft_core.jobs.inference_client import InferenceClient
from sft_core.models.resolve import resolve
from sft_core.records import read_json, write_json
from sft_core.tasks.registry import get_task, load_engine
from sft_core.workspace import RunFolder, open_workspace

LABELS = ["lost", "money"]
TEXTS = ["My card is gone, I cannot find it", "Where is my refund? I want my money"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run as the pipeline leaves it, without the training."""
    folder = RunFolder(tmp_path_factory.mktemp("made"))
    engine, base = load_engine(get_task("text-classification")), resolve("bundled")
    model, encoder = engine.load_base(base.folder, LABELS, dropout=None, seed=0), engine.load_encoder(base.folder, 32)
    engine.save(model, encoder, folder.model)
    features = forward(model, engine, engine.encode(encoder, TEXTS * 5, None, 32), output="features")
    fit_probe(features, np.array([0, 1] * 5), LABELS).save(folder.probe)
    write_json(
        folder.config,
        {
            "task": "text-classification",
            "labels": LABELS,
            "model": {"asked": "bundled", "sha256": base.sha256},
            "settings": {"max_length": 32},
        },
    )
    return folder


@pytest.fixture
def run(made: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of it, which a test may change: its files are put in place anew, never written into."""
    return RunFolder(Path(shutil.copytree(made.root, tmp_path / "a-run", copy_function=os.link)))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InferenceClient]:
    client = InferenceClient(open_workspace(tmp_path_factory.mktemp("answering")))
    yield client
    if client.is_alive():
        os.kill(client._ask({"op": "ping"}, 5)["pid"], signal.SIGKILL)


def test_the_process_answers_as_the_model_does_and_fast_when_warm(client: InferenceClient, run: RunFolder) -> None:
    assert client.warm(run.root) is False
    first = client.predict(run.root, TEXTS, compare_base=True)
    np.testing.assert_allclose(first["probabilities"], Predictor.load(run.model).predict(TEXTS), atol=2e-6)
    assert first["labels"] == LABELS and all(0 <= value <= 1 for value in first["known"])
    assert np.argmax(first["base"], axis=1).tolist() == [0, 1]
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        client.predict(run.root, [TEXTS[0]], compare_base=True)
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.3
    assert client.warm(run.root) is True


def test_what_it_cannot_know_is_said(run: RunFolder) -> None:
    answers = load_run(run.root)
    assert answers.predict(["Mein Paket ist nicht angekommen"], None, compare_base=False)["strange"] == [None]
    config = read_json(run.config)
    write_json(run.config, {**config, "roles": {"text": ["text"], "label": "label"}})
    rows = pd.DataFrame({"text": ["where is my money", "the card is lost"] * 20, "label": "lost"})
    rows.to_parquet(run.rows)
    found = load_run(run.root).predict(
        ["Mein Paket ist nicht angekommen", "where is the card", "!!", "card " * 31], None, compare_base=False
    )
    assert (found["strange"], found["learnt"]) == (["German", None, None, None], ["English"])
    assert found["cut"] == [False, False, False, True]


def test_a_run_without_a_model_or_a_probe_says_so(run: RunFolder) -> None:
    run.probe.unlink()
    answer = load_run(run.root).predict(TEXTS, None, compare_base=True)
    assert answer["base"] is None and "base model" in answer["base_message"]
    (run.model / "config.json").unlink()
    with pytest.raises(SFTError, match="no model yet"):
        load_run(run.root)


def test_another_base_model_than_the_runs_is_not_asked(run: RunFolder, tmp_path: Path) -> None:
    config = {"task": "text-classification", "labels": LABELS, "settings": {"max_length": 32}}
    write_json(run.config, {**config, "model": {"asked": "bundled", "sha256": "another"}})
    answer = load_run(run.root).predict(TEXTS, None, compare_base=True)
    assert answer["base"] is None and "not the one" in answer["base_message"]


def test_a_run_of_pairs_is_asked_with_pairs_only(run: RunFolder, client: InferenceClient) -> None:
    write_json(run.config, {**read_json(run.config), "roles": {"text": ["question"], "text_pair": "answer"}})
    client.warm(run.root)
    found = client.predict(run.root, TEXTS, TEXTS[::-1], compare_base=True)
    expected = Predictor.load(run.model).predict(TEXTS, TEXTS[::-1])
    np.testing.assert_allclose(found["probabilities"], expected, atol=2e-6)
    alone = Predictor.load(run.model).predict(TEXTS)
    assert np.abs(np.asarray(found["probabilities"]) - alone).max() > 1e-6
    assert len(found["base"]) == 2
    with pytest.raises(SFTError, match="two texts at a time"):
        client.predict(run.root, TEXTS)
    with pytest.raises(SFTError, match="second text"):
        client.predict(run.root, TEXTS, ["only one"])


def test_a_run_of_single_texts_refuses_pairs(run: RunFolder) -> None:
    with pytest.raises(SFTError, match="one text at a time"):
        load_run(run.root).predict(TEXTS, TEXTS, compare_base=False)
