"""What `train` is asked for, checked before anything is read: a typing error is found at once, not after minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sft_core.cli import options
from sft_core.cli.places import expanded
from sft_core.config import TrainingSettings, TrainRequest, validated
from sft_core.models.resolve import BUNDLED, HUB_ID, resolve
from sft_core.tasks.registry import get_task
from sft_core.training.presets import DataFacts, resolve_settings

DEFAULT_PRESET = "balanced"
LONGEST_INPUT = 8192  # tokens; the most that `max_length` can be


@dataclass(frozen=True)
class Wish:
    """Model, preset and settings as words and file say them; the words win."""

    model: Any
    preset: Any
    settings: dict[str, Any]


def wish(
    config: Path | None,
    assignments: list[str] | None,
    model: str | None,
    preset: str | None,
    threads: int | None,
    seed: int | None = None,
) -> Wish:
    """What was wished. Raises InputError for what is no setting at all."""
    settings = options.changes(config, assignments or [])
    of_file = {name: settings.pop(name, None) for name in ("model", "preset")}
    words = {"threads": threads, "seed": seed}
    settings |= {name: value for name, value in words.items() if value is not None}
    model, preset = model or of_file["model"] or BUNDLED, preset or of_file["preset"] or DEFAULT_PRESET
    return Wish(_model_name(model), preset, settings)


def request_of(wished: Wish, **asked: Any) -> TrainRequest:
    """The request of a run. Raises ConfigError or ModelError for all that can be known without the rows."""
    request = validated(
        TrainRequest, {"model": wished.model, "preset": wished.preset, "settings": wished.settings, **asked}
    )
    check_settings(request, _longest_input(request.model, get_task(request.task).input_kind))
    return request


def check_settings(request: TrainRequest, longest_input: int) -> None:
    """Raise ConfigError for settings that no data could make right, in the words of the training itself."""
    given: Mapping[str, Any] = {name: value for name, value in request.settings.items() if value is not None}
    validated(TrainingSettings, given)
    any_data = DataFacts(
        rows=1000,
        classes=2,
        smallest_class=500,
        mean_tokens=16,
        p99_tokens=64,
        model_max_length=longest_input,
        kind=get_task(request.task).input_kind,
    )
    resolve_settings(request.preset, any_data, given, request.seed)


def _longest_input(model: str, reads: str) -> int:
    """How many tokens the model reads (0: pictures); of a hub model, perhaps not here yet, the most there is."""
    if HUB_ID.match(model):
        return LONGEST_INPUT
    if model == BUNDLED and reads != "text":  # it is there, and who asks for its folder imports torch
        return 0
    return resolve(model, reads=reads).facts.max_length


def _model_name(model: Any) -> Any:
    """A folder becomes an absolute path, so that the worker's empty working folder cannot change its meaning."""
    if not isinstance(model, str) or model == BUNDLED:
        return model
    folder = expanded(Path(model))
    return str(folder.resolve()) if folder.is_dir() else model
