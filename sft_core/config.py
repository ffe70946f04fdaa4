"""What can be chosen, said once: field, bounds and the sentence that explains it.

Forms, the command line, YAML files and the docs read labels, help texts and bounds from these models.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sft_core.errors import ConfigError

TableFormat = Literal["csv", "txt", "excel", "json", "jsonl", "parquet", "pictures"]
ClassesFrom = Literal["folders", "names", "table"]
Split = Literal["train", "validation", "test"]
Model = TypeVar("Model", bound=BaseModel)

SPLITS: tuple[Split, ...] = ("train", "validation", "test")
MOST_PINNED = 6
DEFAULT_TASK = "text-classification"


class Frozen(BaseModel):
    """A value: never changed after it was made, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadOptions(Frozen):
    """How a file is to be read; None means "find out"."""

    format: TableFormat | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    sheet: str | None = None
    skip: int | None = Field(None, ge=0, le=100, description="Rows above the table; blank ones do not count.")
    classes: ClassesFrom | None = Field(None, description="Where the class of a picture stands.")


class Roles(Frozen):
    """What each column is for. Several text columns are joined as "name: value" lines."""

    text: tuple[str, ...] = ()
    text_pair: str | None = None
    image: str | None = None
    label: str | None = None
    group: str | None = None
    time: str | None = None
    split: str | None = None
    rival: str | None = Field(None, description="A column with the answer that is given today, to compare with.")

    def inputs(self) -> tuple[str, ...]:
        """The columns that a model reads: of the text (and its pair), or of the picture."""
        return (*self.text, *(name for name in (self.text_pair, self.image) if name))

    def for_answers(self) -> "Roles":
        """Only what is needed to answer a row: what the model reads."""
        return Roles(text=self.text, text_pair=self.text_pair, image=self.image)

    def columns(self) -> tuple[str, ...]:
        """All columns that have a role, in a fixed order, each once."""
        single = (self.text_pair, self.image, self.label, self.group, self.time, self.split, self.rival)
        return tuple(dict.fromkeys([*self.text, *(name for name in single if name)]))


class SplitPlan(Frozen):
    """How rows are dealt out to training, validation and test. Rows that are duplicates stay together."""

    method: Literal["random", "group", "time", "column"] = Field("random", title="How to split")
    test_share: float = Field(0.2, ge=0, le=0.8, title="Share for the test")
    validation_share: float = Field(
        0.1, gt=0, le=0.5, title="Share for validation", description="Of the rows that are not in the test."
    )
    seed: int = Field(0, ge=0, title="Seed")


class Goal(Frozen):
    """What the best checkpoint is judged by, on validation."""

    kind: Literal["accuracy", "macro_f1", "recall", "precision"] = "accuracy"
    label: str | None = None

    @model_validator(mode="after")
    def _class_is_named(self) -> "Goal":
        if self.kind in ("recall", "precision") and not self.label:
            raise ValueError("recall and precision are for one class: name it in goal.label")
        return self


