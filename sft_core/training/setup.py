"""Everything that a training needs, from the rows and the wish: base model, rows to read, settings (`config.json`)."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import torch

from sft_core.config import TrainingSettings, TrainRequest, validated
from sft_core.data.gathering import Gathered
from sft_core.errors import StateError
from sft_core.features.device import Precision
from sft_core.features.inference import forward, forward_features
from sft_core.features.material import Part, encode, parts
from sft_core.features.readers import Reader, get_reader
from sft_core.models.resolve import BaseModel, resolve
from sft_core.records import SCHEMA_VERSION, Work, read_json, write_json
from sft_core.tasks.encoded import Rows
from sft_core.tasks.engine import Engine, Floats
from sft_core.tasks.registry import get_task, load_engine
from sft_core.training.hardware import choose_precision, physical_threads
from sft_core.training.job import TrainJob
from sft_core.training.pinned import PinnedSentences, as_pair
from sft_core.training.precision import quicker_precision
from sft_core.training.presets import DataFacts, resolve_settings
from sft_core.workspace import RunFolder, Workspace

PACKAGES = ("torch", "transformers", "accelerate", "datasets", "scikit-learn", "numpy", "safetensors", "tuneboard")


@dataclass(frozen=True)
class Setup:
    """What a run works with; `settings` are resolved, `splits` and `rows` hold train, validation and test."""

    request: TrainRequest
    base: BaseModel
    engine: Engine
    encoder: Any
    model: torch.nn.Module
    settings: TrainingSettings
    splits: Mapping[str, Part]
    rows: Mapping[str, Rows]
    reader: Reader
    labels: tuple[str, ...]


@dataclass(frozen=True)
class BaseFeatures:
    """What the base model makes of training and validation rows as it comes: (n, h) for the probe, and for the
    stock head's start."""

    pooled: dict[str, Floats]
    first_token: Floats


def choose(request: TrainRequest, gathered: Gathered, run: RunFolder, workspace: Workspace, work: Work) -> Setup:
    """Load the base model and settle every setting; what was chosen stands in `config.json` and is kept on a resume."""
    spec = get_task(request.task)
    engine: Engine = load_engine(spec)
    reader = get_reader(spec.input_kind)
    base = resolve(request.model, cache=workspace.cache, reads=spec.input_kind)
    splits = parts(gathered)
    known = read_json(run.config) if run.config.exists() else None
    settings = _known_settings(known, base) if known else _new_settings(request, gathered, base, engine, splits, run)
    torch.set_num_threads(settings.threads or physical_threads())
    encoder = engine.load_encoder(base.folder, settings.max_length)

    def progress(done: float) -> None:
        work.progress(done, f"Reading the {spec.row_word[1]}")

    rows = encode(
        dict(splits), reader, engine, encoder, settings.max_length, workspace.cache, work.should_stop, progress
    )
    model = engine.load_base(base.folder, gathered.labels, dropout=settings.dropout, seed=settings.seed)
    if torch.cuda.is_available():
        model.cuda()
    if not known and settings.mixed_precision == "auto" and engine.measures_precision:
        quicker = quicker_precision(model, engine, rows["train"], settings, workspace.cache)
        settings = settings.model_copy(update={"mixed_precision": quicker})
        write_json(run.config, {**read_json(run.config), "settings": settings.model_dump(mode="json")})
    return Setup(request, base, engine, encoder, model, settings, splits, rows, reader, gathered.labels)


def language_warning(setup: Setup) -> str | None:
    """One sentence where the base model is known not to have learnt the language of the training texts."""
    return setup.reader.warning(setup.splits["train"].inputs, setup.request.model)


def base_features(setup: Setup, work: Work) -> BaseFeatures:
    """One pass of the frozen base model over the training and the validation rows."""
    told, many = 0.0, get_task(setup.request.task).row_word[1]

    def progress(done: float) -> None:
        nonlocal told
        if done - told >= 0.1:
            told = done
            work.progress(done, f"Reading the {many} with the base model")

    first_token, pooled = forward_features(
        setup.model,
        setup.engine,
        setup.rows["train"],
        precision=_precision(setup),
        should_stop=work.should_stop,
        on_progress=progress,
    )
    return BaseFeatures({"train": pooled, "validation": pooled_features(setup, "validation", work)}, first_token)


def pooled_features(setup: Setup, split: str, work: Work) -> Floats:
    """(n, h) mean-pooled features of one split."""
    return forward(
        setup.model,
        setup.engine,
        setup.rows[split],
        output="features",
        precision=_precision(setup),
        should_stop=work.should_stop,
    )


