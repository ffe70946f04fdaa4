"""What the next run of a dataset is to be: model, preset, goal, own settings, pinned sentences, seed.

It lies beside the dataset (`next_run.json`), so that a refresh, a second tab or a restart loses nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import streamlit as st
import yaml
from components import session, work

from sft_core.config import (
    DEFAULT_TASK,
    MOST_PINNED,
    Goal,
    ReadOptions,
    Roles,
    TrainingSettings,
    TrainRequest,
    validated,
    yaml_values,
)
from sft_core.errors import ConfigError
from sft_core.records import SCHEMA_VERSION, write_json
from sft_core.tasks.registry import task_for
from sft_core.training.presets import unknown_names

FILE = "next_run.json"
BUNDLED = "bundled"
_GENERATION = "recipe_generation"


@dataclass(frozen=True)
class Recipe:
    """The wishes for one run. `changes` are settings by field name that differ from the preset."""

    dataset: str
    model: str = BUNDLED
    preset: str = "balanced"
    goal: Goal = field(default_factory=Goal)
    changes: dict[str, Any] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()
    seed: int = 0

    def settings(self) -> dict[str, Any]:
        """The changes to the preset as a TrainRequest takes them, with the goal."""
        return {**self.changes, **({} if self.goal == Goal() else {"goal": self.goal.model_dump()})}

    def request(self, name: str, version: int | None, task: str = DEFAULT_TASK) -> TrainRequest:
        """What is asked of a run with this recipe. Raises ConfigError."""
        return validated(
            TrainRequest,
            {
                "task": task,
                "dataset": self.dataset,
                "version": version,
                "model": self.model,
                "preset": self.preset,
                "settings": self.settings(),
                "pinned": self.pinned,
                "name": name,
                "seed": self.seed,
            },
        )


def load(dataset_id: str) -> Recipe:
    """The recipe of a dataset; the defaults where nothing was wished yet."""
    known = work.read_if_there(session.workspace().dataset(dataset_id) / FILE) or {}
    names = ("model", "preset", "changes", "seed")
    try:
        goal = validated(Goal, known.get("goal") or {})
    except ConfigError:
        goal = Goal()
    chosen = {name: known[name] for name in names if name in known}
    return Recipe(dataset_id, goal=goal, pinned=tuple(known.get("pinned") or ()), **chosen)


def save(recipe: Recipe) -> None:
    """Keep the wishes."""
    values = {**asdict(recipe), "goal": recipe.goal.model_dump(), "pinned": list(recipe.pinned)}
    write_json(
        session.workspace().dataset(recipe.dataset) / FILE,
        {"schema_version": SCHEMA_VERSION, **values},
    )


def change(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with these fields changed, kept where that is a change."""
    changed = replace(recipe, **changes)
    if changed != recipe:
        save(changed)
    return changed


def choose_model(dataset_id: str, model: str) -> None:
    """Start the next run of a dataset from this base model: "bundled", a hub id or a folder."""
    change(load(dataset_id), model=model)


def adopt(recipe: Recipe, request: dict[str, Any]) -> Recipe:
    """The same wishes as an earlier run, for the data of this recipe; all fields show them from now on.

    Raises ConfigError.
    """
    settings = {"seed": request.get("seed") or 0, **(request.get("settings") or {})}
    chosen = _checked(request.get("preset") or "balanced", request.get("model") or BUNDLED, settings)
    renew_fields()
    return change(recipe, pinned=tuple(request.get("pinned") or ())[:MOST_PINNED], **chosen)


def as_yaml(recipe: Recipe) -> str:
    """Preset, model and settings as the file that `train --config` reads."""
    values = {"preset": recipe.preset, "model": recipe.model, **recipe.settings(), "seed": recipe.seed}
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def from_yaml(recipe: Recipe, text: str) -> Recipe:
    """The recipe with the settings of a YAML text, and its preset and model. Raises ConfigError with every problem."""
    values = yaml_values(text)
    preset, model = values.pop("preset", None) or recipe.preset, values.pop("model", None) or recipe.model
    chosen = _checked(preset, model, values)
    renew_fields()
    return change(recipe, **chosen)


def _checked(preset: object, model: object, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Preset, model and settings from elsewhere as fields of a recipe. Raises ConfigError with every problem."""
    problems = unknown_names(preset, settings)
    if not isinstance(model, str):
        problems.append("The model is not a name.")
    given = {name: value for name, value in settings.items() if value is not None}
    try:
        checked = validated(TrainingSettings, given)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from error
    if problems:
        raise ConfigError(problems)
    changes = {name: getattr(checked, name) for name in given if name not in ("goal", "seed")}
    return {"preset": preset, "model": model, "changes": changes, "goal": checked.goal, "seed": checked.seed}


def as_command(
    recipe: Recipe,
    files: Mapping[str, str],
    roles: Roles,
    sheet: str | None = None,
    read: ReadOptions | None = None,
) -> str:
    """The command that does the same on the files ({split: file name}) of a dataset whose columns have these roles.

    `read` is what was chosen by hand for the reading of the training file.
    """
    names = {"train": "--data", "validation": "--validation", "test": "--test"}
    parts = ["python -m sft_core train", *(f"{names[split]} {_quoted(name)}" for split, name in files.items())]
    if (task := task_for(roles).name) != DEFAULT_TASK:
        parts.append(f"--task {task}")
    parts += [f"{option} {_quoted(column)}" for option, column in _columns(roles)]
    if sheet:
        parts.append(f"--sheet {_quoted(sheet)}")
    parts += [f"--read {_quoted(choice)}" for choice in _reading(read or ReadOptions())]
    parts.append(f"--preset {recipe.preset}")
    if recipe.model != BUNDLED:
        parts.append(f"--model {_quoted(recipe.model)}")
    for name, value in recipe.changes.items():
        parts.append(f"--set {name}={_quoted(value)}")
    if recipe.goal != Goal():
        parts.append(f"--set goal.kind={recipe.goal.kind}")
        if recipe.goal.label:
            parts.append(f"--set goal.label={_quoted(recipe.goal.label)}")
    return " \\\n  ".join([*parts, f"--seed {recipe.seed}", "--out my-run"])


def _reading(read: ReadOptions) -> list[str]:
    """The choices as `--read` takes them: "delimiter=tab", "header=no"."""
    words = {"\t": "tab", " ": "space", "": "none", True: "yes", False: "no"}
    chosen = read.model_dump(exclude_none=True, exclude={"sheet"})
    return [f"{name}={words.get(value, value) if name != 'skip' else value}" for name, value in chosen.items()]


def _columns(roles: Roles) -> list[tuple[str, str]]:
    single = {"--text-pair": roles.text_pair, "--label": roles.label, "--group": roles.group}
    single["--split-column"] = roles.split
    asked = [("--text", column) for column in roles.text]
    return asked + [(option, column) for option, column in single.items() if column]


def generation() -> int:
    """Part of the keys of all fields: a new number makes them show the recipe anew."""
    return int(st.session_state.get(_GENERATION, 0))


def renew_fields() -> None:
    """Let all fields show the recipe, not what was typed into them before."""
    st.session_state[_GENERATION] = generation() + 1


def _quoted(value: object) -> str:
    import shlex

    return shlex.quote(str(value))
