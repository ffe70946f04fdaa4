"""A run's model, ready to answer: the same probabilities as `transformers.pipeline` on the same folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sft_core.config import DEFAULT_TASK
from sft_core.features.device import device_of, placed, with_room
from sft_core.features.inference import forward
from sft_core.features.known import KnownScale, confidence_score, load_known_scale
from sft_core.tasks.engine import Engine
from sft_core.tasks.logistic import softmax
from sft_core.tasks.registry import get_task, load_engine

Floats = NDArray[np.float32]

CHUNK = 8_192  # rows read and computed at a time, at most: memory does not grow with the file


@dataclass(frozen=True)
class Answer:
    """Probabilities (n, k) over `Predictor.labels`, and how well each input is known (n,), all fp32."""

    probabilities: Floats
    known: Floats


@dataclass(frozen=True)
class Predictor:
    """A loaded model folder. All is computed in fp32: answers do not depend on a machine's shortcuts.

    It calculates on a GPU that has room for it; where that room does not last it comes back to the processor.
    """

    engine: Engine
    model: Any
    encoder: Any
    labels: tuple[str, ...]
    scale: KnownScale | None

    @classmethod
    def load(cls, folder: Path, task: str = DEFAULT_TASK, device: str | None = None) -> "Predictor":
        """The model in `folder` (a run's `model/`), on `device` (None: the best there is).

        Raises ModelError where it is unsafe, incomplete or damaged.
        """
        engine: Engine = load_engine(get_task(task))
        model = placed(engine.load_tuned(folder), device)
        return cls(engine, model, engine.load_encoder(folder), tuple(engine.labels(model)), load_known_scale(folder))

    @property
    def device(self) -> torch.device:
        """Where it calculates now."""
        return device_of(self.model)

    def logits(
        self,
        inputs: Sequence[str],
        pairs: Sequence[str] | None = None,
        *,
        token_budget: int | None = None,
        should_stop: Callable[[], bool] | None = None,
        on_progress: Callable[[float], None] | None = None,
    ) -> Floats:
        """(n, k) fp32 logits in the order of the inputs; memory stays flat however many there are."""
        result = np.empty((len(inputs), len(self.labels)), dtype=np.float32)
        chunk = min(CHUNK, self.engine.chunk)
        for start in range(0, len(inputs), chunk):
            part = slice(start, start + chunk)
            seconds = None if pairs is None else pairs[part]
            rows = self.engine.encode(self.encoder, inputs[part], seconds, None)
            compute = partial(
                forward, self.model, self.engine, rows, token_budget=token_budget, should_stop=should_stop
            )
            result[part] = with_room(self.model, compute)
            if on_progress is not None:
                on_progress(min(1.0, (start + chunk) / len(inputs)))
        return result

    def predict(self, inputs: Sequence[str], pairs: Sequence[str] | None = None, **options: Any) -> Floats:
        """(n, k) fp32 probabilities over `labels` (options as for `logits`)."""
        logits = self.logits(inputs, pairs, **options)
        return softmax(logits) if len(logits) else logits

    def answer(self, inputs: Sequence[str], pairs: Sequence[str] | None = None, **options: Any) -> Answer:
        """Probabilities and known scores from one pass (options as for `logits`)."""
        logits = self.logits(inputs, pairs, **options)
        if not len(logits):
            return Answer(logits, logits[:, 0])
        probabilities = softmax(logits)
        return Answer(probabilities, self._known(logits, probabilities))

    def known_score(self, inputs: Sequence[str], pairs: Sequence[str] | None = None, **options: Any) -> Floats:
        """(n,) from 0 to 1: is this a kind of input that the model knows (see `features.known`)."""
        return self.answer(inputs, pairs, **options).known

    def _known(self, logits: Floats, probabilities: Floats) -> Floats:
        return confidence_score(probabilities) if self.scale is None else self.scale.score(logits)
