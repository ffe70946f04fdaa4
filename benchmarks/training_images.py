"""The picture side of `training.py --images`: our steps against a Trainer that decodes and varies each picture.

Both learn the same pictures with the same base model, in turns, each in a process of its own. The allocator's settings
are those of our workers for our side, and none for the Trainer; a third side shows what they give alone.
"""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageEnhance

from sft_core.features.pixels import cached_pixels
from sft_core.models.resolve import resolve
from sft_core.tasks.image_classification.pictures import Pictures
from sft_core.tasks.registry import get_task, load_engine
from sft_core.training import hardware
from sft_core.training.batch_plan import BatchPlan
from sft_core.training.loop import open_accelerator
from sft_core.training.precision import quicker_precision
from sft_core.training.presets import DataFacts, resolve_settings
from sft_core.training.stepping import Material, Stepper

MATERIAL = Path(os.environ.get("TUNEBOARD_TEST_DATA", Path(__file__).resolve().parents[2] / "shared"))
SPEC = get_task("image-classification")
WARM_UP = 2  # of our steps, and of the Trainer's


def read(folder: Path) -> tuple[list[str], np.ndarray, list[str]]:
    """Paths, classes and labels of a folder of class folders."""
    labels = sorted(path.name for path in folder.iterdir() if path.is_dir())
    pairs = [(str(path), i) for i, label in enumerate(labels) for path in sorted((folder / label).iterdir())]
    return [path for path, _ in pairs], np.array([i for _, i in pairs], dtype=np.int64), labels


Speed = tuple[float, float]  # pictures a second, by the clock and by the processor's time


