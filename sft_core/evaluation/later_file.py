"""A later file meets a finished run: read it, find its columns, answer every row, and judge the answers."""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from sft_core.config import ReadOptions, Roles
from sft_core.data import examples
from sft_core.data.counted import counted, verb
from sft_core.data.duplicates import empty_inputs
from sft_core.data.importing import read_safely
from sft_core.data.kinds.kind import Inputs
from sft_core.data.kinds.registry import kind_of
from sft_core.data.own_columns import OWN
from sft_core.data.pictures.keeping import PICTURES
from sft_core.data.reading import ReadFacts
from sft_core.errors import DataError
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.baselines import Floats
from sft_core.evaluation.clock import Clock
from sft_core.evaluation.later_rivals import answer_by_rivals
from sft_core.evaluation.mapping import (
    ColumnMatch,
    as_run_sees,
    check_their_labels,
    columns_of_numbers,
    match_columns,
)
from sft_core.evaluation.predictions import answers_table, write_predictions
from sft_core.evaluation.seen import read_row_hashes
from sft_core.evaluation.test_file import evaluate_on, true_labels
from sft_core.evaluation.tuned_run import load_tuned_run
from sft_core.evaluation.wording import quoted
from sft_core.features.predictor import Answer, Predictor
from sft_core.records import Work, read_json, write_json
from sft_core.training.hardware import peak_memory_mb
from sft_core.training.setup import environment
from sft_core.workspace import RunFolder


def judge_file(work: Work) -> None:
    """Write `report.json` and `predictions.parquet` of a later file into the job's folder.

    The request names `run` and `data`, and may say how the file is read (`read`), which columns play which part
    (`text`, `text_pair`, `label`, or `columns`, {ours: theirs}), which holds the answers that are given today (`rival`)
    and which class is which (`label_map`, {theirs: ours}).
    """
    request, run, clock = work.request, RunFolder(Path(work.request["run"])), Clock(work)
    table, read = _read(work)
    roles = run_roles(run)
    labels = read_json(run.report)["labels"]
    matches = _with_wishes(match_columns(table, roles, labels, guess_text=False), roles, request, table)
    seen_as = as_run_sees(table, roles, matches)
    label_map = request.get("label_map") or {}
    check_their_labels(label_map, [table[name] for name in _labelled(matches, roles, request) if name in table])
    begun = time.monotonic()
    predictor, answer = _answer(run, seen_as, roles, work)
    seconds, probabilities = time.monotonic() - begun, answer.probabilities
    tuned = load_tuned_run(run)
    true = true_labels(seen_as, roles, label_map, tuned.labels)
    rivals, missing = _rivals(run, seen_as, roles, work) if any(true) else ({}, {})
    report = evaluate_on(
        tuned,
        seen_as,
        roles,
        label_map,
        read_row_hashes(run.row_hashes),
        probabilities,
        baselines=rivals,
        missing=missing,
        rival=_present_answers(table, roles, request, label_map),
        timing=_timing(seconds, len(table), predictor.device),
        environment={**environment(), **_how_computed(predictor)},
        warnings=_warnings(work, _lost(read), _numbers(table, roles, matches), _no_text(seen_as, roles)),
    )
    report["test_file"] |= _how_read(read, matches, request)
    write_predictions(work.folder / "predictions.parquet", Answers(table, true, probabilities), tuned.labels)
    report["timing"]["total_seconds"] = clock.total_seconds()
    write_json(work.folder / "report.json", report)


def answer_file(work: Work) -> pd.DataFrame:
    """The rows of a file with our answers: its columns, prediction, confidence, known_score, p(…)."""
    request, run = work.request, RunFolder(Path(work.request["run"]))
    table, read = _read(work)
    roles = run_roles(run).model_copy(update={"label": None})
    matches = _with_wishes(match_columns(table, roles, guess_text=False), roles, request, table)
    seen_as = as_run_sees(table, roles, matches)
    _warnings(work, _lost(read), _numbers(table, roles, matches), _no_text(seen_as, roles))
    _predictor, answer = _answer(run, seen_as, roles, work)
    labels = read_json(run.report)["labels"]
    return answers_table(table, answer.probabilities, labels, known_score=answer.known, with_row=False)


def run_roles(run: RunFolder) -> Roles:
    """What the columns of a run's rows are for."""
    return Roles.model_validate(read_json(run.config)["roles"])


def _read(work: Work) -> tuple[pd.DataFrame, ReadFacts]:
    path = Path(work.request["data"])
    options = ReadOptions.model_validate(work.request.get("read") or {})
    with tempfile.TemporaryDirectory(dir=work.folder, prefix=".reading-") as folder:
        parquet, facts = read_safely(
            path,
            options,
            Path(folder),
            source="test",
            on_progress=work.progress,
            should_stop=work.should_stop,
            pictures=work.folder / PICTURES,
        )
        return pd.read_parquet(parquet), facts


def _how_read(read: ReadFacts, matches: list[ColumnMatch], request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rejected": read.rejected,
        "read": read.read.model_dump(),
        "name": request.get("name") or Path(request["data"]).name,
        "columns": {match.ours: match.theirs for match in matches},
    }


