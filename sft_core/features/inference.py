"""The one inference loop: logits or features of any number of encoded rows, for everything that needs them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from sft_core.errors import Stopped
from sft_core.features.device import Precision, autocast, device_of
from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Batch, Engine

Output = Literal["logits", "features", "first_token"]
Floats = NDArray[np.float32]
Compute = Callable[[Batch], tuple[torch.Tensor, ...]]


def forward(
    model: Any,
    engine: Engine,
    rows: Rows,
    *,
    output: Output = "logits",
    token_budget: int | None = None,
    precision: Precision = "off",
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Floats:
    """(n, d) fp32 in the order of the rows: logits, mean-pooled features, or what the stock head sees (first_token).

    Rows of like length go together, as many as `token_budget` allows (None: what the engine takes on this device).
    The model's mode is put back afterwards.
    Raises Stopped where `should_stop` says so between two batches.
    """
    calls: dict[str, Compute] = {
        "logits": lambda batch: (model(**batch).logits,),
        "features": lambda batch: (engine.pooled_features(model, batch),),
        "first_token": lambda batch: (engine.first_token(model, batch),),
    }
    return _run(model, engine, rows, calls[output], token_budget, precision, should_stop, on_progress)[0]


def forward_features(
    model: Any,
    engine: Engine,
    rows: Rows,
    *,
    token_budget: int | None = None,
    precision: Precision = "off",
    should_stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> tuple[Floats, Floats]:
    """(first_token, mean-pooled) features, (n, h) each, in one pass through the body (see `forward`)."""

    def compute(batch: Batch) -> tuple[torch.Tensor, ...]:
        return engine.both_features(model, batch)

    first, pooled = _run(model, engine, rows, compute, token_budget, precision, should_stop, on_progress)
    return first, pooled


def batches(lengths: NDArray[np.int32], token_budget: int) -> Iterator[NDArray[np.int64]]:
    """Row numbers in batches of like length, the longest first, each within the budget (one row at least)."""
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        size = max(1, token_budget // max(1, int(lengths[order[start]])))
        yield order[start : start + size]
        start += size


def _run(
    model: Any,
    engine: Engine,
    rows: Rows,
    compute: Compute,
    token_budget: int | None,
    precision: Precision,
    should_stop: Callable[[], bool] | None,
    on_progress: Callable[[float], None] | None,
) -> list[Floats]:
    if not len(rows):
        raise ValueError("there are no rows to read")  # the width of the result is unknown then
    device = device_of(model)
    budget = token_budget or engine.usual_budget(device)
    results: list[Floats] = []
    done = 0
    with _evaluating(model), torch.inference_mode(), autocast(device, precision):
        for chosen in batches(rows.lengths, budget):
            if should_stop is not None and should_stop():
                raise Stopped("Stopped while reading the rows.")
            batch = {name: value.to(device) for name, value in engine.collate(rows, chosen).items()}
            for place, values in enumerate(compute(batch)):
                if place == len(results):
                    results.append(np.empty((len(rows), values.shape[-1]), dtype=np.float32))
                results[place][chosen] = values.float().cpu().numpy()
            done += len(chosen)
            if on_progress is not None:
                on_progress(done / len(rows))
    return results


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