def our_speed(folder: str, model_name: str, cache: str, steps: int, seed: int, keep: bool) -> Speed:
    """Over so many of our steps; `keep`: with memory kept, as our workers do."""
    if not keep:
        hardware.keep_memory = lambda: None
    hardware.keep_memory()
    torch.set_num_threads(hardware.physical_threads())
    paths, y, labels = read(Path(folder))
    engine, base = load_engine(SPEC), resolve(model_name, cache=Path(cache), reads="image")
    counts = np.bincount(y)
    facts = DataFacts(len(y), len(labels), int(counts.min()), 1, 1, 0, base.facts.weight_bytes // 4, kind="image")
    settings, _ = resolve_settings("balanced", facts, {}, 0)
    view = engine.load_encoder(base.folder)
    rows = Pictures(tuple(paths), view, cached_pixels(paths, view, Path(cache)))
    model = engine.load_base(base.folder, labels, dropout=None, seed=0).train()
    precision = quicker_precision(model, engine, rows, settings, Path(cache))
    accelerator, precision = open_accelerator(precision)
    material = Material(model, engine, rows, y, len(labels))
    stepper = Stepper(material, settings, accelerator, precision, settings.token_budget or 16)
    batches = BatchPlan(rows.lengths, settings.batch_size, 1, seed).epoch(0)
    began, busy, examples = time.perf_counter(), time.process_time(), 0
    for step in range(steps + WARM_UP):
        if step == WARM_UP:
            began, busy, examples = time.perf_counter(), time.process_time(), 0
        stepper.take(batches[step % len(batches)], step, 0.1)
        examples += len(batches[step % len(batches)])
    return examples / (time.perf_counter() - began), examples / (time.process_time() - busy)


class PlainDataset(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """What most people write: each picture is opened, varied by Pillow and prepared when its turn comes."""

    def __init__(self, paths: list[str], y: np.ndarray, processor: Any) -> None:
        self.paths, self.y, self.processor = paths, y, processor
        self.dice = np.random.default_rng(0)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, i: int) -> dict[str, Any]:
        with Image.open(self.paths[i]) as file:
            picture = file.convert("RGB")
        size = [round(side * np.sqrt(self.dice.uniform(0.5, 1))) for side in picture.size]
        left, top = (int(self.dice.integers(0, s - c + 1)) for s, c in zip(picture.size, size, strict=True))
        picture = picture.crop((left, top, left + size[0], top + size[1]))
        for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            picture = change(picture).enhance(self.dice.uniform(0.8, 1.2))
        values = self.processor(images=picture, return_tensors="pt")["pixel_values"][0]
        return {"pixel_values": values, "labels": int(self.y[i])}


def trainer_speed(folder: str, model_name: str, cache: str, examples: int, seed: int) -> Speed:
    """`transformers.Trainer` with its defaults: batch 8, fp32; pictures a second after two steps."""
    from transformers import AutoImageProcessor, AutoModelForImageClassification, Trainer, TrainerCallback
    from transformers import TrainingArguments as Arguments

    class Clock(TrainerCallback):  # type: ignore[misc]
        began = busy = 0.0

        def on_step_end(self, _arguments: Any, state: Any, _control: Any, **_: Any) -> None:
            if state.global_step == WARM_UP:
                self.began, self.busy = time.perf_counter(), time.process_time()

    paths, y, labels = read(Path(folder))
    base = str(resolve(model_name, cache=Path(cache), reads="image").folder)
    model = AutoModelForImageClassification.from_pretrained(
        base, num_labels=len(labels), ignore_mismatched_sizes=True, dtype=torch.float32
    )
    steps, clock = max(1, examples // 8), Clock()
    with tempfile.TemporaryDirectory() as out:
        options = {"report_to": "none", "save_strategy": "no", "disable_tqdm": True, "logging_strategy": "no"}
        arguments = Arguments(output_dir=out, max_steps=steps + WARM_UP, seed=seed, **options)
        dataset = PlainDataset(paths, y, AutoImageProcessor.from_pretrained(base))
        Trainer(model=model, args=arguments, train_dataset=dataset, callbacks=[clock]).train()
        done = steps * 8
        return done / (time.perf_counter() - clock.began), done / (time.process_time() - clock.busy)


def in_own_process(environment: Mapping[str, str], side: Callable[..., Speed], *arguments: Any) -> Speed:
    """The C library reads how it shall keep memory when a process begins."""
    before = {name: os.environ.pop(name, None) for name in SPEC.environment}
    os.environ.update(environment)
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(side, *arguments).result()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def speed(model_name: str, steps: int, rounds: int) -> None:
    """All sides in turns; prints medians and ratios."""
    folder = str(MATERIAL / "data" / "image" / "sign_digits" / "train")
    found: list[tuple[Speed, Speed, Speed]] = []
    with tempfile.TemporaryDirectory() as cache:
        for number in range(rounds):
            ours = in_own_process(SPEC.environment, our_speed, folder, model_name, cache, steps, number, True)
            theirs = in_own_process({}, trainer_speed, folder, model_name, cache, steps * 32, number)
            bare = in_own_process({}, our_speed, folder, model_name, cache, steps, number, False)
            said = f"ours {ours[0]:.1f}/s, Trainer {theirs[0]:.1f}/s, ours without {bare[0]:.1f}/s"
            print(f"  round {number + 1}: {said}", flush=True)
            found.append((ours, theirs, bare))
    for place, measure in enumerate(("by the clock", "by the processor")):
        ours_, theirs_, bare_ = ([speeds[side][place] for speeds in found] for side in range(3))
        ratio = statistics.median(a / b for a, b in zip(ours_, theirs_, strict=True))
        alone = statistics.median(a / b for a, b in zip(ours_, bare_, strict=True))
        middle = [statistics.median(column) for column in (ours_, theirs_, bare_)]
        print(
            f"{measure}: ours {middle[0]:.1f}, Trainer {middle[1]:.1f} pictures/s, ratio {ratio:.2f}; "
            f"the allocator's settings alone {middle[2]:.1f} to {middle[0]:.1f}, ratio {alone:.2f}"
        )
