"""A run tells what it takes before it learns, and what cannot fit ends as bad input."""

import threading
from pathlib import Path
from typing import Any

import pytest
from tiny_base import write_base

from sft_core.features import tokens
from sft_core.jobs.folders import Order
from sft_core.jobs.worker import attempt
from sft_core.models.catalogue import find_card
from sft_core.records import Outcome, read_events, read_json
from sft_core.training import hardware
from sft_core.workspace import RunFolder


def run_in(folder: Path) -> tuple[Outcome, list[dict[str, Any]]]:
    """One attempt at a run of a tiny model on 60 short texts: how it ended, and what it told."""
    words = {"card": "ist die Karte weg und nicht da", "film": "war das der Film und nicht lang"}
    rows = [f"{text} {'sehr ' * n},{label}" for n in range(30) for label, text in words.items()]
    (folder / "a.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    request = {"train": str(folder / "a.csv"), "model": str(write_base(folder / "base")), "preset": "quick"}
    request = {**request, "settings": {"epochs": 1, "threads": 1}}
    run = folder / "run"
    run.mkdir()
    outcome = attempt(run, Order("x", "train", request, "", None, None, submitted=0.0), threading.Event())
    return outcome, read_events(run / "events.jsonl")[0]


def test_a_run_tells_seconds_memory_and_that_its_model_has_not_learnt_the_language(
    tmp_path: Path, workspace: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "find_card", lambda name: find_card("bundled"))  # as if the folder were that model
    outcome, events = run_in(tmp_path)
    assert outcome.state == "finished", outcome
    (plan,) = [event for event in events if event["kind"] == "plan"]
    assert plan["seconds"] > 0 and plan["memory_mb"] >= 0
    (told,) = [event for event in events if event["kind"] == "warning" and "German" in event["message"]]
    assert "has learnt English" in told["message"] and told["hint"]
    assert told["message"] in read_json(RunFolder(tmp_path / "run").report)["warnings"]


def test_a_run_that_cannot_fit_is_refused_after_its_baselines(
    tmp_path: Path, workspace: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "free_memory_mb", lambda device: 0)
    outcome, events = run_in(tmp_path)
    assert (outcome.state, outcome.exit) == ("failed", 2)
    assert outcome.message.startswith("This model needs at least") and "smaller model" in outcome.hint
    kinds = [event["kind"] for event in events]
    assert kinds.count("baseline") == 3 and "plan" not in kinds
    assert not RunFolder(tmp_path / "run").checkpoints.exists()  # the command line may clear the folder away