def _warnings(work: Work, lost: str, numbers: str, no_text: str) -> list[str]:
    """What may be wrong with the file, told at once to whoever follows the job, and again in the report."""
    hints = {
        lost: "Look at them in the dashboard, or mend the file.",
        numbers: "Name the column that holds the text.",
        no_text: "Do not use these answers, or write a text into these rows.",
    }
    said = [message for message in (lost, numbers, no_text) if message]
    for message in said:
        work.events.add("warning", message=message, hint=hints[message])
    return said


def _numbers(table: pd.DataFrame, roles: Roles, matches: list[ColumnMatch]) -> str:
    """A sentence on columns that were taken for the text and hold numbers; "" where there are none."""
    names = columns_of_numbers(table, roles, matches)
    if not names:
        return ""
    hold = "hold" if len(names) > 1 else "holds"
    return f"{quoted(names)}, read as the text, {hold} hardly anything but numbers."


def _no_text(table: pd.DataFrame, roles: Roles) -> str:
    """A sentence on the rows in which there is nothing to read; "" where there are none."""
    rows = int(empty_inputs(table, roles).sum())
    if not rows:
        return ""
    lack = f"{counted(rows)} {verb(rows, 'has', 'have')} no {kind_of(roles).noun}"
    return f"{lack}: the answer there is a guess without a reason."


def _lost(read: ReadFacts) -> str:
    """A sentence on the rows of the file that could not be read; "" where all could."""
    rows = int(read.rejected["count"])
    if not rows:
        return ""
    reason = next(iter(read.rejected["reasons"]), "")
    return f"{rows:,} {'row' if rows == 1 else 'rows'} of the file could not be read and got no answer ({reason})."


def _with_wishes(
    matches: list[ColumnMatch], roles: Roles, request: Mapping[str, Any], table: pd.DataFrame
) -> list[ColumnMatch]:
    """The matches, replaced where the user named a column. Raises DataError for a column that is not there."""
    wishes = dict(request.get("columns") or {})
    wishes.update(zip(roles.text, request.get("text") or [], strict=False))
    if request.get("text_pair") and roles.text_pair:
        wishes[roles.text_pair] = request["text_pair"]
    if request.get("label") and roles.label:
        wishes[roles.label] = request["label"]
    for theirs in wishes.values():
        if theirs is not None and theirs not in table.columns:
            known = [str(name) for name in table.columns if name not in OWN]
            raise DataError(f"There is no column “{theirs}” in the file.", f"Choose one of {quoted(known)}.")
    taken = {theirs for theirs in wishes.values() if theirs is not None}
    kept = [match if match.theirs not in taken else ColumnMatch(match.ours, None, False) for match in matches]
    return [
        ColumnMatch(match.ours, wishes[match.ours], True, "named by you") if match.ours in wishes else match
        for match in kept
    ]


def _labelled(matches: list[ColumnMatch], roles: Roles, request: Mapping[str, Any]) -> list[str]:
    """The columns of the file that hold classes: the true ones, and those that are answered today."""
    true = [match.theirs for match in matches if match.ours == roles.label]
    return [name for name in (*true, request.get("rival", roles.rival)) if name is not None]


def _present_answers(
    table: pd.DataFrame, roles: Roles, request: Mapping[str, Any], label_map: Mapping[str, str]
) -> list[str] | None:
    """The answers that are given today, in the run's words; None where the file has no column of them."""
    column = request.get("rival", roles.rival if roles.rival in table else None)
    if column is None:
        return None
    if column not in table:
        raise DataError(f"There is no column {column!r} in the file.", "Choose the column of today's answers again.")
    return [label_map.get(value, value) for value in table[column]]


def _rivals(run: RunFolder, table: pd.DataFrame, roles: Roles, work: Work) -> tuple[dict[str, Floats], dict[str, str]]:
    return answer_by_rivals(run, *_inputs(table, roles, work), work)


def _inputs(table: pd.DataFrame, roles: Roles, work: Work) -> Inputs:
    return examples.inputs(table, roles.for_answers(), work.folder / PICTURES)


def _timing(seconds: float, rows: int, device: torch.device) -> dict[str, float]:
    """Of a file that is judged: how long the model took for its answers, itself loaded included, and its memory."""
    return {
        "answer_seconds": round(seconds, 3),
        "answers_per_second": round(rows / max(seconds, 1e-6), 1),
        "peak_memory_mb": peak_memory_mb(device),
    }


def _how_computed(predictor: Predictor) -> dict[str, Any]:
    device = predictor.device
    return {"device": device.type, "precision": "off", "token_budget": predictor.engine.usual_budget(device)}


def _answer(run: RunFolder, table: pd.DataFrame, roles: Roles, work: Work) -> tuple[Predictor, Answer]:
    """The run's model, and its probabilities and known scores of all rows."""
    predictor = Predictor.load(run.model, str(read_json(run.config)["task"]))
    answer = predictor.answer(
        *_inputs(table, roles, work),
        should_stop=work.should_stop,
        on_progress=lambda done: work.progress(done, "Answering the rows"),
    )
    return predictor, answer
