"""Is the model of any use? One that does no better than always saying the commonest class is not, and must hear it."""

from collections.abc import Mapping
from typing import Any, Literal

Use = Literal["useful", "worse", "no better", "too few rows", "only apart"]

FEW_ROWS = 30  # with fewer, a good model cannot be told from a useless one either
WIDTH = 1.96


def use_of(report: Mapping[str, Any]) -> Use:
    """How the model stands to always saying the commonest class, on the rows of this report.

    "only apart": no more often right, yet it tells the classes apart, as one does that finds the rare ones.
    """
    always = ((report.get("baselines") or {}).get("majority") or {}).get("accuracy")
    interval = (report["intervals"].get("test") or {}).get("accuracy")
    classes = [entry for entry in report.get("per_class") or [] if entry["support"]]
    if always is None or interval is None or len(classes) < 2 or interval[0] > always:
        return "useful"
    if _tells_apart(classes):
        return "only apart"
    if interval[1] < always:
        return "worse"
    few = sum(entry["support"] for entry in classes) < FEW_ROWS and report["metrics"]["test"]["accuracy"] > always
    return "too few rows" if few else "no better"


def _tells_apart(classes: list[Mapping[str, Any]]) -> bool:
    """Whether the mean recall is above that of guessing, which finds one in k of each class, by more than luck."""
    k = len(classes)
    found = [(entry["recall"] or 0.0) * entry["support"] for entry in classes]
    shares = [(hits + 1) / (entry["support"] + 2) for hits, entry in zip(found, classes, strict=True)]
    doubt = sum(p * (1 - p) / entry["support"] for p, entry in zip(shares, classes, strict=True))
    return bool(sum(entry["recall"] or 0.0 for entry in classes) / k - WIDTH * doubt**0.5 / k > 1 / k)
