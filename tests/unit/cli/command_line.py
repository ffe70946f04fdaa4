"""The command line as a script calls it: a process of its own, exit status, both outputs."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sft_core.records import EVENTS, read_events

SECONDS = 300
CLASSES, ROWS_A_CLASS = 5, 40


class Journey(NamedTuple):
    """A finished run, its workspace, and what it left."""

    home: Path
    run: Path
    test_file: Path
    report: dict[str, Any]
    predictions: pd.DataFrame
    printed: str


def command(*arguments: object) -> list[str]:
    """The words of a call."""
    return [sys.executable, "-m", "sft_core", *map(str, arguments)]


def environment(home: Path) -> dict[str, str]:
    """What the process sees: a workspace of its own, one thread."""
    return {**os.environ, "TUNEBOARD_HOME": str(home), "OMP_NUM_THREADS": "1"}


def call(home: Path, *arguments: object, seconds: float = SECONDS) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        command(*arguments), env=environment(home), capture_output=True, text=True, timeout=seconds, check=False
    )


@contextmanager
def started(home: Path, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Begin it and make sure that it ends with the test."""
    process = subprocess.Popen(
        command(*arguments), env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def some_classes(source: Path, target: Path, classes: int, rows: int) -> Path:
    """A file with the first `rows` rows of the first `classes` classes of a file with a column `category`."""
    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    names = list(dict.fromkeys(table["category"]))[:classes]
    kept = table[table["category"].isin(names)].groupby("category").head(rows)
    kept.to_csv(target, index=False)
    return target


def steps(run: Path, attempt: int) -> int:
    """How many `step` events an attempt has written so far."""
    events = read_events(run / EVENTS)[0] if (run / EVENTS).exists() else []
    return sum(event["kind"] == "step" and event["attempt"] == attempt for event in events)


def wait_for_steps(run: Path, attempt: int) -> None:
    end = time.monotonic() + SECONDS
    while steps(run, attempt) < 2:
        assert time.monotonic() < end, "the training does not move"
        time.sleep(0.02)
