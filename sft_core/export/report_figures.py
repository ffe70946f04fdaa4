"""The figures of the HTML report: bars of scores, the matrix in its colours, mixed-up pairs, the table of classes."""

from collections.abc import Mapping
from typing import Any

from sft_core.evaluation.class_words import NOTHING, below_each_other, hardest_first, note, on_sizes
from sft_core.evaluation.matrix import MOST_CLASSES, most_confused, ordered, squares
from sft_core.evaluation.shades import contrast, ink, shade
from sft_core.evaluation.standing import RIVALS, standing
from sft_core.evaluation.wording import MACRO_F1, TITLES, counted, fractions, percent, points, span, visible

Report = Mapping[str, Any]
ABOUT_BARS = "How often it is right, with the range in which the true rate likely lies (95 in 100 such ranges hold it)."
ABOUT_GUESS = "On this file it is only how sure the model feels, no measurement."
SHOWN_CLASSES = 400  # of more, the hardest
_PAIRS_BESIDE, _PAIRS_ALONE = 6, 25  # beside a matrix, and in its place
_READABLE = 4.5
_LONGEST = 80  # characters of a class
_FEW = 6  # so few columns are wide enough for names in two lines
_LETTER, _WIDTH = 7.5, 620  # pixels of a letter, and of all columns of the matrix together


def scores(report: Report, own: Report | None) -> dict[str, Any]:
    """The bars: this model above its rivals, with their places in per cent of the width; and the mean over classes."""
    rows = standing(report, own)
    values = [row["value"] for row in rows]
    bars = [
        {
            **row,
            "text": percent(row["value"], *values),
            "likely": f"{span((row['low'], row['high']))}%" if row["low"] != row["high"] else "",
            "at": _place(row["value"]),
            "left": _place(row["low"]),
            "width": _place(row["high"] - row["low"]),
        }
        for row in rows
    ]
    about = ABOUT_BARS if report["metrics"]["test"]["accuracy"] is not None else ABOUT_GUESS
    return {"bars": bars, "about_bars": about, "means": _means(report), "about_means": MACRO_F1}


def matrix(report: Report) -> dict[str, Any] | None:
    """Rows of squares with colour and ink, the largest class first; None where there are too many or none to see."""
    confusion = report.get("confusion") or {}
    if not confusion.get("matrix") or len(confusion["labels"]) > MOST_CLASSES:
        return None
    labels, counts = ordered(confusion, "size")
    found = {(square.true, square.predicted): square for square in squares(counts, labels)}
    rows = []
    for true in labels:
        cells = []
        for said in labels:
            square = found.get((true, said))
            fill = shade(square.of_true, true == said, "light") if square else ""
            cells.append(
                {
                    "rows": f"{square.rows:,}" if square else "",
                    "fill": fill,
                    "ink": _ink(fill) if square else "",
                    "right": true == said,
                }
            )
        rows.append({"label": name(true), "cells": cells})
    widest = max(len(name(label)) for label in labels)
    return {
        "labels": [name(label) for label in labels],
        "rows": rows,
        "many": len(labels) > 12,
        "upright": len(labels) <= _FEW or (len(labels) <= 12 and widest * _LETTER < _WIDTH / len(labels)),
    }


def pairs(report: Report) -> dict[str, Any] | None:
    """What is mixed up most, the worst first; None where nothing was judged."""
    confusion = report.get("confusion") or {}
    if not confusion.get("matrix"):
        return None
    shown = _PAIRS_ALONE if len(confusion["labels"]) > MOST_CLASSES else _PAIRS_BESIDE
    found = most_confused(confusion, len(confusion["labels"]) ** 2)
    lines = [
        {
            "true": name(pair.true),
            "said": name(pair.predicted),
            "times": counted(pair.rows, ("time", "times")),
            "share": f"{percent(pair.share)} of this class",
        }
        for pair in found[:shown]
    ]
    more = len(found) - len(lines)
    return {"lines": lines, "more": f"and {counted(more, ('other pair', 'other pairs'))}" if more else ""}


def classes(report: Report, training: Mapping[str, int], words: tuple[str, str]) -> dict[str, Any] | None:
    """The table of classes, the hardest first; None where nothing was judged."""
    entries = hardest_first(report.get("per_class") or [])
    if not entries or report["metrics"]["test"]["accuracy"] is None:
        return None
    both = below_each_other([entry["f1"] for entry in entries])
    rows = [
        {
            "label": name(entry["label"]),
            "learnt": f"{training.get(entry['label'], 0):,}",
            "tested": f"{entry['support']:,}",
            "found": _share(entry["recall"], entry.get("interval")),
            "right": _share(entry["precision"], entry.get("precision_interval")),
            "both": f1,
            "both_likely": "–".join(fractions(*entry["f1_interval"])) if entry.get("f1_interval") else "",
            "note": note(entry),
        }
        for entry, f1 in zip(entries[:SHOWN_CLASSES], both, strict=False)
    ]
    left_out = len(entries) - len(rows)
    more = f"and {left_out:,} more, all of them easier; report.json has them." if left_out else ""
    return {"rows": rows, "learnt": bool(training), "sizes": on_sizes(entries, words), "more": more}


def name(label: str) -> str:
    """A class as it is written, not longer than a table bears."""
    shown = visible(label)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1].rstrip() + "…"


def _ink(fill: str) -> str:
    """What reads on this colour; black where neither ink of the theme has the contrast that words need (WCAG: 4.5)."""
    shown = ink(fill, "light")
    return shown if contrast(shown, fill) >= _READABLE else "#000000"


def _share(share: float | None, interval: list[float] | None) -> dict[str, str]:
    if share is None:
        return {"text": NOTHING, "likely": "", "width": ""}
    likely = f"{span(interval)}%" if interval else ""
    return {"text": percent(share), "likely": likely, "width": _place(share)}


def _means(report: Report) -> list[dict[str, str]]:
    """In which every class counts alike: macro-F1 of the model and of what it is compared with."""
    intervals, baselines = report.get("intervals") or {}, report.get("baselines") or {}
    first = "On this file" if report.get("test_file") else "This model"
    sides = [(first, report["metrics"]["test"], intervals.get("test"))]
    for key in RIVALS:
        sides.append((TITLES.get(key, key), baselines.get(key) or {}, (intervals.get("baselines") or {}).get(key)))
    marks = [(title, values.get("macro_f1"), spans or {}) for title, values, spans in sides]
    others = [mark for _title, mark, _spans in marks if mark is not None]
    return [
        {
            "title": title,
            "text": points(mark, *others),
            "likely": span(spans["macro_f1"]) if spans.get("macro_f1") else "",
        }
        for title, mark, spans in marks
        if mark is not None
    ]


def _place(share: float) -> str:
    return f"{100 * share:.2f}"
