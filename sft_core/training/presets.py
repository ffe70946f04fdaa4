"""Quick, balanced, best: named intentions that become numbers by what the data and the model are.

No one recipe fits all; docs/decisions.md has the measurements behind these numbers.
Without torch, so that pages can ask it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from sft_core.config import TrainingSettings, settings_of, title_of, validated
from sft_core.errors import ConfigError
from sft_core.models.lengths import usual_length
from sft_core.training.picture_recipe import picture_values, sgd_rates

LOSS_TITLES = {
    "cross_entropy": "All rows count alike",
    "class_weighted": "All classes count alike (rare ones weigh more)",
}
OPTIMIZER_TITLES = {"adamw": "AdamW", "sgd": "SGD with momentum"}
_PLURALS = {"text": "texts", "image": "pictures"}
_KNOWN: dict[str, Mapping[str, Any]] = {"loss": LOSS_TITLES, "optimizer": OPTIMIZER_TITLES}


@dataclass(frozen=True)
class Preset:
    """One named intention, as the page shows it. `examples` caps how many rows go through the body in all."""

    name: str
    title: str
    description: str
    examples: int


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("quick", "Quick", "A first trained model, to see what the data can give.", 6_000),
        Preset("balanced", "Balanced", "Good and still fast. The usual choice.", 56_000),
        Preset("best", "Best", "Learns longer and looks more often which state is best.", 150_000),
    )
}


@dataclass(frozen=True)
class DataFacts:
    """What the settings depend on: training rows, classes, tokens a row, the size of the model (parameters)."""

    rows: int
    classes: int
    smallest_class: int
    mean_tokens: float
    p99_tokens: int
    model_max_length: int = 512
    parameters: int = 22_700_000
    device: Literal["cpu", "cuda"] = "cpu"
    kind: str = "text"


@dataclass(frozen=True)
class Regime:
    """How a kind of data is learned by a small model: rates at their peak, and passes for each preset."""

    reason: str
    lr_body: float
    lr_head: float
    epochs: Mapping[str, int]


# The head starts trained (warm start), so rates are low from the first step on: high ones first undo what it knows.
MANY_CLASSES = Regime(
    "many classes: more passes",
    lr_body=5e-5,
    lr_head=1e-4,
    epochs={"quick": 2, "balanced": 4, "best": 6},
)
FEW_CLASSES = Regime(
    "few classes: fewer passes, so that wrong labels are not learned by heart",
    lr_body=5e-5,
    lr_head=1e-4,
    epochs={"quick": 2, "balanced": 3, "best": 5},
)
MANY = 20  # classes from which on a data set is one of many classes
SGD_FACTOR = 100.0  # SGD takes no account of the gradient's size: its rates are so much higher


def resolve_settings(
    preset: str, facts: DataFacts, changes: Mapping[str, Any], seed: int
) -> tuple[TrainingSettings, list[str]]:
    """All settings for this data, nothing left open but `threads` and `dropout`, and why, one sentence each.

    `changes` are the user's own values by field name and win. Raises ConfigError with every problem found.
    """
    wished = {name: value for name, value in changes.items() if value is not None}
    _check(preset, wished, facts)
    values, reasons = RECIPES[facts.kind](preset, facts, wished)
    reasons += _about_amounts(facts, values, wished)
    return validated(TrainingSettings, {**values, "seed": seed, **wished}), reasons


def _text_values(preset: str, facts: DataFacts, wished: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    regime = MANY_CLASSES if facts.classes >= MANY else FEW_CLASSES
    values: dict[str, Any] = {
        **_rates(regime, facts, str(wished.get("optimizer", "adamw"))),
        **_amounts(PRESETS[preset], regime, facts),
        "max_length": _max_length(facts),
        "token_budget": 2048 if facts.device == "cpu" else 32_768,
    }
    reasons = [f"{facts.classes} classes are {regime.reason}."]
    if size_factor(facts.parameters) < 1:
        reasons.append("A large model learns with a lower rate.")
    return values, reasons


def _picture_values(preset: str, facts: DataFacts, wished: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    values, reasons = picture_values(preset, facts)
    if wished.get("optimizer") == "sgd":
        values |= sgd_rates(values, SGD_FACTOR)
    return values, reasons


# By kind of input: settings by field name and the reasons for them.
RECIPES = {"text": _text_values, "image": _picture_values}


def unknown_names(preset: object, wished: Mapping[str, Any]) -> list[str]:
    """A sentence for each of preset, loss and optimizer that bears a name which there is not.

    A loss or optimizer that is no name at all is left to the check of the types.
    """
    names = {"preset": preset, **{field: wished[field] for field in _KNOWN if isinstance(wished.get(field), str)}}
    return [
        f"There is no {field} {name!r}; known are {', '.join(known)}."
        for field, known in {"preset": PRESETS, **_KNOWN}.items()
        if field in names and (not isinstance(name := names[field], str) or name not in known)
    ]


def _check(preset: str, wished: Mapping[str, Any], facts: DataFacts) -> None:
    """Raise ConfigError for a name that is not known, a setting of other inputs, and texts longer than can be read."""
    problems = unknown_names(preset, wished)
    problems += [
        f"{title_of(name, facts.kind)} ({name}) is no setting for {_PLURALS[facts.kind]}."
        for name in wished
        if name in TrainingSettings.model_fields and name not in settings_of(facts.kind)
    ]
    limit = facts.model_max_length
    if facts.kind == "text" and isinstance(longest := wished.get("max_length"), int) and longest > limit:
        problems.append(
            f"The longest text (max_length) can be {limit} word pieces here, not {longest}: this model reads no more."
        )
    if problems:
        raise ConfigError(problems)


def _rates(regime: Regime, facts: DataFacts, optimizer: str) -> dict[str, float]:
    body, head = regime.lr_body * size_factor(facts.parameters), regime.lr_head
    if optimizer == "sgd":
        body, head = body * SGD_FACTOR, min(1.0, head * SGD_FACTOR)
    return {"lr_body": _rounded(body), "lr_head": _rounded(head)}


def size_factor(parameters: int) -> float:
    """How much slower larger models learn safely: 1 up to 40 million parameters, 0.5 to 150 million, then 0.2."""
    return 1.0 if parameters <= 40_000_000 else 0.5 if parameters <= 150_000_000 else 0.2


def _amounts(preset: Preset, regime: Regime, facts: DataFacts) -> dict[str, Any]:
    """Passes, batch and evaluations. Few rows: more passes, since a model needs some hundred steps in any case."""
    batch = 16 if facts.rows < 1_000 else 32
    # Small batches need more steps; from 1,000 rows on, 200 were a fourth pass that gained nothing (docs/decisions.md).
    fewest_steps = {"quick": 60, "balanced": 200 if batch == 16 else 160, "best": 400}[preset.name]
    wanted = max(regime.epochs[preset.name], ceil(fewest_steps * batch / max(1, facts.rows)))
    affordable = max(1, preset.examples // max(1, facts.rows))
    epochs = min(wanted, affordable, 20)
    return {
        "epochs": epochs,
        "batch_size": batch,
        "evaluations_per_epoch": 2 if preset.name == "best" or epochs == 1 else 1,
    }


def _max_length(facts: DataFacts) -> int:
    return usual_length(facts.p99_tokens, facts.model_max_length)


def _about_amounts(facts: DataFacts, values: Mapping[str, Any], wished: Mapping[str, Any]) -> list[str]:
    sentences = []
    if "epochs" not in wished:
        sentences.append(f"{values['epochs']} passes over {facts.rows:,} rows.")
    if "max_length" in values and "max_length" not in wished:
        sentences.append(f"Texts are cut after {values['max_length']} word pieces: 99 in 100 are shorter.")
    if wished:
        sentences.append(f"Set by hand: {', '.join(sorted(wished))}.")
    return sentences


def _rounded(rate: float) -> float:
    return float(f"{rate:.3g}")
