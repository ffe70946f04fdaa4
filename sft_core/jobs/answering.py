"""The models behind Try it: a run's model, and its base model with the probe as head. Imports torch."""

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.config import Roles
from sft_core.errors import InputError, ModelError, SFTError
from sft_core.features.base_answers import BaseAnswers, load_base_answers
from sft_core.features.predictor import Predictor
from sft_core.records import read_json
from sft_core.workspace import RunFolder

Floats = NDArray[np.float32]


class RunAnswers:
    """One run's model, loaded; its base model is loaded at the first question that compares."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._config: dict[str, Any] = read_json(run.config)
        self._predictor = Predictor.load(run.model, self._config["task"])
        self._paired = Roles.model_validate(self._config.get("roles") or {}).text_pair is not None
        self._base: BaseAnswers | None = None
        self.warm(compare_base=False)  # the first pass allocates; nobody shall wait for it

    def warm(self, compare_base: bool) -> None:
        """Answer something, so that all that is needed is loaded."""
        self.predict(["warm"], ["warm"] if self._paired else None, compare_base)

    def predict(self, texts: list[str], pairs: list[str] | None, compare_base: bool) -> dict[str, Any]:
        """`labels`, `probabilities`, `known` (0-1 a text) and `seconds`; `base` or `base_message` when asked.

        Raises InputError where the run reads two texts at a time and got one, or the other way round.
        """
        if self._paired is not (pairs is not None):
            reads = "two texts at a time" if self._paired else "one text at a time"
            raise InputError(f"This model reads {reads}.", "Reload the page and ask again.")
        begun = time.perf_counter()
        found = self._predictor.answer(texts, pairs)
        answer: dict[str, Any] = {
            "labels": list(self._predictor.labels),
            "probabilities": _lists(found.probabilities),
            "known": [round(float(value), 6) for value in found.known],
        }
        if compare_base:
            answer |= self._base_answer(texts, pairs)
        return {**answer, "seconds": round(time.perf_counter() - begun, 4)}

    def _base_answer(self, texts: list[str], pairs: list[str] | None) -> dict[str, Any]:
        try:
            if self._base is None:
                self._base = load_base_answers(self._run, self._config)
            return {"base": _lists(self._base.probabilities(texts, pairs)), "base_message": ""}
        except SFTError as error:
            return {"base": None, "base_message": error.message}


def load_run(folder: Path) -> RunAnswers:
    """The model of a run, ready to answer. Raises ModelError where the run has none yet."""
    run = RunFolder(folder)
    if not (run.model / "config.json").is_file() or not run.config.is_file():
        raise ModelError("This run has no model yet.", "Wait until it has finished, or resume it.")
    return RunAnswers(run)


def _lists(probabilities: Floats) -> list[list[float]]:
    return [[round(float(value), 6) for value in row] for row in probabilities]
