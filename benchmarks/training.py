"""Our training against `transformers.Trainer` with its defaults: same model, same rows, same machine, in turns.

    python benchmarks/training.py                             examples per second of both, and their ratio
    python benchmarks/training.py --steps 20 --rounds 2       the same, short
    python benchmarks/training.py --data sms_spam             on other rows
    python benchmarks/training.py --images [--model FOLDER]   pictures (see training_images.py)

Trust the ratio, not the numbers: both sides take turns, so that a busy machine slows both. The second ratio is by the
seconds of the processor instead of the clock's: other programs disturb it less (with --set threads=1: hardly at all).
"""

import argparse
import csv
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import training_images

from sft_core.config import TrainingSettings
from sft_core.models.resolve import resolve
from sft_core.tasks.encoded import Encoded
from sft_core.tasks.registry import get_task, load_engine
from sft_core.training import hardware
from sft_core.training.batch_plan import BatchPlan
from sft_core.training.loop import open_accelerator
from sft_core.training.presets import DataFacts, resolve_settings
from sft_core.training.stepping import Material, Stepper

MATERIAL = Path(os.environ.get("TUNEBOARD_TEST_DATA", Path(__file__).resolve().parents[2] / "shared"))
# name -> (training file, test file or None, text column, label column)
DATA = {
    "banking77": ("banking77/train.csv", "banking77/test.csv", "text", "category"),
    "clinc150": ("clinc150_small/train.csv", "clinc150_small/test.csv", "text", "intent"),
    "sms_spam": ("sms_spam/sms_spam.csv", None, "text", "label"),
    "germeval_coarse": ("germeval2018/train.csv", "germeval2018/test.csv", "text", "coarse"),
    "germeval_fine": ("germeval2018/train.csv", "germeval2018/test.csv", "text", "fine"),
    "noisy_reviews": ("noisy_reviews/reviews_train.csv", "noisy_reviews/reviews_test.csv", "review", "label"),
}


@dataclass(frozen=True)
class Setting:
    """The training rows of a data set, ready to learn from."""

    folder: Path
    labels: list[str]
    encoded: Encoded
    y: np.ndarray
    settings: TrainingSettings


def read(name: str) -> list[tuple[str, str]]:
    """(text, label) pairs of the training file."""
    train_file, _, text, label = DATA[name]
    with (MATERIAL / "data" / "text" / train_file).open(encoding="utf-8", newline="") as file:
        return [(row[text], row[label]) for row in csv.DictReader(file)]


def prepare(name: str, preset: str, changes: dict[str, Any], rows: int | None, seed: int) -> Setting:
    """Mix, tokenise, resolve the preset."""
    pairs = read(name)
    labels = sorted({label for _, label in pairs})
    training = [pairs[i] for i in np.random.default_rng(1).permutation(len(pairs))][:rows]
    engine = load_engine(get_task("text-classification"))
    base = resolve("bundled", cache=None)
    whole = engine.encode(engine.load_encoder(base.folder, 512), [text for text, _ in training], None, 512)
    counts = np.bincount([labels.index(label) for _, label in training], minlength=len(labels))
    facts = DataFacts(
        rows=len(training),
        classes=len(labels),
        smallest_class=int(counts.min()),
        mean_tokens=float(whole.lengths.mean()),
        p99_tokens=int(np.percentile(whole.lengths, 99)),
        device="cuda" if torch.cuda.is_available() else "cpu",
    )
    settings, reasons = resolve_settings(preset, facts, changes, seed)
    print(f"{name}: {facts}\n  {' '.join(reasons)}\n  {settings.model_dump_json()}", flush=True)
    length = settings.max_length or 512
    encoded = engine.encode(engine.load_encoder(base.folder, length), [text for text, _ in training], None, length)
    y = np.array([labels.index(label) for _, label in training])
    return Setting(base.folder, labels, encoded, y, settings)


def load(setting: Setting) -> Any:
    """The base model with a new head."""
    engine = load_engine(get_task("text-classification"))
    return engine.load_base(setting.folder, setting.labels, dropout=setting.settings.dropout, seed=0)


# --- speed ---


@dataclass(frozen=True)
class Speed:
    """Examples a second, by the clock and by the processor's time."""

    clock: float
    processor: float


