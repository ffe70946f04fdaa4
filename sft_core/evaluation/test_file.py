"""A run judged on a later file: labelled or not, with classes that it does not know and rows that it has seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Roles
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.cautions import about_baseline, about_test
from sft_core.evaluation.judging import Judged, judge, plain
from sft_core.evaluation.mapping import check_label_map
from sft_core.evaluation.report import (
    BASELINES,
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
from sft_core.evaluation.verdict import later_sentence
from sft_core.evaluation.wording import in_100, visible
from sft_core.records import read_json
from sft_core.scoring.metrics import METRICS
from sft_core.scoring.uncertainty import two_shares
from sft_core.workspace import RunFolder

OF_TRAINING = ("train_seconds", "examples", "samples_per_second")  # of report.TIMING
NOT_TRAINED = "Nothing is trained when a file is judged: the run's own report has the figures of its training."
UNKNOWN_ROWS = "It is not known which rows the model has seen: some of these may be among them."
SHIFT = 0.1  # a class whose share moves by more than this is named

ESTIMATE_WARNING = (
    "This is only how sure the model itself is. It can be far off where the file is not like the rows that it learnt "
    "from: check 100 answers by hand and put labels on them, then it is known."
)


@dataclass(frozen=True)
class TunedRun:
    """What is known of the run that is judged: its own report, and how often each class stood in its training."""

    report: Mapping[str, Any]
    training_counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        return list(self.report["labels"])

    @property
    def temperature(self) -> float | None:
        return (self.report.get("calibration") or {}).get("temperature")


def load_tuned_run(folder: RunFolder, training_counts: Mapping[str, int] | None = None) -> TunedRun:
    """The run of a folder. Raises FileNotFoundError where it has no report yet."""
    return TunedRun(read_json(folder.report), training_counts or {})


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
    tested = answers.take(~met & labelled)
    judged = judge(tested.true, tested.probabilities, labels)
    rivals = {name: Answers(table, answers.true, p).take(~met & labelled) for name, p in (baselines or {}).items()}
    report = _report(run, tested, judged, rivals, missing or {})
    if rival is not None and len(tested):
        add_rival(report, tested, [rival[int(row)] for row in np.flatnonzero(~met & labelled)], labels)
    report["timing"].update(timing or {})
    report["environment"] = dict(environment or {})
    report["audit"]["duplicates_across_splits"] = int(met.sum()) if seen is not None else None
    report["test_file"] = {
        **_labels_found(answers, tested, labels),
        **_seen(answers, met, labelled, labels),
        **_versus_run(run, judged, tested.true),
        "class_shares": _class_shares(answers, run.training_counts, labels),
        **_estimate(answers.take(~met), judged, labels),
    }
    report["unavailable"].update(_why_no_score(judged, answers, met, labelled))
    if seen is None:
        report["unavailable"]["audit.duplicates_across_splits"] = UNKNOWN_ROWS
    report["warnings"] = [
        *warnings,
        *_about_rows(met, labelled, seen),
        *(about_test(judged, tested.true) if judged.rows else []),
        *_about_shares(report["test_file"]["class_shares"]),
        *about_baseline(report["versus_baseline"]),
    ]
    return dict(plain(report))


def _report(
    run: TunedRun, tested: Answers, judged: Judged, rivals: Mapping[str, Answers], missing: Mapping[str, str]
) -> dict[str, Any]:
    """The parts that every report has."""
    labels, own = run.labels, run.report
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
            name: judged_rivals[name].values() if name in judged_rivals else None
            for name in (*BASELINES, *judged_rivals)
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
                for name in BASELINES
                if name not in judged_rivals
            },
        },
        "timing": dict.fromkeys(TIMING),
    }


def _labels_found(answers: Answers, tested: Answers, labels: Sequence[str]) -> dict[str, Any]:
    """Classes that only the file has (with their rows), and classes of the run that no unseen row of it has."""
    known, found = set(labels), set(tested.true)
    unknown = Counter(label for label in answers.true if label and label not in known)
    missing = [label for label in labels if label not in found] if any(answers.true) else []
    return {"unknown_labels": dict(unknown.most_common()), "missing_labels": missing}


def _seen(answers: Answers, met: NDArray[Any], labelled: NDArray[Any], labels: Sequence[str]) -> dict[str, Any]:
    """The rows that the run has met, by number, and how it does on them: better than it will on new ones."""
    kept = answers.take(met & labelled)
    hits = int(kept.right(labels).sum())
    return {
        "seen_rows": answers.take(met).row_numbers(),
        "seen_accuracy": hits / len(kept) if len(kept) else None,
        "rows": {"file": len(answers), "scored": int((~met & labelled).sum()), "unlabelled": int((~labelled).sum())},
    }


def _versus_run(run: TunedRun, judged: Judged, true: Sequence[str]) -> dict[str, Any]:
    """The difference to the run's own test, and whether it is more than luck.

    A class that it never learnt it cannot say, so it drops by these rows without being worse: `known` has the
    difference on the other rows, where there are such classes.
    """
    before, now = run.report["metrics"]["test"]["accuracy"], judged.scores["accuracy"]
    if before is None or now is None:
        return {"versus_run": None, "difference": ""}
    rows = int(run.report["rows"]["test"])
    p = two_shares(judged.hits, judged.rows, round(before * rows), rows)
    versus = {"accuracy_then": before, "accuracy_now": now, "p": p, "known": None}
    strangers = Counter(label for label in true if label not in set(run.labels))
    if strangers:
        known, then = judged.rows - strangers.total(), (round(before * rows), rows)
        versus["known"] = {
            "rows": known,
            "accuracy": judged.hits / known if known else None,
            "p": two_shares(judged.hits, known, *then),
            "unlearnt": dict(strangers.most_common()),
        }
    return {"versus_run": versus, "difference": later_sentence(versus)}


def _class_shares(answers: Answers, training: Mapping[str, int], labels: Sequence[str]) -> list[dict[str, Any]]:
    """How often each class is said here, and how often it stood in training."""
    said, total = Counter(answers.said(labels)), sum(training.values())
    return [
        {
            "label": label,
            "now": said[label] / len(answers) if len(answers) else None,
            "training": training.get(label, 0) / total if total else None,
        }
        for label in labels
    ]


def _estimate(unseen: Answers, judged: Judged, labels: Sequence[str]) -> dict[str, Any]:
    """Without labels: the accuracy that the calibrated confidence promises, its sampling interval, and a warning."""
    if judged.rows or not len(unseen) or len(labels) < 2:
        return {"estimated_accuracy": None, "estimated_interval": None, "estimate_warning": ""}
    sure = unseen.confidence.astype(np.float64)
    middle = float(sure.mean())
    half = 1.96 * float(np.sqrt((sure * (1 - sure)).sum())) / len(sure)
    return {
        "estimated_accuracy": middle,
        "estimated_interval": [max(0.0, middle - half), min(1.0, middle + half)],
        "estimate_warning": ESTIMATE_WARNING,
    }


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


def _about_shares(shares: Sequence[Mapping[str, Any]]) -> list[str]:
    """The class whose share moved most, where it moved much."""
    known = [share for share in shares if share["now"] is not None and share["training"] is not None]
    if not known:
        return []
    most = max(known, key=lambda share: abs(share["now"] - share["training"]))
    if abs(most["now"] - most["training"]) < SHIFT:
        return []
    return [
        f"The classes have other shares here: {visible(most['label'])} is said {in_100(most['now'])} times in 100, "
        f"in training it was {in_100(most['training'])}."
    ]
