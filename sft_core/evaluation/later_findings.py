"""What a later file tells beside its score: classes, rows seen before, the change since the test, shares, a guess."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sft_core.evaluation.answers import Answers
from sft_core.evaluation.judging import Judged
from sft_core.evaluation.tuned_run import TunedRun
from sft_core.evaluation.verdict import later_sentence
from sft_core.evaluation.wording import in_100, visible
from sft_core.scoring.uncertainty import two_shares

SHIFT = 0.1  # a class whose share moves by more than this is named

ESTIMATE_WARNING = (
    "This is only how sure the model itself is. It can be far off where the file is not like the rows that it learnt "
    "from: check 100 answers by hand and put labels on them, then it is known."
)


def about_file(
    run: TunedRun,
    answers: Answers,
    tested: Answers,
    judged: Judged,
    met: NDArray[np.bool_],
    labelled: NDArray[np.bool_],
) -> dict[str, Any]:
    """What only a later file has (`test_file`)."""
    return {
        **_labels_found(answers, tested, run.labels),
        **_seen(answers, met, labelled, run.labels),
        **_versus_run(run, judged, tested.true),
        "class_shares": _class_shares(answers, run.training_counts, run.labels),
        **_estimate(answers.take(~met), judged, run.labels),
    }


def about_shares(shares: Sequence[Mapping[str, Any]]) -> list[str]:
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