def _precision(setup: Setup) -> Precision:
    """Of the features that the probe learns from; later files and Try it ask it in full precision.

    Small networks for pictures answer some rows otherwise in bf16 (MobileNetV1: 10 of 300), texts hardly any.
    """
    if setup.engine.measures_precision:
        return "off"
    device = next(setup.model.parameters()).device
    return choose_precision(setup.settings.mixed_precision, device)


def train_job_of(setup: Setup, features: BaseFeatures | None, run: RunFolder, work: Work) -> TrainJob:
    """The training itself, ready to go."""
    return TrainJob(
        model=setup.model,
        engine=setup.engine,
        encoded_train=setup.rows["train"],
        y_train=setup.splits["train"].y,
        encoded_validation=setup.rows["validation"],
        y_validation=setup.splits["validation"].y,
        labels=setup.labels,
        settings=setup.settings,
        work=work,
        checkpoints=run.checkpoints,
        pinned=_pinned(setup, run, work),
        first_token=features.first_token if features else None,
        pooled=features.pooled["train"] if features else None,
    )


def _pinned(setup: Setup, run: RunFolder, work: Work) -> PinnedSentences:
    """The sentences of the request, until others are put beside the run."""
    paired = setup.splits["train"].pairs is not None

    def encoded(sentences: Sequence[str]) -> Rows | None:
        texts: Sequence[str] = sentences
        pairs: Sequence[str] | None = None
        if paired:
            texts, pairs = zip(*map(as_pair, sentences), strict=True)
        return setup.reader.pinned(setup.engine, setup.encoder, texts, pairs, setup.settings.max_length)

    def warn(message: str, hint: str) -> None:
        work.events.add("warning", message=message, hint=hint)

    return PinnedSentences(run, setup.request.pinned, encoded, warn)


def environment() -> dict[str, Any]:
    """Versions and hardware, for the report and for a repetition."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": platform.machine(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "threads": torch.get_num_threads(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _known_settings(known: dict[str, Any], base: BaseModel) -> TrainingSettings:
    if known["model"]["sha256"] != base.sha256:
        raise StateError(
            "The base model is not the one that this run began with.",
            "Put the old one back, or start a new run with the same settings.",
        )
    return validated(TrainingSettings, known["settings"])


def _new_settings(
    request: TrainRequest,
    gathered: Gathered,
    base: BaseModel,
    engine: Engine,
    splits: Mapping[str, Part],
    run: RunFolder,
) -> TrainingSettings:
    facts = _data_facts(gathered, base, engine, splits["train"], get_task(request.task).input_kind)
    settings, reasons = resolve_settings(request.preset, facts, request.settings, request.seed)
    config = _config(request, gathered, base, settings)
    write_json(run.config, {**config, "reasons": reasons, "measured": facts.__dict__, "environment": environment()})
    return settings


def _config(request: TrainRequest, gathered: Gathered, base: BaseModel, settings: TrainingSettings) -> dict[str, Any]:
    """What is needed to repeat a run: model, settings, data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": request.name,
        "task": request.task,
        "preset": request.preset,
        "seed": settings.seed,
        "model": {
            "asked": request.model,
            "name": base.name,
            "revision": base.revision,
            "sha256": base.sha256,
            **base.facts.__dict__,
        },
        "settings": settings.model_dump(mode="json"),
        "changed": sorted(request.settings),
        "data": {
            "name": gathered.name,
            "dataset": gathered.dataset,
            "version": gathered.version,
            "hash": gathered.fingerprint(),
            "rows": gathered.counts(),
            "split": gathered.split,
        },
        "roles": gathered.roles.model_dump(mode="json"),
        "labels": list(gathered.labels),
        "pinned": list(request.pinned),
    }


def _data_facts(gathered: Gathered, base: BaseModel, engine: Engine, train: Part, kind: str) -> DataFacts:
    encoder = engine.load_encoder(base.folder, base.facts.max_length)
    lengths = get_reader(kind).lengths(engine, encoder, train.inputs, train.pairs)
    counts = np.bincount(train.y, minlength=len(gathered.labels))
    return DataFacts(
        rows=len(train),
        classes=len(gathered.labels),
        smallest_class=int(counts.min()),
        mean_tokens=round(float(lengths.mean()), 2),
        p99_tokens=int(np.ceil(np.percentile(lengths, 99))),
        model_max_length=base.facts.max_length,
        parameters=base.facts.weight_bytes // 4,
        device="cuda" if torch.cuda.is_available() else "cpu",
        kind=kind,
    )
