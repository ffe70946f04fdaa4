"""What a run's base model answers without fine-tuning: its frozen features under the probe that the run kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.errors import ModelError
from sft_core.features.device import placed, with_room
from sft_core.features.inference import forward
from sft_core.features.predictor import CHUNK
from sft_core.features.probe import Probe, load_probe
from sft_core.models.resolve import BUNDLED, BUNDLED_NAMES, HUB_ID, resolve
from sft_core.tasks.engine import Engine
from sft_core.tasks.registry import get_task, load_engine
from sft_core.workspace import RunFolder, open_workspace

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class BaseAnswers:
    """A loaded base model with a run's probe as its head."""

    engine: Engine
    model: Any
    encoder: Any
    max_length: int | None
    probe: Probe

    def probabilities(
        self,
        inputs: Sequence[str],
        pairs: Sequence[str] | None = None,
        *,
        should_stop: Callable[[], bool] | None = None,
        on_progress: Callable[[float], None] | None = None,
    ) -> Floats:
        """(n, k) fp32 over the run's labels; memory stays flat however many inputs there are."""
        result = np.empty((len(inputs), len(self.probe.labels)), dtype=np.float32)
        chunk = min(CHUNK, self.engine.chunk)
        for start in range(0, len(inputs), chunk):
            part = slice(start, start + chunk)
            rows = self.engine.encode(
                self.encoder, inputs[part], None if pairs is None else pairs[part], self.max_length
            )
            compute = partial(forward, self.model, self.engine, rows, output="features", should_stop=should_stop)
            result[part] = self.probe.probabilities(with_room(self.model, compute))
            if on_progress is not None:
                on_progress(min(1.0, (start + chunk) / len(inputs)))
        return result


def load_base_answers(run: RunFolder, config: Mapping[str, Any]) -> BaseAnswers:
    """The base model and the probe of a run. Raises ModelError where one of them is not there."""
    if not run.probe.is_file():
        raise ModelError("This run kept nothing of the base model to compare with.", "Train it again to see both.")
    spec = get_task(config["task"])
    base = resolve(_asked(config["model"]), cache=open_workspace().cache, reads=spec.input_kind)
    if base.sha256 != config["model"]["sha256"]:
        raise ModelError("The base model is not the one that this run began with.", "Put the old one back.")
    engine: Engine = load_engine(spec)
    max_length = config["settings"]["max_length"]
    return BaseAnswers(
        engine=engine,
        model=placed(engine.load_base(base.folder, config["labels"], dropout=None, seed=0)),
        encoder=engine.load_encoder(base.folder, max_length),
        max_length=max_length,
        probe=load_probe(run.probe, config["labels"]),
    )


def _asked(model: Mapping[str, Any]) -> str:
    """The name to find a run's base model by; what was exported names no folder of the machine that it came from."""
    if "asked" in model:
        return str(model["asked"])
    if model["name"] in BUNDLED_NAMES:
        return BUNDLED
    if not HUB_ID.match(str(model["name"])):
        raise ModelError(
            f"The base model {model['name']} did not come with the run.",
            "Train it here to see both; the model itself answers without.",
        )
    return str(model["name"])