def our_speed(setting: Setting, steps: int, seed: int) -> Speed:
    """Over `steps` batches drawn from an epoch of the plan, after two to warm up."""
    engine = load_engine(get_task("text-classification"))
    torch.set_num_threads(setting.settings.threads or hardware.physical_threads())
    hardware.keep_memory()  # as loop.train does
    accelerator, precision = open_accelerator(setting.settings.mixed_precision)
    model = load(setting).to(accelerator.device).train()
    material = Material(model, engine, setting.encoded, setting.y, len(setting.labels))
    stepper = Stepper(material, setting.settings, accelerator, precision, setting.settings.token_budget or 4096)
    plan = BatchPlan(setting.encoded.lengths, setting.settings.batch_size, 1, 0)
    batches = plan.epoch(0)
    chosen = np.random.default_rng(seed).permutation(len(batches))[: steps + 2]
    began, busy, examples = time.perf_counter(), time.process_time(), 0
    for step, number in enumerate(chosen):
        if step == 2:
            began, busy = time.perf_counter(), time.process_time()
        stepper.take(batches[number], step, 0.1)
        examples += len(batches[number]) if step >= 2 else 0
    return Speed(examples / (time.perf_counter() - began), examples / (time.process_time() - busy))


def trainer_speed(setting: Setting, examples: int, seed: int) -> Speed:
    """`transformers.Trainer` with its defaults: batch 8, fp32, padded to the longest of a batch."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = make_trainer(setting, folder, max_steps=max(1, examples // 8), seed=seed)
        busy = time.process_time()
        rate = float(trainer.train().metrics["train_samples_per_second"])
        return Speed(rate, examples / (time.process_time() - busy))


def make_trainer(setting: Setting, folder: str, **arguments: Any) -> Any:
    """A Trainer as most people make one."""
    from transformers import AutoTokenizer, Trainer, TrainingArguments

    rows = [
        {"input_ids": ids.tolist(), "labels": int(label)}
        for ids, label in zip(setting.encoded.input_ids, setting.y, strict=True)
    ]
    options = TrainingArguments(
        output_dir=folder, report_to="none", save_strategy="no", disable_tqdm=True, logging_strategy="no", **arguments
    )
    tokenizer = AutoTokenizer.from_pretrained(setting.folder)
    return Trainer(model=load(setting), args=options, train_dataset=rows, processing_class=tokenizer)


def in_own_process(side: Callable[..., Speed], *arguments: Any) -> Speed:
    """What a side changes in its process (threads, the way memory is kept) must not help or hurt the other."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(side, *arguments).result()


def speed(setting: Setting, steps: int, rounds: int) -> None:
    """Both sides in turns; prints the medians and their ratio."""
    pairs: list[tuple[Speed, Speed]] = []
    for number in range(rounds):
        ours = in_own_process(our_speed, setting, steps, number)
        theirs = in_own_process(trainer_speed, setting, steps * setting.settings.batch_size, number)
        print(f"  round {number + 1}: ours {ours.clock:.1f}/s, Trainer {theirs.clock:.1f}/s", flush=True)
        pairs.append((ours, theirs))
    print(
        f"ours {statistics.median(ours.clock for ours, _ in pairs):.1f} examples/s, "
        f"Trainer {statistics.median(theirs.clock for _, theirs in pairs):.1f} examples/s, "
        f"ratio {statistics.median(ours.clock / theirs.clock for ours, theirs in pairs):.2f} by the clock, "
        f"{statistics.median(ours.processor / theirs.processor for ours, theirs in pairs):.2f} by the processor"
    )


def main() -> None:
    """Read the arguments and run one of the modes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=sorted(DATA), default="banking77")
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a setting")
    parser.add_argument("--rows", type=int, default=None, help="use only so many training rows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=60, help="our optimizer steps in a round; Trainer: as many rows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", action="store_true", help="pictures instead of texts")
    parser.add_argument("--model", default="bundled", help="with --images: the base model, a folder")
    arguments = parser.parse_args()
    if arguments.images:
        training_images.speed(arguments.model, arguments.steps, arguments.rounds)
        return
    changes = dict(pair.split("=", 1) for pair in arguments.set)
    setting = prepare(arguments.data, arguments.preset, changes, arguments.rows, arguments.seed)
    speed(setting, arguments.steps, arguments.rounds)


if __name__ == "__main__":
    main()
