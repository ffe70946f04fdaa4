"""A training that is stopped, killed and left alone ends as if nobody had touched it."""

import os
import signal
import time
from pathlib import Path

import pandas as pd
from command_line import SECONDS, Journey, started

from sft_core.records import EVENTS, PROC, RESULT, read_events, read_json


def steps(run: Path, attempt: int) -> int:
    """How many `step` events an attempt has written so far."""
    events = read_events(run / EVENTS)[0] if (run / EVENTS).exists() else []
    return sum(event["kind"] == "step" and event["attempt"] == attempt for event in events)


def wait_for_steps(run: Path, attempt: int) -> None:
    end = time.monotonic() + SECONDS
    while steps(run, attempt) < 2:
        assert time.monotonic() < end, "the training does not move"
        time.sleep(0.02)


def test_interrupt_killed_worker_and_killed_command_change_nothing(journey: Journey, tmp_path: Path) -> None:
    home, run = journey.home, tmp_path / "run"
    with started(home, *journey.asked, "--out", run) as first:
        wait_for_steps(run, 1)
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=SECONDS)
    assert first.returncode == 130
    assert f"resume --run {run}" in said and "Traceback" not in said
    assert read_json(run / RESULT)["state"] == "stopped"

    with started(home, "resume", "--run", run) as second:
        wait_for_steps(run, 2)
        os.kill(read_json(run / PROC)["pid"], signal.SIGKILL)
        _, said = second.communicate(timeout=SECONDS)
    assert second.returncode == 1
    assert f"resume --run {run}" in said and "Traceback" not in said

    with started(home, "resume", "--run", run) as third:
        wait_for_steps(run, 3)
        third.kill()
    end = time.monotonic() + SECONDS
    while not ((run / RESULT).exists() and read_json(run / RESULT)["attempt"] == 3):
        assert time.monotonic() < end, "the run did not go on after the death of the command"
        time.sleep(0.1)
    assert read_json(run / RESULT)["state"] == "finished"

    pd.testing.assert_frame_equal(pd.read_parquet(run / "predictions.parquet"), journey.predictions)
    assert read_json(run / "report.json")["metrics"] == journey.report["metrics"]
