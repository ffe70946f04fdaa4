"""A run judged on a later file: labelled or not, with classes that it does not know and rows that it has seen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Roles
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.cautions import about_baseline, about_test
from sft_core.evaluation.judging import Judged, judge, plain
from sft_core.evaluation.later_findings import about_file, about_shares
from sft_core.evaluation.mapping import check_label_map
from sft_core.evaluation.report import (
    TIMING,
    RunFacts,
    add_rival,
    best_baseline,
    calibration,
    commonest,
    heading,
    judged_parts,
)
from sft_core.evaluation.seen import seen_rows
from sft_core.evaluation.tuned_run import TunedRun
from sft_core.scoring.metrics import METRICS
from sft_core.tasks.registry import get_task

OF_TRAINING = ("train_seconds", "examples", "samples_per_second")  # of report.TIMING
NOT_TRAINED = "Nothing is trained when a file is judged: the run's own report has the figures of its training."
UNKNOWN_ROWS = "It is not known which rows the model has seen: some of these may be among them."


def true_labels(table: pd.DataFrame, roles: Roles, label_map: Mapping[str, str], labels: Sequence[str]) -> list[str]:
    """The label of each row in the run's words, "" where there is none. Raises DataError for a mapping to nowhere."""
    check_label_map(label_map, labels)
    if roles.label is None or roles.label not in table:
        return [""] * len(table)
    return [label_map.get(value, value) if value.strip() else "" for value in table[roles.label]]


def evaluate_on(
    run: TunedRun,
    table: pd.DataFrame,
    roles: Roles,
    label_map: Mapping[str, str],
    seen: frozenset[str] | None,
    probabilities: NDArray[Any],
    *,
    baselines: Mapping[str, NDArray[Any]] | None = None,
    missing: Mapping[str, str] | None = None,
    rival: Sequence[str] | None = None,
    timing: Mapping[str, Any] | None = None,
    environment: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """The report of a later file: the keys of a run's report, and `test_file`.

    `table` has the run's column names (see `mapping.as_run_sees`); `seen` are the hashes of the rows that the run has
    met (None: unknown); `probabilities` (n, k) and those of the `baselines` are for all rows in order, as are the
    answers given today, in the run's words (`rival`). `missing` says why a baseline is not among them.
    """
    labels = run.labels
    answers = Answers(table, true_labels(table, roles, label_map, labels), np.asarray(probabilities))
    met = seen_rows(table, roles, seen) if seen else np.zeros(len(table), dtype=bool)
    labelled = np.array([label != "" for label in answers.true], dtype=bool)
    scored = ~met & labelled
    tested = answers.take(scored)
    judged = judge(tested.true, tested.probabilities, labels)
    rivals = {name: Answers(table, answers.true, p).take(scored) for name, p in (baselines or {}).items()}
    report = _report(run, tested, judged, rivals, missing or {})
    if rival is not None and len(tested):
        add_rival(report, tested, [rival[int(row)] for row in np.flatnonzero(scored)], labels)
    report["timing"].update(timing or {})
    report["environment"] = dict(environment or {})
    report["test_file"] = about_file(run, answers, tested, judged, met, labelled)
    report["unavailable"].update(_why_no_score(judged, answers, met, labelled))
    _audit(report, met, known=seen is not None)
    cautions = about_test(judged, tested.true) if judged.rows else []
    report["warnings"] = [*warnings, *_about_rows(met, labelled, seen), *cautions, *_about_report(report)]
    return dict(plain(report))


def _report(
    run: TunedRun, tested: Answers, judged: Judged, rivals: Mapping[str, Answers], missing: Mapping[str, str]
) -> dict[str, Any]:
    """The parts that every report has."""
    labels, own = run.labels, run.report
    due = get_task(own["task"]).baselines
    facts = RunFacts(own["task"], own["model"], own["preset"], own["seed"], {**own["rows"], "test": len(tested)})
    judged_rivals = {name: judge(answers.true, answers.probabilities, labels) for name, answers in rivals.items()}
    parts = judged_parts(judged)
    if not judged.rows:
        parts["confusion"]["matrix"] = None
    return {
        **heading(facts, labels),
        "metrics": {"validation": dict(own["metrics"]["validation"]), "test": judged.values()},
        "intervals": {
            "test": judged.intervals(),
            "validation": own["intervals"].get("validation"),
            "baselines": {name: rival.intervals() for name, rival in judged_rivals.items()},
        },
        "baselines": {
            name: judged_rivals[name].values() if name in judged_rivals else None for name in (*due, *judged_rivals)
        },
        "versus_baseline": best_baseline(tested, rivals, judged_rivals, labels),
        "commonest": commonest(rivals, labels),
        **parts,
        "calibration": calibration(tested, labels, run.temperature),
        "threshold": own.get("threshold"),
        "audit": {"duplicates_across_splits": None},
        "unavailable": {
            **judged.unavailable(),
            **{f"timing.{name}": NOT_TRAINED for name in OF_TRAINING},
            **{
                f"baselines.{name}": missing.get(name, "The baselines were judged on the run's own test.")
                for name in due
                if name not in judged_rivals
            },
        },
        "timing": dict.fromkeys(TIMING),
    }


def _about_report(report: Mapping[str, Any]) -> list[str]:
    return [*about_shares(report["test_file"]["class_shares"]), *about_baseline(report["versus_baseline"])]


def _audit(report: dict[str, Any], met: NDArray[np.bool_], *, known: bool) -> None:
    """How many rows also stand in training, or why that is not known."""
    report["audit"]["duplicates_across_splits"] = int(met.sum()) if known else None
    if not known:
        report["unavailable"]["audit.duplicates_across_splits"] = UNKNOWN_ROWS


def _why_no_score(judged: Judged, answers: Answers, met: NDArray[Any], labelled: NDArray[Any]) -> dict[str, str]:
    if judged.rows:
        return {}
    if not len(answers):
        reason = "The file has no rows."
    elif not labelled.any():
        reason = "There are no labels, so nobody has checked."
    elif met[labelled].all():
        reason = "The model has seen all labelled rows of this file while it was made: they prove nothing."
    return {**dict.fromkeys(METRICS, reason), "macro_f1_interval": reason, "confusion": reason}


def _about_rows(met: NDArray[Any], labelled: NDArray[Any], seen: frozenset[str] | None) -> list[str]:
    sentences = []
    if seen is None:
        sentences.append(UNKNOWN_ROWS)
    if met.any():
        rows = int(met.sum())
        have = "row stands" if rows == 1 else "rows stand"
        sentences.append(f"{rows} {have} also in the training data: reported apart, left out of the score.")
    if labelled.any() and not labelled.all():
        rows = int((~labelled).sum())
        have = "row has" if rows == 1 else "rows have"
        sentences.append(f"{rows} {have} no label: answered, but left out of the score.")
    return sentences
