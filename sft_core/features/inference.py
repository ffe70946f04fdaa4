"""The one inference loop: logits or features of any number of encoded rows, for everything that needs them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from sft_core.errors import Stopped
from sft_core.features.device import Precision, autocast, device_of
from sft_core.tasks.encoded import Encoded
from sft_core.tasks.engine import Batch, Engine

Output = Literal["logits", "features", "first_token"]
Floats = NDArray[np.float32]
Compute = Callable[[Batch], tuple[torch.Tensor, ...]]
# Tokens in a micro-batch, padding included. On a CPU more is slower (its cache): 600 short rows take 1.7 s with 1,024
# and 2.0 s with 4,096 in bf16, 2.6 and 3.3 s in fp32. A GPU wants more work at a time.
CPU_TOKENS, GPU_TOKENS = 1024, 16_384


def forward(
    model: Any,
    engine: Engine,
    encoded: Encoded,
    *,
    output: Output = "logits",
    token_budget: int | None = None,
    precision: Precision = "off",
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Floats:
    """(n, d) fp32 in the order of the rows: logits, mean-pooled features, or what the stock head sees (first_token).

    Rows of like length go together, as many as `token_budget` allows (None: what suits the device).
    The model's mode is put back afterwards.
    Raises Stopped where `should_stop` says so between two batches.
    """
    calls: dict[str, Compute] = {
        "logits": lambda batch: (model(**batch).logits,),
        "features": lambda batch: (engine.pooled_features(model, batch),),
        "first_token": lambda batch: (engine.first_token(model, batch),),
    }
    return _run(model, engine, encoded, calls[output], token_budget, precision, should_stop, on_progress)[0]


def forward_features(
    model: Any,
    engine: Engine,
    encoded: Encoded,
    *,
    token_budget: int | None = None,
    precision: Precision = "off",
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> tuple[Floats, Floats]:
    """(first_token, mean-pooled) features, (n, h) each, in one pass through the body (see `forward`)."""

    def compute(batch: Batch) -> tuple[torch.Tensor, ...]:
        return engine.both_features(model, batch)

    first, pooled = _run(model, engine, encoded, compute, token_budget, precision, should_stop, on_progress)
    return first, pooled


def batches(lengths: NDArray[np.int32], token_budget: int) -> Iterator[NDArray[np.int64]]:
    """Row numbers in batches of like length, the longest first, each within the budget (one row at least)."""
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        size = max(1, token_budget // max(1, int(lengths[order[start]])))
        yield order[start : start + size]
        start += size


def usual_tokens(device: torch.device) -> int:
    """Tokens at once, where nobody wishes another number."""
    return CPU_TOKENS if device.type == "cpu" else GPU_TOKENS


def _run(
    model: Any,
    engine: Engine,
    encoded: Encoded,
    compute: Compute,
    token_budget: int | None,
    precision: Precision,
    should_stop: Callable[[], bool] | None,
    on_progress: Callable[[float], None] | None,
) -> list[Floats]:
    if not len(encoded):
        raise ValueError("there are no rows to read")  # the width of the result is unknown then
    device = device_of(model)
    budget = token_budget or usual_tokens(device)
    results: list[Floats] = []
    done = 0
    with _evaluating(model), torch.inference_mode(), autocast(device, precision):
        for rows in batches(encoded.lengths, budget):
            if should_stop is not None and should_stop():
                raise Stopped("Stopped while reading the rows.")
            batch = {name: value.to(device) for name, value in engine.collate(encoded, rows).items()}
            for place, values in enumerate(compute(batch)):
                if place == len(results):
                    results.append(np.empty((len(encoded), values.shape[-1]), dtype=np.float32))
                results[place][rows] = values.float().cpu().numpy()
            done += len(rows)
            if on_progress is not None:
                on_progress(done / len(encoded))
    return results


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
