"""A later file meets a finished run: read it, find its columns, answer every row, and judge the answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import ReadOptions, Roles
from sft_core.data import examples
from sft_core.data.importing import read_safely
from sft_core.errors import DataError
from sft_core.evaluation.answers import RESERVED, Answers
from sft_core.evaluation.mapping import ColumnMatch, as_run_sees, match_columns
from sft_core.evaluation.predictions import answers_table, write_predictions
from sft_core.evaluation.seen import read_row_hashes
from sft_core.evaluation.test_file import evaluate_on, load_tuned_run, true_labels
from sft_core.export.predictions import predictions_file
from sft_core.features.predictor import Predictor
from sft_core.records import Work, read_json, write_json
from sft_core.workspace import RunFolder

FORMATS = ("csv", "xlsx", "parquet")


def judge_file(work: Work) -> None:
    """Write `report.json` and `predictions.parquet` of a later file into the job's folder.

    The request names `run` and `data`, and may say how the file is read (`read`), which columns play which part
    (`text`, `label`, or `columns` as {ours: theirs}) and which class is which (`label_map` as {theirs: ours}).
    """
    request, run = work.request, RunFolder(Path(work.request["run"]))
    table = _read(work)
    roles = run_roles(run)
    matches = _with_wishes(match_columns(table, roles, read_json(run.report)["labels"]), roles, request, table)
    seen_as = as_run_sees(table, roles, matches)
    probabilities, _known = _answer(run, seen_as, roles, work)
    tuned = load_tuned_run(run, training_counts(run, roles))
    report = evaluate_on(
        tuned,
        seen_as,
        roles,
        request.get("label_map") or {},
        read_row_hashes(run.row_hashes),
        probabilities,
    )
    report["test_file"]["name"] = request.get("name") or Path(request["data"]).name
    report["test_file"]["columns"] = {match.ours: match.theirs for match in matches}
    true = true_labels(seen_as, roles, request.get("label_map") or {}, tuned.labels)
    write_predictions(work.folder / "predictions.parquet", Answers(table, true, probabilities), tuned.labels)
    write_json(work.folder / "report.json", report)


def answer_file(work: Work) -> None:
    """Write `predictions.csv` (or xlsx, parquet) into the job's folder: the input columns and our answers."""
    request, run = work.request, RunFolder(Path(work.request["run"]))
    format = request.get("format") or "csv"
    if format not in FORMATS:
        raise DataError(f"Answers cannot be written as {format!r}.", "Name the file .csv, .xlsx or .parquet.")
    table = _read(work)
    roles = run_roles(run).model_copy(update={"label": None})
    matches = _with_wishes(match_columns(table, roles), roles, request, table)
    probabilities, known = _answer(run, as_run_sees(table, roles, matches), roles, work)
    labels = read_json(run.report)["labels"]
    answers = answers_table(table, probabilities, labels, known_score=known, with_row=False)
    predictions_file(answers, work.folder / f"predictions.{format}", format)


def run_roles(run: RunFolder) -> Roles:
    """What the columns of a run's rows are for."""
    return Roles.model_validate(read_json(run.config)["roles"])


def training_counts(run: RunFolder, roles: Roles) -> dict[str, int]:
    """Rows of each class that the run learnt from; {} where the run came without its rows."""
    if not run.rows.is_file() or not roles.label:
        return {}
    rows = pd.read_parquet(run.rows, columns=["_split", roles.label])
    counts = rows.loc[rows["_split"] == "train", roles.label].value_counts()
    return {str(label): int(n) for label, n in counts.items()}


def _read(work: Work) -> pd.DataFrame:
    path = Path(work.request["data"])
    options = ReadOptions.model_validate(work.request.get("read") or {})
    folder = work.folder / "reading"
    folder.mkdir(exist_ok=True)
    parquet, _facts = read_safely(
        path, options, folder, source="test", on_progress=work.progress, should_stop=work.should_stop
    )
    return pd.read_parquet(parquet)


def _with_wishes(
    matches: list[ColumnMatch], roles: Roles, request: Mapping[str, Any], table: pd.DataFrame
) -> list[ColumnMatch]:
    """The matches, replaced where the user named a column. Raises DataError for a column that is not there."""
    wishes = dict(request.get("columns") or {})
    wishes.update(zip(roles.text, request.get("text") or [], strict=False))
    if request.get("label") and roles.label:
        wishes[roles.label] = request["label"]
    for theirs in wishes.values():
        if theirs is not None and theirs not in table.columns:
            known = ", ".join(name for name in table.columns if name not in RESERVED)
            raise DataError(f"There is no column {theirs!r} in the file.", f"Its columns are: {known}.")
    taken = {theirs for theirs in wishes.values() if theirs is not None}
    kept = [match if match.theirs not in taken else ColumnMatch(match.ours, None, False) for match in matches]
    return [
        ColumnMatch(match.ours, wishes[match.ours], True, "named by you") if match.ours in wishes else match
        for match in kept
    ]


def _answer(
    run: RunFolder, table: pd.DataFrame, roles: Roles, work: Work
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Probabilities (n, k) and the known score (n) of all rows."""
    predictor = Predictor.load(run.model, str(read_json(run.config)["task"]))
    texts, pairs = examples.texts(table, roles.model_copy(update={"label": None, "group": None, "time": None}))
    probabilities = predictor.predict(texts, pairs, on_progress=lambda done: work.progress(done, "Answering the rows"))
    return probabilities, predictor.known_score(probabilities)