class TrainingSettings(Frozen):
    """All knobs of a training. None means "chosen from the data and the machine", and what was chosen is recorded.

    A knob that only some kinds of input have names them (`kinds`); of some the title is another (`titles`).
    """

    epochs: int = Field(
        5, ge=1, le=100, title="Passes over the data", description="How often the model sees every training row."
    )
    lr_body: float | None = Field(
        None,
        gt=0,
        le=0.1,
        title="Learning rate of the body",
        description="How strongly the pre-trained part changes at each step. Too high forgets, too low learns little.",
    )
    lr_head: float | None = Field(
        None,
        gt=0,
        le=1,
        title="Learning rate of the head",
        description="The same for the new last layer, which starts from nothing and may move faster.",
    )
    batch_size: int = Field(
        32, ge=1, le=1024, title="Rows in a step", description="How many rows the model looks at before it changes."
    )
    token_budget: int | None = Field(
        None,
        ge=16,
        title="Tokens at once",
        description="How much text is in memory at a time. Smaller needs less memory, the result stays the same.",
        json_schema_extra={"titles": {"image": "Pictures at once"}},
    )
    weight_decay: float = Field(
        0.01,
        ge=0,
        le=1,
        title="Weight decay",
        description="Keeps the model's numbers small, against learning by heart.",
    )
    dropout: float | None = Field(
        None, ge=0, lt=1, title="Dropout", description="Share of connections switched off at random while learning."
    )
    warmup_share: float = Field(
        0.1, ge=0, lt=1, title="Warm-up", description="Share of the steps in which the learning rate rises from zero."
    )
    schedule: Literal["linear", "cosine", "constant"] = Field(
        "linear", title="Schedule", description="How the learning rate falls after the warm-up."
    )
    max_length: int | None = Field(
        None,
        ge=8,
        le=8192,
        title="Longest text",
        description="Texts are cut after this many tokens (word pieces).",
        json_schema_extra={"kinds": ["text"]},
    )
    augment_crop: bool | None = Field(
        None,
        title="Other parts of the picture",
        description="Each time a picture is shown, another large part of it is taken, so place and size matter less.",
        json_schema_extra={"kinds": ["image"]},
    )
    augment_flip: bool | None = Field(
        None,
        title="Mirrored",
        description="Half of the time a picture is mirrored. Only where left and right mean nothing.",
        json_schema_extra={"kinds": ["image"]},
    )
    augment_colour: bool | None = Field(
        None,
        title="Other light and colours",
        description="Brightness, contrast and colours change a little each time. Not where a shade decides.",
        json_schema_extra={"kinds": ["image"]},
    )
    label_smoothing: float | None = Field(
        None,
        ge=0,
        lt=0.5,
        title="Doubt in the labels",
        description="So much is taken from the true class and shared among all: the model does not become too sure.",
    )
    loss: str = Field(
        "cross_entropy",
        title="Loss",
        description="What is made small while learning. Class-weighted makes errors on rare classes count more.",
    )
    optimizer: str = Field("adamw", title="Optimizer", description="The rule by which the model changes at each step.")
    clip_norm: float = Field(
        1.0, gt=0, le=100, title="Largest step", description="Steps larger than this are shortened, against jumps."
    )
    patience: int = Field(
        5,
        ge=0,
        le=100,
        title="Early stopping",
        description="Stop after this many evaluations without progress on validation. 0 never stops early.",
    )
    evaluations_per_epoch: int = Field(
        1, ge=1, le=20, title="Evaluations per pass", description="How often the validation rows are scored."
    )
    frozen_layers: int = Field(
        0,
        ge=0,
        le=200,
        title="Frozen layers",
        description="This many lower layers keep what they know. Faster, and safer with few rows.",
    )
    mixed_precision: Literal["auto", "off", "bf16", "fp16"] = Field(
        "auto",
        title="Mixed precision",
        description="Calculate with shorter numbers where this machine is faster with them.",
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Seed", description="The same seed gives the same result again.")
    threads: int | None = Field(
        None, ge=1, le=512, title="Threads", description="Processor cores to use. Empty: all physical cores."
    )
    checkpoint_steps: int | None = Field(
        None, ge=1, title="Save every … steps", description="How often the state is saved, so that it can be resumed."
    )
    goal: Goal = Field(default_factory=Goal, title="What matters most?")


def settings_of(kind: str) -> tuple[str, ...]:
    """Names of the settings that a kind of input (text, image) has."""
    return tuple(name for name in TrainingSettings.model_fields if kind in _extra(name).get("kinds", [kind]))


def title_of(name: str, kind: str) -> str:
    """What a setting is called for a kind of input."""
    return str(_extra(name).get("titles", {}).get(kind, TrainingSettings.model_fields[name].title))


def _extra(name: str) -> dict[str, Any]:
    extra = TrainingSettings.model_fields[name].json_schema_extra
    return extra if isinstance(extra, dict) else {}


class TrainRequest(Frozen):
    """All that was asked of one run (`job.json`); what came of it stands in `config.json`."""

    task: str = DEFAULT_TASK
    dataset: str | None = Field(None, description="Id of a dataset of this workspace, or None with `train`.")
    version: int | None = None
    train: str | None = Field(None, description="Path of a file to learn from, where no dataset is named.")
    validation: str | None = None
    test: str | None = None
    read: ReadOptions = ReadOptions()
    roles: Roles | None = None
    split: SplitPlan = SplitPlan()
    model: str = "bundled"
    preset: str = "balanced"
    settings: dict[str, Any] = Field(default_factory=dict, description="Changes to the preset, by field name.")
    pinned: tuple[str, ...] = Field((), max_length=MOST_PINNED, description="Texts whose probabilities are followed.")
    name: str = ""
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="before")
    @classmethod
    def _one_seed(cls, values: Any) -> Any:
        """The seed of the request, else the one among the settings, else 0; from then on it stands in one place."""
        settings = values.get("settings") if isinstance(values, Mapping) else None
        if not isinstance(settings, Mapping) or "seed" not in settings:
            return values
        rest = {name: value for name, value in settings.items() if name != "seed"}
        asked = [seed for seed in (values.get("seed"), settings["seed"]) if seed is not None]
        return {**values, "settings": rest, "seed": asked[0] if asked else 0}

    @model_validator(mode="after")
    def _one_source(self) -> "TrainRequest":
        if (self.dataset is None) == (self.train is None):
            raise ValueError("name either a dataset or a training file")
        return self


def validated(model: type[Model], values: Mapping[str, Any]) -> Model:
    """The values as a `model`. Raises ConfigError that lists every problem in words, not only the first."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError([_sentence(model, problem) for problem in error.errors()]) from error


def yaml_values(text: str, what: str = "This") -> dict[str, Any]:
    """The settings of a YAML text, not yet checked; `what` is how a sentence about it begins. Raises ConfigError."""
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a ValueError: a day such as 2026-02-30
        raise ConfigError([f"{what} is not valid YAML."], "Check the indentation and the colons.") from error
    if not isinstance(values, dict):
        raise ConfigError([f"{what} holds no settings."], "Write one `name: value` a line.")
    return values


def _sentence(model: type[BaseModel], problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields)
        return f"There is no setting {place!r}; known are {known}."
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{place or 'Settings'}: {message[0].lower()}{message[1:]}."
