"""A third task, registered only here: other words, another engine, and nothing else is changed for it."""

from pathlib import Path

import pytest
from tiny_base import write_base

from sft_core import pipeline
from sft_core.config import TrainRequest
from sft_core.records import EventLog, Work, read_json
from sft_core.tasks import registry
from sft_core.tasks.task import TaskSpec
from sft_core.tasks.text_classification.engine import TextClassification

SPEC = TaskSpec(
    name="mood-finding",
    title="Find the mood of a note",
    input_kind="text",
    row_word=("note", "notes"),
    roles_needed=("text", "label"),
    metrics=("accuracy",),
    baselines=("majority", "probe"),
    engine=f"{__name__}:ENGINE",
)


class MoodFinding(TextClassification):
    """Learns the head alone: the body stays as it is, whatever the settings say."""

    unit = "word pieces"

    def freeze(self, model, n_layers: int) -> None:
        """All of the body, always."""
        super().freeze(model, 99 + n_layers)

    def while_training(self, model, rows) -> None:
        """Nothing stands beside it."""


ENGINE = MoodFinding()


def test_a_task_is_a_spec_and_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.TASKS, SPEC.name, f"{__name__}:SPEC")
    write_base(tmp_path / "base")
    notes = tmp_path / "notes.csv"
    words = {"good": "the film is very good", "bad": "it was not a good card", "lost": "where is my money"}
    rows = [f"{text} {'the ' * (n % 7)}{n},{mood}" for n in range(12) for mood, text in words.items()]
    notes.write_text("note,mood\n" + "\n".join(rows) + "\n")
    settings = {"epochs": 1, "threads": 1, "mixed_precision": "off"}
    roles = {"text": ("note",), "label": "mood"}
    request = TrainRequest(
        train=str(notes), task=SPEC.name, model=str(tmp_path / "base"), roles=roles, settings=settings
    )
    run = tmp_path / "run"
    run.mkdir()
    work = Work(run, request.model_dump(mode="json"), 1, EventLog(run / "events.jsonl", 1), lambda: False)
    pipeline.train_job(work)
    report = read_json(run / "report.json")
    assert report["task"] == "mood-finding"
    assert set(report["baselines"]) == {"majority", "probe"}
    assert report["metrics"]["test"]["accuracy"] is not None
    assert (run / "model" / "config.json").is_file()
