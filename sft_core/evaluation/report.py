"""The report of a run as data (`report.json`): pages, the model card and the command line only show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.errors import DataError
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.cautions import about_baseline, about_test, without_repeats
from sft_core.evaluation.honesty import doubts
from sft_core.evaluation.judging import Judged, judge, judge_said, plain
from sft_core.records import SCHEMA_VERSION
from sft_core.scoring.abstain import none_threshold
from sft_core.scoring.calibration import ece, ece_by_chance, reliability, soften
from sft_core.scoring.uncertainty import Versus, mcnemar
from sft_core.tasks.registry import get_task

TIMING = ("train_seconds", "examples", "samples_per_second", "total_seconds", "peak_memory_mb")
RIVAL = "rival"


@dataclass(frozen=True)
class RunFacts:
    """What the report says of the run itself; `rows` counts train, validation and test, `extra` adds keys."""

    task: str
    model: str
    preset: str
    seed: int
    rows: Mapping[str, int]
    extra: Mapping[str, Any] = field(default_factory=dict)


def build_report(
    *,
    facts: RunFacts,
    labels: Sequence[str],
    validation: Answers,
    test: Answers,
    baselines: Mapping[str, Answers],
    temperature: float | None = None,
    uncalibrated: NDArray[Any] | None = None,
    rival: Sequence[str] | None = None,
    audit: Mapping[str, Any] | None = None,
    timing: Mapping[str, Any] | None = None,
    environment: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
    parts: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """`report.json` of a run: `test` has the final, calibrated probabilities; `uncalibrated` those before (n, k).

    `rival` is the answer that is given today, one a test row; `parts` says from how many training rows the baselines
    learnt that did not take all. Raises DataError where a probability is missing.
    """
    _check_once(labels)
    judged, judged_validation = (judge(split.true, split.probabilities, labels) for split in (test, validation))
    rivals = {name: judge(answers.true, answers.probabilities, labels) for name, answers in baselines.items()}
    due = get_task(facts.task).baselines
    versus, on_test = best_baseline(test, baselines, rivals, labels), about_test(judged, test.true)
    threshold = none_threshold(validation.confidence, validation.right(labels))
    report = {
        **heading(facts, labels),
        **_scores(judged, judged_validation, rivals, due),
        "versus_baseline": versus,
        "commonest": commonest(baselines, labels),
        **judged_parts(judged),
        "calibration": calibration(test, labels, temperature, uncalibrated),
        "threshold": threshold,
        "audit": {"duplicates_across_splits": None, **(audit or {})},
        "unavailable": _unavailable(judged, judged_validation, rivals, due, threshold),
        "timing": {**dict.fromkeys(TIMING), **(timing or {})},
        "environment": dict(environment or {}),
        "warnings": [*without_repeats(warnings, on_test), *on_test, *about_baseline(versus)],
    }
    report["warnings"] = [*doubts(report), *report["warnings"]]
    for name, rows in (parts or {}).items():
        report["baselines"][name]["rows_used"] = rows
    if rival is not None:
        add_rival(report, test, rival, labels)
    return dict(plain(report))


def _check_once(labels: Sequence[str]) -> None:
    if len(set(labels)) != len(labels):
        raise DataError("A class stands twice among the labels.", "Merge the two in Prepare.")


def heading(facts: RunFacts, labels: Sequence[str]) -> dict[str, Any]:
    """What was trained, how, and on how many rows."""
    return {
        "schema_version": SCHEMA_VERSION,
        "task": facts.task,
        "model": facts.model,
        "preset": facts.preset,
        "seed": facts.seed,
        "rows": {name: int(facts.rows.get(name, 0)) for name in ("train", "validation", "test")},
        "labels": list(labels),
        **facts.extra,
    }


def commonest(baselines: Mapping[str, Answers], labels: Sequence[str]) -> str | None:
    """The class that the simplest of the baselines always says: the commonest of those that were learnt from."""
    always = baselines.get("majority")
    return always.said(labels)[0] if always is not None and len(always) else None


def judged_parts(judged: Judged) -> dict[str, Any]:
    """The confusion matrix and the scores of each class."""
    matrix = judged.counts[:-1, :-1]
    return {"confusion": {"labels": list(judged.labels), "matrix": matrix}, "per_class": judged.classes()}


def calibration(
    answers: Answers, labels: Sequence[str], temperature: float | None, uncalibrated: NDArray[Any] | None = None
) -> dict[str, Any]:
    """How far the confidence is off, before and after the temperature, with the bins of the reliability diagram.

    Without `uncalibrated`, the probabilities before are found by undoing the temperature.
    """
    right = answers.right(labels)
    before = uncalibrated
    if before is None and temperature is not None and len(answers):
        before = soften(answers.probabilities, 1 / temperature)
    sure_before = np.asarray(before, dtype=np.float64).max(axis=1) if before is not None and len(answers) else None
    right_before = _right_at(before, answers, labels) if sure_before is not None else right
    return {
        "ece_before": ece(sure_before, right_before) if sure_before is not None else None,
        "ece_after": ece(answers.confidence, right),
        "ece_by_chance": ece_by_chance(answers.confidence),
        "temperature": temperature,
        "bins": {
            "before": reliability(sure_before, right_before) if sure_before is not None else [],
            "after": reliability(answers.confidence, right),
        },
    }


def best_baseline(
    test: Answers, baselines: Mapping[str, Answers], judged: Mapping[str, Judged], labels: Sequence[str]
) -> dict[str, Any] | None:
    """The exact McNemar test against the baseline that is right most often; None without baselines or rows.

    Choosing the best on the test itself favours the baseline: what beats it here beats it honestly.
    """
    if not baselines or not len(test):
        return None
    name = max(baselines, key=lambda n: (judged[n].hits, judged[n].scores["macro_f1"] or 0.0, n))
    return _versus(name, mcnemar(test.right(labels), baselines[name].right(labels)))


def _right_at(probabilities: Any, answers: Answers, labels: Sequence[str]) -> NDArray[np.bool_]:
    return Answers(answers.rows, answers.true, np.asarray(probabilities)).right(labels)


def _versus(name: str, found: Versus) -> dict[str, Any]:
    return {"name": name, "p": found.p, "fixed": found.fixed, "broken": found.broken}


def _scores(test: Judged, validation: Judged, rivals: Mapping[str, Judged], due: Sequence[str]) -> dict[str, Any]:
    """The scores of the model and of the baselines (those that are `due`, and others), and how sure they are."""
    return {
        "metrics": {"validation": validation.values(), "test": test.values()},
        "intervals": {
            "test": test.intervals(),
            "validation": validation.intervals(),
            "baselines": {name: rival.intervals() for name, rival in rivals.items()},
        },
        "baselines": {name: rivals[name].values() if name in rivals else None for name in (*due, *rivals)},
    }


def _unavailable(
    test: Judged, validation: Judged, rivals: Mapping[str, Judged], due: Sequence[str], threshold: float | None
) -> dict[str, str]:
    """What is null in the report, and why."""
    reasons = {**test.unavailable(), **validation.unavailable("validation."), **_missing_baselines(rivals, due)}
    if threshold is None:
        reasons["threshold"] = "No validation row was answered rightly, so no threshold could be learnt."
    return reasons


def _missing_baselines(rivals: Mapping[str, Judged], due: Sequence[str]) -> dict[str, str]:
    reasons = {}
    for name in due:
        if name in rivals:
            reasons.update(rivals[name].unavailable(f"baselines.{name}."))
        else:
            reasons[f"baselines.{name}"] = "This baseline was not computed."
    return reasons


def add_rival(report: dict[str, Any], test: Answers, rival: Sequence[str], labels: Sequence[str]) -> None:
    """The answer that is given today, judged on the same rows and compared like a baseline."""
    judged = judge_said(test.true, list(rival), labels)
    theirs = np.array([a == b for a, b in zip(test.true, rival, strict=True)], dtype=bool)
    report["baselines"][RIVAL] = judged.values()
    report["intervals"]["baselines"][RIVAL] = judged.intervals()
    report["versus_rival"] = _versus(RIVAL, mcnemar(test.right(labels), theirs))
    report["unavailable"].update(judged.unavailable(f"baselines.{RIVAL}."))
