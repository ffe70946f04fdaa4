"""Runs as the pages find them: made with the real functions, but without training anything."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sft_core.config import TrainRequest
from sft_core.data.audit import audit
from sft_core.data.store import DatasetStore
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.predictions import write_predictions
from sft_core.evaluation.report import RunFacts, build_report
from sft_core.jobs import store
from sft_core.jobs.rows import State
from sft_core.jobs.store import Job
from sft_core.records import EVENTS, EventLog, write_json
from sft_core.scoring.metrics import confusion, score
from sft_core.workspace import RunFolder, Workspace

PINNED = ("where is my <b>parcel</b>?",)
METRICS = ("accuracy", "macro_f1", "macro_precision", "macro_recall")


def write_messages(folder: Path) -> Path:
    """A clean table of 120 messages in three classes, as most of these runs learn from."""
    words = {"Billing": "invoice", "Delivery": "parcel", "Praise": "thanks"}
    lines = [f"the {word} number {n} again,{label}" for n in range(40) for label, word in words.items()]
    path = folder / "messages.csv"
    path.write_text("message,topic\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def submit_run(workspace: Workspace, dataset: str, state: State, name: str = "Messages · quick", **more: object) -> Job:
    """A run in the register, in this state, that nobody works on."""
    request = TrainRequest(dataset=dataset, version=0, preset="quick", name=name, pinned=PINNED, **more)
    job = store.submit(workspace, "train", request.model_dump(mode="json"), title=name)
    set_state(workspace, job, state)
    return store.get(workspace, job.id)


def set_state(workspace: Workspace, job: Job, state: State, message: str = "", hint: str = "") -> None:
    """Put a job into a state as the supervisor would."""
    with workspace.writing() as connection:
        connection.execute(
            "UPDATE jobs SET state = ?, message = ?, hint = ? WHERE id = ?", (state, message, hint, job.id)
        )


def labels_of(workspace: Workspace, dataset: str) -> list[str]:
    """The classes of the test dataset."""
    return sorted(set(_topics(workspace, dataset)))


def _topics(workspace: Workspace, dataset: str) -> list[str]:
    label = DatasetStore(workspace).get(dataset).roles.label
    return list(DatasetStore(workspace).read_rows(dataset)[label])


def write_config(workspace: Workspace, job: Job, dataset: str, task: str = "text-classification") -> None:
    """What a run writes down at its start."""
    info = DatasetStore(workspace).get(dataset)
    table = DatasetStore(workspace).read_rows(dataset)
    write_json(
        RunFolder(job.folder).config,
        {
            "task": task,
            "preset": "quick",
            "labels": labels_of(workspace, dataset),
            "settings": {"epochs": 2, "goal": {"kind": "accuracy", "label": None}},
            "data": {"version": 0, "rows": {"train": len(table) - 40, "validation": 20, "test": 20}},
            "roles": info.roles.model_dump(mode="json"),
            "pinned": list(PINNED),
            "reasons": [],
            "model": {"name": "MiniLM"},
        },
    )


def guesses(true: list[str], labels: list[str], right: float, seed: int) -> NDArray[np.float32]:
    """Probabilities (n, k) that are right in about this share of the rows."""
    dice = np.random.default_rng(seed)
    logits = dice.normal(size=(len(true), len(labels)))
    for place, label in enumerate(true):
        if dice.random() < right:
            logits[place, labels.index(label)] += 6
        else:
            logits[place, dice.integers(len(labels))] += 5
    shares = np.exp(logits)
    return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def tell_progress(workspace: Workspace, job: Job, dataset: str, looks: int = 2) -> None:
    """The events of a run that is on its way: baselines first, then looks at validation."""
    labels = labels_of(workspace, dataset)
    true = _topics(workspace, dataset)[:30]
    log = EventLog(job.folder / EVENTS, job.attempt)
    log.add("stage", name="Trying the simple methods")
    for name, right in (("majority", 0.2), ("tfidf_logreg", 0.7), ("probe", 0.5)):
        log.add("baseline", name=name, **_scored(true, labels, right, 1))
    if looks:
        log.add("plan", steps=20, batches=10, padding_ratio=0.03, plan_hash="x", epochs=2)
    for look in range(looks):
        scored = _scored(true, labels, 0.75 + 0.1 * look, 2)
        log.add("evaluation", epoch=float(look), step=10 * look, loss=0.9 - 0.2 * look, **scored)
        shares = guesses([labels[1]], labels, 1.0, look)
        log.add("pinned", step=10 * look, probabilities=[[float(p) for p in shares[0]]])
        for step in (10 * look + 1, 10 * look + 6):
            log.add("step", epoch=step / 10, step=step, loss=0.8, lr=1e-4, samples_per_second=200.0, memory_mb=900)


def finish_run(workspace: Workspace, job: Job, dataset: str, right: float = 0.8) -> None:
    """Report and answers of a run, from real functions."""
    table, labels = DatasetStore(workspace).read_rows(dataset), labels_of(workspace, dataset)
    table = table.assign(_split=["test" if row % 4 == 0 else "train" for row in table["_row"]])
    info = DatasetStore(workspace).get(dataset)
    test = table[table["_split"] == "test"].drop(columns="_split").reset_index(drop=True)
    true = list(test[info.roles.label])
    answers = Answers(test, true, guesses(true, labels, right, 0))
    report = build_report(
        facts=RunFacts("text-classification", "MiniLM", "quick", 0, {"train": 80, "validation": 10, "test": len(test)}),
        labels=labels,
        validation=answers,
        test=answers,
        baselines={
            name: Answers(test, true, guesses(true, labels, share, 5))
            for name, share in (("majority", 0.1), ("probe", 0.5))
        },
        temperature=1.1,
        audit=audit(table, info.roles),
    )
    run = RunFolder(job.folder)
    write_predictions(run.predictions, answers, labels)
    write_json(run.report, report)
    set_state(workspace, job, "finished")


def finished_run(workspace: Workspace, dataset: str) -> Job:
    """A run that has ended well."""
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    finish_run(workspace, job, dataset)
    return store.get(workspace, job.id)


def _scored(true: list[str], labels: list[str], right: float, seed: int) -> dict[str, object]:
    shares = guesses(true, labels, right, seed)
    scores = score(true, shares, labels)
    counts = np.asarray(confusion(true, shares, labels))
    metrics = {name: scores[name] for name in METRICS}  # type: ignore[literal-required]
    return {"metrics": metrics, "confusion": {"labels": labels, "matrix": counts.tolist()}}
