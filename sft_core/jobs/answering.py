"""The models behind Try it: a run's model, and its base model with the probe as head. Imports torch."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.errors import ModelError, SFTError
from sft_core.features.inference import forward
from sft_core.features.predictor import Predictor
from sft_core.features.probe import load_probe
from sft_core.models.resolve import resolve
from sft_core.records import read_json
from sft_core.tasks.engine import Engine
from sft_core.tasks.registry import get_task, load_engine
from sft_core.workspace import RunFolder, open_workspace

Floats = NDArray[np.float32]


class RunAnswers:
    """One run's model, loaded; its base model is loaded at the first question that compares."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._config: dict[str, Any] = read_json(run.config)
        self._predictor = Predictor.load(run.model, self._config["task"])
        self._base: Callable[[list[str]], Floats] | None = None
        self.predict(["warm"], compare_base=False)  # the first pass allocates; nobody shall wait for it

    def predict(self, texts: list[str], compare_base: bool) -> dict[str, Any]:
        """`labels`, `probabilities`, `known` (0-1 a text) and `seconds`; `base` or `base_message` when asked."""
        begun = time.perf_counter()
        found = self._predictor.answer(texts)
        answer: dict[str, Any] = {
            "labels": list(self._predictor.labels),
            "probabilities": _lists(found.probabilities),
            "known": [round(float(value), 6) for value in found.known],
        }
        if compare_base:
            answer |= self._base_answer(texts)
        return {**answer, "seconds": round(time.perf_counter() - begun, 4)}

    def _base_answer(self, texts: list[str]) -> dict[str, Any]:
        try:
            if self._base is None:
                self._base = load_base(self._run, self._config)
            return {"base": _lists(self._base(texts)), "base_message": ""}
        except SFTError as error:
            return {"base": None, "base_message": error.message}


def load_run(folder: Path) -> RunAnswers:
    """The model of a run, ready to answer. Raises ModelError where the run has none yet."""
    run = RunFolder(folder)
    if not (run.model / "config.json").is_file() or not run.config.is_file():
        raise ModelError("This run has no model yet.", "Wait until it has finished, or resume it.")
    return RunAnswers(run)


def load_base(run: RunFolder, config: dict[str, Any]) -> Callable[[list[str]], Floats]:
    """What the run's base model answers without fine-tuning: its features under the probe that the run trained."""
    if not run.probe.is_file():
        raise ModelError("This run kept no probe of its base model.", "Runs of today do.")
    base = resolve(config["model"]["asked"], cache=open_workspace().cache)
    if base.sha256 != config["model"]["sha256"]:
        raise ModelError("The base model is not the one that this run began with.", "Put the old one back.")
    engine: Engine = load_engine(get_task(config["task"]))
    max_length = int(config["settings"]["max_length"])
    encoder = engine.load_encoder(base.folder, max_length)
    model = engine.load_base(base.folder, config["labels"], dropout=None, seed=0)
    probe = load_probe(run.probe, config["labels"])

    def answer(texts: list[str]) -> Floats:
        encoded = engine.encode(encoder, texts, None, max_length)
        return probe.probabilities(forward(model, engine, encoded, output="features"))

    return answer


def _lists(probabilities: Floats) -> list[list[float]]:
    return [[round(float(value), 6) for value in row] for row in probabilities]
