"""Our presets against `transformers.Trainer` with its defaults and three epochs: paired, on the same test rows.

    python benchmarks/accuracy.py                                   every data set, 3,000 training rows at most
    python benchmarks/accuracy.py --data sms_spam --rows 0          one, whole
    python benchmarks/accuracy.py --preset quick --seed 1           another preset, another seed of ours

Our side is the command line as users have it. The rival gets the rows that our run trained on, the same test rows and
the same longest text; its answers are kept in benchmarks/rival/ under a hash of those rows and are used again as long
as the rows stay the same (`--rerun` repeats them).
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score
from training import DATA, MATERIAL

from sft_core.models.resolve import resolve
from sft_core.records import read_json, write_json
from sft_core.scoring.uncertainty import mcnemar

RIVAL = Path(__file__).parent / "rival"
EPOCHS = 3


@dataclass(frozen=True)
class Rows:
    """What both sides work on, taken from our finished run."""

    train: pd.DataFrame
    test: pd.DataFrame
    text: str
    label: str
    max_length: int

    def key(self) -> str:
        """A hash of everything that the rival sees."""
        parts = [part[[self.text, self.label]].to_csv(index=False) for part in (self.train, self.test)]
        return hashlib.sha256("\0".join([*parts, str(self.max_length)]).encode()).hexdigest()[:16]


def draw(source: Path, label: str, rows: int, target: Path) -> Path:
    """A file with at most `rows` rows of `source`, drawn with seed 0, the classes' shares kept; 0: all of them."""
    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    if rows and len(table) > rows:
        share = rows / len(table)
        table = table.groupby(label, group_keys=False).sample(frac=share, random_state=0).sort_index()
    table.to_csv(target, index=False)
    return target


def our_run(name: str, rows: int, preset: str, seed: int, folder: Path) -> Path:
    """Train through the command line; the finished run's folder."""
    train_file, test_file, text, label = DATA[name]
    source = MATERIAL / "data" / "text" / train_file
    data = draw(source, label, rows, folder / "train.csv")
    test = ["--test", str(source.parents[1] / test_file)] if test_file else []
    run = folder / "run"
    asked = ["train", "--data", str(data), *test, "--text", text, "--label", label]
    asked += ["--preset", preset, "--seed", str(seed), "--out", str(run)]
    subprocess.run([sys.executable, "-m", "sft_core", *asked], check=True, stdout=subprocess.DEVNULL)
    return run


def rows_of(name: str, run: Path) -> Rows:
    """The rows that a finished run trained on and was tested on."""
    _, _, text, label = DATA[name]
    table = pd.read_parquet(run / "rows.parquet")
    settings = read_json(run / "config.json")["settings"]
    train, test = (table[table["_split"] == split].reset_index(drop=True) for split in ("train", "test"))
    return Rows(train, test, text, label, int(settings["max_length"]))


def rival_answers(rows: Rows) -> dict[str, Any]:
    """Train `Trainer` as most people do (batch 8, 5e-5, linear, fp32) and answer the test rows."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments

    base = resolve("bundled", cache=None).folder
    labels = sorted(set(rows.train[rows.label]))
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=len(labels), dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(base)
    encoded = {
        name: [
            {"input_ids": tokenizer(text, truncation=True, max_length=rows.max_length)["input_ids"]}
            for text in part[rows.text]
        ]
        for name, part in (("train", rows.train), ("test", rows.test))
    }
    for row, label in zip(encoded["train"], rows.train[rows.label], strict=True):
        row["labels"] = labels.index(label)
    with tempfile.TemporaryDirectory() as folder:
        options = TrainingArguments(
            output_dir=folder,
            num_train_epochs=EPOCHS,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
            logging_strategy="no",
        )
        trainer = Trainer(model=model, args=options, train_dataset=encoded["train"], processing_class=tokenizer)
        began = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - began
        found = trainer.predict(encoded["test"]).predictions.argmax(axis=1)
    return {"seconds": round(seconds, 1), "labels": labels, "answers": [int(place) for place in found]}


def rival(name: str, wanted: int, rows: Rows, rerun: bool) -> dict[str, Any]:
    """The rival's kept answers, or new ones where there are none for these rows."""
    path = RIVAL / f"{name}-{wanted or 'all'}.json"
    if path.exists() and not rerun:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if kept["rows"] == rows.key():
            return kept
    RIVAL.mkdir(exist_ok=True)
    answers = {"rows": rows.key(), "epochs": EPOCHS, **rival_answers(rows)}
    write_json(path, answers)
    return answers


def compare(name: str, wanted: int, preset: str, seed: int, rerun: bool) -> None:
    """One data set, both sides; prints a line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        run = our_run(name, wanted, preset, seed, Path(folder))
        rows = rows_of(name, run)
        report = read_json(run / "report.json")
        predictions = pd.read_parquet(run / "predictions.parquet")
    theirs = rival(name, wanted, rows, rerun)
    true = np.asarray(rows.test[rows.label])
    their_answers = np.asarray(theirs["labels"])[theirs["answers"]]
    if list(predictions["true"]) != list(true):
        raise SystemExit(f"{name}: the stored predictions are not in the order of the rows.")
    ours = np.asarray(predictions["prediction"])
    versus = mcnemar(ours == true, their_answers == true)
    baselines = " ".join(f"{key} {facts['accuracy']:.4f}" for key, facts in report["baselines"].items())
    timing = report["timing"]
    print(
        f"{name}, {len(rows.train):,} rows, {preset}, seed {seed}: "
        f"ours {accuracy_score(true, ours):.4f} / {_macro_f1(true, ours):.4f} "
        f"({timing['examples']:,} examples, {timing['samples_per_second']}/s, "
        f"{timing['peak_memory_mb']:.0f} MB), "
        f"Trainer {accuracy_score(true, their_answers):.4f} / {_macro_f1(true, their_answers):.4f} "
        f"({EPOCHS * len(rows.train) / theirs['seconds']:.1f}/s), p {versus.p:.3f}; {baselines}",
        flush=True,
    )


def _macro_f1(true: np.ndarray, answers: np.ndarray) -> float:
    return float(f1_score(true, answers, average="macro", zero_division=0))


def main() -> None:
    """Read the arguments and go through the data sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", choices=sorted(DATA), default=sorted(DATA))
    parser.add_argument("--rows", type=int, default=3000, help="training rows at most; 0: all")
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rerun", action="store_true", help="repeat the rival too")
    arguments = parser.parse_args()
    for name in arguments.data:
        compare(name, arguments.rows, arguments.preset, arguments.seed, arguments.rerun)


if __name__ == "__main__":
    main()
