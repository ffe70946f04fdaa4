"""What the JSON files of an exported zip must look like, as the pages, the card and a later test read them.

A key that we do not know is never read, so it may be there. A known one that is missing, of another kind, out of its
range or at odds with another refuses the zip.
"""

from itertools import pairwise
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from sft_core.config import Roles, TrainingSettings
from sft_core.errors import InputError
from sft_core.records import SCHEMA_VERSION
from sft_core.tasks.registry import TASKS

MOST_CHARACTERS = 10_000  # of a name or a sentence


def _rising(values: list[float]) -> list[float]:
    if any(low > high for low, high in pairwise(values)):
        raise ValueError("the numbers do not rise")
    return values


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("a class stands there twice")
    return values


def _known_task(name: str) -> str:
    if name not in TASKS:
        raise ValueError("there is no such task")
    return name


Version = Annotated[int, Field(ge=1, le=SCHEMA_VERSION)]
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, le=1e12)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Text = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Label = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
Labels = Annotated[list[Label], Field(min_length=1), AfterValidator(_each_once)]
Interval = Annotated[list[Share], Field(min_length=2, max_length=2), AfterValidator(_rising)]
Task = Annotated[str, AfterValidator(_known_task)]
Scalar = str | bool | int | float | None


class Shape(BaseModel):
    """A part of a JSON file: no text for a number, nothing infinite."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)


class Rows(Shape):
    """How many rows each split has."""

    train: Count
    validation: Count
    test: Count


class Scores(Shape):
    """The metrics of one set of rows; None where one cannot be computed."""

    accuracy: Share | None
    macro_f1: Share | None
    weighted_f1: Share | None
    macro_precision: Share | None
    macro_recall: Share | None
    log_loss: Amount | None


class BothScores(Shape):
    validation: Scores
    test: Scores


class Span(Shape):
    """The intervals of one set of rows."""

    accuracy: Interval | None
    macro_f1: Interval | None


class Spans(Shape):
    validation: Span
    test: Span
    baselines: dict[Text, Span]


class Versus(Shape):
    """The test against a rival, which is one of the baselines."""

    name: Text
    p: Share
    fixed: Count
    broken: Count


class Confusion(Shape):
    """A square of counts: what it really was (rows) against what was said."""

    labels: Labels
    matrix: list[list[Count]]

    @model_validator(mode="after")
    def _square(self) -> Self:
        if {len(self.matrix), *map(len, self.matrix)} != {len(self.labels)}:
            raise ValueError("the matrix is no square of its classes")
        return self


class ClassScores(Shape):
    label: Label
    precision: Share | None
    recall: Share | None
    f1: Share | None
    support: Count
    interval: Interval | None
    precision_interval: Interval | None
    f1_interval: Interval | None


class Bin(Shape):
    """A bar of the reliability diagram."""

    low: Share
    high: Share
    rows: Count
    confidence: Share | None
    accuracy: Share | None
    interval: Interval | None

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.rows and None in (self.confidence, self.accuracy, self.interval):
            raise ValueError("a bin with rows says nothing of them")
        return self


class Bins(Shape):
    before: list[Bin]
    after: list[Bin]


class Calibration(Shape):
    ece_before: Share | None
    ece_after: Share | None
    ece_by_chance: Share | None
    temperature: Annotated[float, Field(gt=0, le=1e6)] | None
    bins: Bins


class Audit(Shape):
    """What stands on more than one side; more counts may be there."""

    duplicates_across_splits: Count | None
    rows: Rows | None = None
    labels_only_in_test: list[Text] | None = None
    __pydantic_extra__: dict[str, Count | None]


class Report(Shape):
    """`report.json` of a run."""

    schema_version: Version
    task: Task
    model: Text
    preset: Text
    seed: Count
    rows: Rows
    labels: Labels
    metrics: BothScores
    intervals: Spans
    baselines: dict[Text, Scores | None]
    versus_baseline: Versus | None
    versus_rival: Versus | None = None
    commonest: Label | None = None
    confusion: Confusion
    per_class: list[ClassScores]
    calibration: Calibration
    threshold: Share | None
    audit: Audit
    unavailable: dict[Text, Text]
    timing: dict[Text, Amount | None]
    environment: dict[Text, Scalar | dict[Text, Scalar]]
    warnings: list[Text]
    test_file: None = None  # of later files only: a run's own test has none

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if (self.metrics.test.accuracy is None) != (self.intervals.test.accuracy is None):
            raise ValueError("the score and its interval do not fit")
        for versus in (self.versus_baseline, self.versus_rival):
            rival = self.baselines.get(versus.name) if versus else None
            if versus and (rival is None or rival.accuracy is None):
                raise ValueError("it is compared with a method that is not there")
        if self.confusion.labels != self.labels or [entry.label for entry in self.per_class] != self.labels:
            raise ValueError("the matrix or the scores are of other classes")
        return self


class Settings(TrainingSettings):
    """The settings that a run ended up with; those of another version may be there."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)

    max_length: int | None = Field(ge=8, le=8192)  # settled by then, for texts
    __pydantic_extra__: dict[str, Scalar]


class Base(Shape):
    """The base model; what was asked for may be a path and stays where it was."""

    asked: None = None
    name: Label
    revision: Text | None
    sha256: Text


class Data(Shape):
    name: Text
    hash: Text
    dataset: Text | None = None
    version: Count | None = None
    rows: Rows | None = None
    classes: dict[Label, Count] | None = None


class Config(Shape):
    """`config.json` of a run, without what stays with the one who trained it."""

    schema_version: Version
    name: Text
    task: Task
    preset: Text
    seed: Count
    model: Base
    settings: Settings
    data: Data
    roles: Roles
    labels: Labels
    reasons: list[Text] = []
    pinned: None = None

    @model_validator(mode="after")
    def _reads_something(self) -> Self:
        if not self.roles.text or not self.roles.label:
            raise ValueError("no column has the text or the class")
        return self


class KnownScale(Shape):
    """`model/known.json`: where it begins to be unlike anything learnt."""

    energy_quantiles: Annotated[list[float], Field(min_length=2), AfterValidator(_rising)]


class ModelConfig(Shape):
    """Of the model's own configuration, what has to fit the report."""

    id2label: dict[str, Label]
    num_attention_heads: Annotated[int, Field(ge=1)] | None = None

    def labels(self) -> list[str | None]:
        """The classes in the order of the logits."""
        return [self.id2label.get(str(place)) for place in range(len(self.id2label))]


class TokenizerConfig(Shape):
    """Of the tokenizer's configuration, where texts are cut: a run settles that."""

    model_max_length: Annotated[int, Field(ge=1, le=8192)]


Known = TypeVar("Known", bound=Shape)


def parsed(shape: type[Known], content: bytes, name: str) -> Known:
    """The content of a JSON file of a zip. Raises InputError that names the first place that is wrong."""
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        problem: Any = error.errors()[0]
        if problem["type"] == "json_invalid":
            raise InputError(f"The file {name} in this zip is damaged.", "Export the model again.") from error
        place = ".".join(str(part) for part in problem["loc"])[:120]
        where = f" (at “{place}”)" if place else ""
        message = f"The file {name} in this zip does not say what such a file must say{where}."
        raise InputError(message, "Export the model again, with the same version of Tuneboard.") from error
