"""Where a model stands: its share right above those of its rivals, as bars and tables show it."""

from collections.abc import Mapping
from typing import Any

from sft_core.evaluation.wording import TITLES
from sft_core.features.simple import SIMPLE

RIVALS = ("rival", *SIMPLE, "probe", "majority")


def standing(report: Mapping[str, Any], own: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """This model above its rivals: {title, value, low, high, ours} each, 0–1.

    `own` is the run's own test beside a later file.
    """
    intervals, test = report.get("intervals") or {}, report["metrics"]["test"]
    later = report.get("test_file") or {}
    accuracy = test["accuracy"] if test["accuracy"] is not None else later.get("estimated_accuracy")
    span = (intervals.get("test") or {}).get("accuracy") or later.get("estimated_interval")
    found = [_row("This model" if own is None else "On this file", accuracy, span, ours=True)]
    if own:
        then = ((own.get("intervals") or {}).get("test") or {}).get("accuracy")
        found.append(_row("On its own test", own["metrics"]["test"]["accuracy"], then))
    for name in RIVALS:
        values = (report.get("baselines") or {}).get(name)
        if values:
            span = ((intervals.get("baselines") or {}).get(name) or {}).get("accuracy")
            found.append(_row(TITLES.get(name, name), values.get("accuracy"), span))
    return [row for row in found if row["value"] is not None]


def _row(title: str, value: float | None, span: list[float] | None, *, ours: bool = False) -> dict[str, Any]:
    low, high = span or (value, value)
    return {"title": title, "value": value, "low": low, "high": high, "ours": ours}
