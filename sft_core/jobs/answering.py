"""The models behind Try it: a run's model, and its base model with the probe as head. Imports torch."""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sft_core.config import Roles
from sft_core.data import examples
from sft_core.data.kinds.registry import kind_of
from sft_core.errors import InputError, ModelError, SFTError
from sft_core.features.base_answers import BaseAnswers, load_base_answers
from sft_core.features.predictor import Predictor
from sft_core.features.tokens import token_lengths
from sft_core.models.language import NAMES, guess_language, language_shares
from sft_core.records import read_json
from sft_core.workspace import RunFolder

Floats = NDArray[np.float32]

_LOOKED_AT = 2_000  # rows whose language is guessed
_A_LANGUAGE_OF_IT = 0.05  # share of the rows from which on a run has learnt from a language


class RunAnswers:
    """One run's model, loaded; its base model is loaded at the first question that compares."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._config: dict[str, Any] = read_json(run.config)
        self._predictor = Predictor.load(run.model, self._config["task"])
        roles = Roles.model_validate(self._config.get("roles") or {})
        self._paired = roles.text_pair is not None
        self._kind = kind_of(roles)
        remarks = REMARKS.get(self._kind.name)
        self._remarks = remarks(run, roles, self._predictor) if remarks else None
        self._base: BaseAnswers | None = None
        self.warm(compare_base=False)  # the first pass allocates; nobody shall wait for it

    def warm(self, compare_base: bool) -> None:
        """Answer something, so that all that is needed is loaded."""
        with tempfile.TemporaryDirectory(prefix="tuneboard-") as folder:
            example = self._kind.example(Path(folder))
            self.predict([example], [example] if self._paired else None, compare_base)

    def predict(self, inputs: list[str], pairs: list[str] | None, compare_base: bool) -> dict[str, Any]:
        """`labels`, `probabilities`, `known` (0-1 an input) and `seconds`; `base` or `base_message` when asked.

        Of texts, what `TextRemarks` says of them too. Pictures are asked by the paths of stored ones.

        Raises InputError where the run reads two texts at a time and got one, or the other way round.
        """
        if self._paired is not (pairs is not None):
            reads = "two texts at a time" if self._paired else "one text at a time"
            raise InputError(f"This model reads {reads}.", "Reload the page and ask again.")
        begun = time.perf_counter()
        found = self._predictor.answer(inputs, pairs)
        answer: dict[str, Any] = {
            "labels": list(self._predictor.labels),
            "probabilities": _lists(found.probabilities),
            "known": [round(float(value), 6) for value in found.known],
        }
        if self._remarks:
            answer |= self._remarks.on(inputs, pairs)
        if compare_base:
            answer |= self._base_answer(inputs, pairs)
        return {**answer, "seconds": round(time.perf_counter() - begun, 4)}

    def _base_answer(self, inputs: list[str], pairs: list[str] | None) -> dict[str, Any]:
        try:
            if self._base is None:
                self._base = load_base_answers(self._run, self._config)
            return {"base": _lists(self._base.probabilities(inputs, pairs)), "base_message": ""}
        except SFTError as error:
            return {"base": None, "base_message": error.message}


class TextRemarks:
    """What is worth saying of texts that are asked about."""

    def __init__(self, run: RunFolder, roles: Roles, predictor: Predictor) -> None:
        self._predictor = predictor
        self._languages = _learnt_languages(run, roles)

    def on(self, texts: list[str], pairs: list[str] | None) -> dict[str, Any]:
        """`cut`: of each text whether only its beginning was read; `strange`: in which language it seems to be where
        the run has not learnt from that one (else None); `learnt`: the names of those that it has learnt from."""
        return {
            "cut": self._cut(texts, pairs),
            "strange": [self._strange(text) for text in texts],
            "learnt": [NAMES[code] for code in self._languages],
        }

    def _cut(self, texts: list[str], pairs: list[str] | None) -> list[bool]:
        reads = self._predictor.encoder.model_max_length
        lengths = token_lengths(self._predictor.engine, self._predictor.encoder, texts, pairs, sample=len(texts))
        return [bool(length > reads) for length in lengths]

    def _strange(self, text: str) -> str | None:
        code = guess_language(text) if self._languages else None
        return None if code is None or code in self._languages else NAMES[code]


REMARKS = {"text": TextRemarks}  # by kind of input; of others nothing is said


def load_run(folder: Path) -> RunAnswers:
    """The model of a run, ready to answer. Raises ModelError where the run has none yet."""
    run = RunFolder(folder)
    if not (run.model / "config.json").is_file() or not run.config.is_file():
        raise ModelError("This run has no model yet.", "Wait until it has finished, or resume it.")
    return RunAnswers(run)


def _learnt_languages(run: RunFolder, roles: Roles) -> list[str]:
    """Codes of the languages that its rows are in, the commonest first; none where that cannot be told."""
    if not run.rows.is_file() or not roles.text:
        return []
    read = roles.for_answers()
    first = next(pq.ParquetFile(run.rows).iter_batches(_LOOKED_AT, columns=list(read.columns())), None)
    if first is None:
        return []
    shares = language_shares(examples.texts(first.to_pandas(), read)[0])
    return [code for code, share in shares.items() if share >= _A_LANGUAGE_OF_IT]


def _lists(probabilities: Floats) -> list[list[float]]:
    return [[round(float(value), 6) for value in row] for row in probabilities]
