"""The model card (`README.md` of the model folder): what it is, how good, on what it learnt, and how to use it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sft_core.evaluation.honesty import doubts
from sft_core.evaluation.verdict import beside, verdict
from sft_core.evaluation.wording import TITLES, in_100, span, visible
from sft_core.tasks.registry import get_task

MOST_CLASSES = 60
_MARKS = re.compile(r"[\\`*_\[\]|#$~]")
_MACRO_INTERVAL = 4  # its column in the table of scores, left out where nobody has one
_TAG = re.compile(r"<(?! )")  # "p < 0.001" is no tag
CODE = """from transformers import pipeline
model = pipeline("{task}", model="{folder}", {options}top_k=None)
print(model("{example}"))"""
EXAMPLES = {  # by kind of input: further options of the pipeline, and what it is asked
    "text": {"options": "truncation=True, ", "example": "A text of yours"},
    "image": {"options": "", "example": "a picture of yours.jpg"},
}
LIMITS = (
    'It knows only its own classes and gives one of them to anything; below the threshold, better say "none of these".',
    "The scores hold for what is like the rows of the test. Test it again on your own, later files.",
    "Classes with few test rows have wide intervals: their scores are little more than a hint.",
    "It learnt from labels that people gave; it repeats their habits and their mistakes.",
)


def model_card(report: Mapping[str, Any], config: Mapping[str, Any] | None = None, *, folder: str = "model") -> str:
    """The card of a finished run as Markdown: `report.json`, and `config.json` for data, settings and base model.

    `folder` is what the code calls the model's folder. Everything that comes from data is written as plain text.
    """
    known = config or {}
    sections = [
        _front_matter(report["task"], known),
        f"# {_text(known.get('name') or 'A fine-tuned classifier')}",
        _text(verdict(report)),
        "## Use it\n\n```python\n" + _code(report["task"], folder) + "\n```",
        _scores(report),
        _classes(report),
        _data(report, known),
        _settings(report, known),
        _limits(report),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _code(task: str, folder: str) -> str:
    return CODE.format(task=task, folder=folder, **EXAMPLES[get_task(task).input_kind])


def _front_matter(task: str, config: Mapping[str, Any]) -> str:
    """What the hub reads; no licence is claimed for weights that somebody else's data made."""
    lines = ["---", "library_name: transformers", f"pipeline_tag: {task}", "tags: [tuneboard]"]
    base = (config.get("model") or {}).get("name")
    if base and "/" in base and not base.startswith("/"):
        lines.append(f"base_model: {json.dumps(base)}")
    return "\n".join([*lines, "---"])


def _scores(report: Mapping[str, Any]) -> str:
    shares = beside(report)
    rows = [_score_row("This model", report["metrics"]["test"], report["intervals"]["test"], shares)]
    intervals = report["intervals"].get("baselines") or {}
    for name, values in (report.get("baselines") or {}).items():
        if values:
            rows.append(_score_row(TITLES.get(name, name), values, intervals.get(name) or {}, shares))
    head = "| | right in 100 | likely | macro-F1 | likely | log-loss |\n|---|---|---|---|---|---|"
    if not any(row[_MACRO_INTERVAL] for row in rows):
        rows = [[*row[:_MACRO_INTERVAL], *row[_MACRO_INTERVAL + 1 :]] for row in rows]
        head = "| | right in 100 | likely | macro-F1 | log-loss |\n|---|---|---|---|---|"
    seen = doubts(report)
    new = "" if seen else " that it has never seen"
    notes = [f"Measured once, on {report['rows']['test']:,} rows{new}. Intervals are 95%.", *seen]
    notes += _confidence(report.get("calibration") or {})
    if report.get("threshold") is not None:
        notes.append(f'Below {in_100(report["threshold"])}% confidence, better say "none of these".')
    return "\n".join(["## How good it is", "", head, *(f"| {' | '.join(row)} |" for row in rows), "", " ".join(notes)])


def _confidence(calibration: Mapping[str, Any]) -> list[str]:
    after, before = calibration.get("ece_after"), calibration.get("ece_before")
    if after is None:
        return []
    was = f" ({in_100(before)} before the correction)" if before is not None else ""
    return [f"Its confidence is off by {in_100(after)} in 100 on average{was}."]


def _score_row(
    title: str, values: Mapping[str, Any], intervals: Mapping[str, Any], shares: Sequence[float]
) -> list[str]:
    return [
        _text(title),
        in_100(values["accuracy"], *shares) if values.get("accuracy") is not None else "–",
        span(intervals["accuracy"]) if intervals.get("accuracy") else "–",
        _number(values.get("macro_f1")),
        "–".join(f"{bound:.3f}" for bound in intervals["macro_f1"]) if intervals.get("macro_f1") else "",
        _number(values.get("log_loss")),
    ]


def _classes(report: Mapping[str, Any]) -> str:
    entries = report["per_class"][:MOST_CLASSES]
    head = "| class | precision | recall | recall, likely | F1 | test rows |\n|---|---|---|---|---|---|"
    rows = [
        f"| {_text(visible(entry['label']))} | {_number(entry['precision'])} | {_number(entry['recall'])} | "
        f"{'–'.join(f'{bound:.2f}' for bound in entry['interval']) if entry['interval'] else '–'} | "
        f"{_number(entry['f1'])} | {entry['support']:,} |"
        for entry in entries
    ]
    more = len(report["per_class"]) - len(entries)
    tail = [f"\nand {more} more classes in report.json."] if more else []
    return "\n".join(["## Class by class", "", head, *rows, *tail])


def _data(report: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    data, rows = config.get("data") or {}, report["rows"]
    lines = [
        f"- Rows: {rows['train']:,} to learn from, {rows['validation']:,} to choose by, {rows['test']:,} to test on",
        f"- Duplicates across these parts: {_shown((report.get('audit') or {}).get('duplicates_across_splits'))}",
    ]
    for title, key in (("File", "name"), ("Hash of rows and split", "hash"), ("Version", "version")):
        if data.get(key) not in (None, ""):
            lines.append(f"- {title}: {_text(data[key])}")
    return "\n".join(["## Data", "", *lines])


def _settings(report: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    base = config.get("model") or {}
    lines = [f"- Base model: {_text(base.get('name') or report['model'])}"]
    for title, key in (("Revision", "revision"), ("SHA-256 of its weights", "sha256")):
        if base.get(key):
            lines.append(f"- {title}: {_text(base[key])}")
    lines.append(f"- Preset {_text(report['preset'])}, seed {report['seed']}")
    settings = "\n".join(f"{key}: {json.dumps(value)}" for key, value in (config.get("settings") or {}).items())
    parts = ["## How it was trained", "", *lines]
    return "\n".join([*parts, "", "```yaml", settings.replace("```", "'''"), "```"] if settings else parts)


def _limits(report: Mapping[str, Any]) -> str:
    lines = [*LIMITS, *(report.get("warnings") or [])]
    return "\n".join(["## Limits", "", *(f"- {_text(line)}" for line in lines)])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _shown(value: Any) -> str:
    return "not known" if value is None else str(value)


def _text(value: Any) -> str:
    """A value on one line in which Markdown and HTML find nothing to act on."""
    line = _MARKS.sub(r"\\\g<0>", " ".join(str(value).split()))
    return _TAG.sub("&lt;", line)
