"""How an evaluation is repeated, for the HTML report: what was used, the settings as a file, and the commands."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from sft_core.config import DEFAULT_TASK, Roles, SplitPlan, validated
from sft_core.errors import ConfigError
from sft_core.export.report_sections import Lines, Told


def repeat(told: Told) -> dict[str, Any]:
    """All that is needed to do it again: what was used, the settings as a file, and the commands."""
    config, report = told.config, told.own or told.report
    data, base = config.get("data") or {}, config.get("model") or {}
    environment = config.get("environment") or report.get("environment") or {}
    packages = environment.get("packages") or {}
    lines: Lines = [("Seed", str(report["seed"]))]
    for title, value in (
        ("Fingerprint of rows and split", data.get("hash") or report.get("data_hash")),
        ("Revision of the base model", base.get("revision")),
        ("Fingerprint of its weights", base.get("sha256")),
        ("Python", environment.get("python")),
        ("Packages", ", ".join(f"{name} {version}" for name, version in packages.items())),
    ):
        if value:
            lines.append((title, str(value)))
    return {
        "lines": lines,
        "settings": _yaml(config, report),
        "command": _commands(told),
        "notes": _not_by_command(told),
    }


def _not_by_command(told: Told) -> list[str]:
    """What the command does not do by itself."""
    split = (told.config.get("data") or {}).get("split") or {}
    notes = []
    if told.changes:
        notes.append("The command reads the file as it came: make the changes that are listed under “The data” first.")
    usual = all(split.get(name) == getattr(SplitPlan(), name) for name in ("test_share", "validation_share"))
    if split.get("method") != "column" and not (usual and split.get("method") in ("random", "group")):
        notes.append("The command keeps other rows back for the test than was chosen here: make the split in Prepare.")
    return notes


def _yaml(config: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """The file that `train --config` reads: preset, model and every setting that was used."""
    settings = {name: value for name, value in (config.get("settings") or {}).items() if value is not None}
    if settings.get("goal"):
        settings["goal"] = {name: value for name, value in settings["goal"].items() if value is not None}
    values = {"preset": report["preset"], "model": _model(config, report), **settings, "seed": report["seed"]}
    return str(yaml.safe_dump(json.loads(json.dumps(values)), sort_keys=False, allow_unicode=True)).rstrip()


def _model(config: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """As it was asked for; of a folder the name only, for a path says where somebody works."""
    base = config.get("model") or {}
    asked, known = str(base.get("asked") or ""), str(base.get("name") or report["model"])
    return asked if asked == "bundled" else known


def _commands(told: Told) -> str:
    roles = _roles(told.config)
    parts = ["python -m sft_core train", "--data FILE"]
    if told.report["task"] != DEFAULT_TASK:
        parts.append(f"--task {told.report['task']}")
    single = {"--text-pair": roles.text_pair, "--label": roles.label, "--group": roles.group}
    single["--split-column"] = roles.split
    asked = [("--text", name) for name in roles.text]
    asked += [(option, name) for option, name in single.items() if name]
    parts += [f"{option} {shlex.quote(name)}" for option, name in asked]
    split = (told.config.get("data") or {}).get("split") or {}
    if split.get("seed"):
        parts.append(f"--split-seed {split['seed']}")
    train = " \\\n  ".join([*parts, "--config settings.yaml", "--out my-run"])
    if not told.file:
        return train
    return f"{train}\n\npython -m sft_core evaluate --run my-run --data LATER_FILE --out report.json"


def _roles(config: Mapping[str, Any]) -> Roles:
    try:
        return validated(Roles, dict(config.get("roles") or {}))
    except ConfigError:
        return Roles()
