"""The sections of the HTML report as plain data: verdict, warnings, data card, sureness and settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sft_core.config import Goal, TrainingSettings, validated
from sft_core.data.split_words import ABOUT, METHODS
from sft_core.errors import ConfigError
from sft_core.evaluation.honesty import doubts, proof
from sft_core.evaluation.sureness_words import NONE_OF_THESE, ON_THE_LINE, QUESTION, off_by, recommended
from sft_core.evaluation.verdict import verdict
from sft_core.evaluation.wording import counted, in_100, quoted, visible
from sft_core.export.model_card import LIMITS
from sft_core.export.report_examples import Example
from sft_core.training.durations import duration
from sft_core.training.presets import PRESETS
from sft_core.training.setting_words import GOAL, goal_said, said

Lines = list[tuple[str, str]]
_SHOWN_SHARES = 40


@dataclass(frozen=True)
class Told:
    """All that a report is made of.

    `report` is that of a run's own test or of a later `file`, beside which `own` is the run's; `tested` the day of it.
    `training` counts the rows of each class that were learnt from, `changes` are the steps made in Prepare, in words.
    `examples` are rows word for word: none, unless somebody has chosen so.
    """

    name: str
    report: Mapping[str, Any]
    config: Mapping[str, Any]
    words: tuple[str, str]
    file: str = ""
    own: Mapping[str, Any] | None = None
    tested: str = ""
    training: Mapping[str, int] = field(default_factory=dict)
    changes: Sequence[str] = ()
    examples: Sequence[Example] = ()


def verdict_card(told: Told) -> dict[str, Any]:
    """The sentence, and what casts doubt on it."""
    found = verdict(told.report, told.words)
    casts_doubt = doubts(told.report, told.words)
    return {"headline": found.headline, "detail": found.detail, "advice": found.advice, "doubts": casts_doubt}


def keep_in_mind(told: Told) -> dict[str, list[str]]:
    """Warnings of this evaluation (but for those beside the verdict and the data), and what holds for every model."""
    elsewhere = [*doubts(told.report, told.words), *doubts(told.report), *_left_out(told.report)]
    return {
        "warnings": [one for one in told.report.get("warnings") or [] if one not in elsewhere],
        "limits": list(LIMITS),
    }


def data_card(told: Told) -> dict[str, Any]:
    """What it learnt from and what it was tested on."""
    report, rows, words = told.report, told.report["rows"], told.words
    data, roles = told.config.get("data") or {}, told.config.get("roles") or {}
    lines: Lines = []
    if told.file:
        lines.append(("Tested on", told.file))
    version = f", version {data['version']}" if data.get("version") else ""
    lines.append(("Learnt from", f"{data.get('name') or 'not known'}{version}"))
    lines.append((words[1].capitalize(), _sides(told, rows)))
    lines.append(("Classes", _class_sizes(report["labels"], told.training, words)))
    if roles.get("label"):
        read = [*(roles.get("text") or []), *(roles[key] for key in ("text_pair", "image") if roles.get(key))]
        lines.append(("Columns", f"It reads {_named(read)} and answers {_named([roles['label']])}."))
    lines.append(("Split", _split(data.get("split") or {}, roles)))
    none = "None of its rows." if told.file else "No row that was given to the training."
    lines.append(("Left out", " ".join(_left_out(report)) or none))
    return {
        "lines": lines,
        "changes": list(told.changes),
        "proof": proof(report, words),
        "shares": _shares(report),
    }


def sureness(told: Told) -> dict[str, Any]:
    """Whether it may be believed when it says that it is sure."""
    threshold, found = told.report.get("threshold"), told.report.get("calibration") or {}
    scored = told.report["metrics"]["test"]["accuracy"] is not None and bool(off_by(found))
    return {
        "question": QUESTION if scored else "",
        "said": f"{ON_THE_LINE} {off_by(found)}" if scored else "",
        "threshold": f"{recommended(threshold)} {NONE_OF_THESE}" if threshold is not None else "",
    }


def made(told: Told) -> dict[str, Any]:
    """The base model, the preset, and each setting in words."""
    config, report = told.config, told.own or told.report
    preset, seconds = PRESETS.get(report["preset"]), (report.get("timing") or {}).get("total_seconds")
    lines: Lines = [("Base model", str((config.get("model") or {}).get("name") or report["model"]))]
    lines.append(("Effort", f"{preset.title}. {preset.description}" if preset else str(report["preset"])))
    settings = config.get("settings") or {}
    if settings:
        lines.append((GOAL, _goal(settings.get("goal") or {}, told.words)))
    if seconds:
        gpu = (config.get("environment") or {}).get("gpu")
        where = "a graphics card" if gpu else "the processor, without a graphics card"
        lines.append(("Time", f"{duration(seconds)} in all, on {where}"))
    fields = TrainingSettings.model_fields
    shown = [(str(fields[key].title), said(key, settings[key])) for key in settings if key in fields and key != "goal"]
    return {"lines": lines, "settings": shown, "reasons": " ".join(config.get("reasons") or [])}


def _left_out(report: Mapping[str, Any]) -> list[str]:
    return [one for one in report.get("warnings") or [] if "left out" in one]


def _sides(told: Told, rows: Mapping[str, int]) -> str:
    own = (told.own or told.report)["rows"]
    learnt = f"{own['train']:,} to learn from, {own['validation']:,} kept for checking"
    if not told.file:
        return f"{learnt}, {rows['test']:,} kept back for the test"
    scored = f"{rows['test']:,}" if rows["test"] else "none"
    return f"{learnt}; {scored} of this file scored"


def _class_sizes(labels: Sequence[str], training: Mapping[str, int], words: tuple[str, str]) -> str:
    classes = counted(len(labels), ("class", "classes"))
    known = [training.get(label, 0) for label in labels]
    if not any(known):
        return classes
    few, many = min(known), max(known)
    sizes = f"{few:,}" if few == many else f"from {few:,} to {many:,}"
    return f"{classes}, {sizes} {words[1]} of each to learn from"


def _split(split: Mapping[str, Any], roles: Mapping[str, Any]) -> str:
    method = split.get("method")
    if method not in METHODS:
        return "As it was made in Prepare, before the training." if method else "Not known."
    shares = ""
    if method != "column" and split.get("test_share") is not None:
        test, validation = in_100(split["test_share"]), in_100(split["validation_share"])
        shares = f" {test} in 100 for the test, {validation} in 100 of the rest for checking."
    column = {"group": roles.get("group"), "time": roles.get("time"), "column": roles.get("split")}.get(str(method))
    named = f" ({visible(column)})" if column else ""
    return f"{METHODS[method]}{named}. {ABOUT[method]}{shares}"


def _shares(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """How often each class is said in a later file without labels, and how often it stood in training."""
    if report["metrics"]["test"]["accuracy"] is not None:
        return []
    found = (report.get("test_file") or {}).get("class_shares") or []
    known = sorted((one for one in found if one["now"] is not None), key=lambda one: -one["now"])
    return [
        {
            "label": visible(one["label"]),
            "now": f"{in_100(one['now'])}%",
            "then": "–" if one["training"] is None else f"{in_100(one['training'])}%",
        }
        for one in known[:_SHOWN_SHARES]
    ]


def _goal(values: Mapping[str, Any], words: tuple[str, str]) -> str:
    try:
        return goal_said(validated(Goal, dict(values)), words)
    except ConfigError:
        return goal_said(Goal(), words)


def _named(columns: Sequence[str]) -> str:
    return quoted([visible(column) for column in columns])
