"""Short numbers or long ones: for picture models it depends on the layers, so two real steps of each decide, once.

What was found is remembered in the cache under the name of the model's shapes and of this machine.
"""

import hashlib
import platform
import time
from pathlib import Path

import torch

from sft_core.config import TrainingSettings
from sft_core.errors import DataError
from sft_core.features.device import Precision, autocast, device_of
from sft_core.records import read_json, write_json
from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Batch, Engine
from sft_core.training.hardware import choose_precision, keep_memory, physical_threads

FILE = "precision.json"
FORMAT = 1
ROWS = 8  # in a step that is measured
TURNS = 2
LEAST_GAIN = 1.1  # that short numbers must bring: they are less exact


def quicker_precision(
    model: torch.nn.Module, engine: Engine, rows: Rows, settings: TrainingSettings, cache: Path
) -> Precision:
    """The numbers to learn this model with here: "off" for fp32. The model is left as it was."""
    device = device_of(model)
    short = choose_precision("auto", device)
    if short == "off" or device.type != "cpu":  # a GPU's short numbers are quicker with every layer
        return short
    place = cache / _name(model, settings) / FILE
    try:
        found: Precision = read_json(place)["precision"]
    except (OSError, DataError, KeyError, TypeError):
        found = _measured(model, engine, rows, settings, short)
        write_json(place, {"precision": found})
    return found


def _measured(
    model: torch.nn.Module, engine: Engine, rows: Rows, settings: TrainingSettings, short: Precision
) -> Precision:
    keep_memory()
    indices = list(range(min(ROWS, len(rows))))
    batch = engine.training_batch(rows, indices, seed=0, settings=settings, device=device_of(model))
    aid, was_training = engine.while_training(model, rows), model.training
    model.train()
    choices: tuple[Precision, Precision] = ("off", short)
    with torch.random.fork_rng(devices=[]):
        for precision in choices:  # the first pass sets up
            _seconds(model, batch, precision)
        took = {precision: min(_seconds(model, batch, precision) for _ in range(TURNS)) for precision in choices}
    if aid:
        aid.close()
    model.train(was_training)
    model.zero_grad(set_to_none=True)
    return short if took["off"] > LEAST_GAIN * took[short] else "off"


def _seconds(model: torch.nn.Module, batch: Batch, precision: Precision) -> float:
    """Of one pass forward and backward."""
    began = time.monotonic()
    with autocast(device_of(model), precision):
        logits = model(**batch).logits
    logits.float().logsumexp(dim=1).sum().backward()
    return time.monotonic() - began


def _name(model: torch.nn.Module, settings: TrainingSettings) -> str:
    shapes = [(name, tuple(value.shape)) for name, value in model.named_parameters()]
    threads = settings.threads or physical_threads()
    facts = (FORMAT, type(model).__name__, shapes, threads, platform.node(), platform.machine(), torch.__version__)
    return f"precision-{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"
