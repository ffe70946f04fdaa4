"""The kinds of jobs: what does the work, which lane it waits in, where its folder lies. One entry adds a kind."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from sft_core.errors import InputError
from sft_core.records import Work

Handler = Callable[[Work], None]
Lane = Literal["train", "light"]
Place = Literal["runs", "evaluations", "jobs", "studies"]


@dataclass(frozen=True)
class JobKind:
    """How jobs of one kind are run.

    `handler` is "module:attribute", imported by the worker only. `environment` is added to the worker's, for what must
    be set before the process starts (MALLOC_* for example). `secrets` names the variables that only this kind may see.
    A kind that keeps nothing on Stop gets no time to do so: who waits for its lane gets it at once.
    """

    handler: str
    lane: Lane
    resumable: bool = True
    keeps_on_stop: bool = True
    place: Place = "jobs"
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


KINDS: dict[str, JobKind] = {
    "train": JobKind("sft_core.pipeline:train_job", "train", place="runs"),
    "preflight": JobKind("sft_core.pipeline:preflight_job", "train", keeps_on_stop=False),
    "import": JobKind("sft_core.data.importing:import_job", "light"),
    "prepare": JobKind("sft_core.data.preparing:prepare_job", "light"),
    "evaluate": JobKind("sft_core.pipeline:evaluate_job", "light", place="evaluations"),
    "predict": JobKind("sft_core.pipeline:predict_job", "light"),
    "export": JobKind("sft_core.export.bundle:export_job", "light"),
    "download": JobKind("sft_core.models.download:download_job", "light", secrets=("HF_TOKEN",)),
}


def register(name: str, kind: JobKind) -> None:
    """Add a kind. Raises ValueError where the name is taken by another one."""
    if KINDS.setdefault(name, kind) != kind:
        raise ValueError(f"there is already a kind of job named {name!r}")


def get_kind(name: str) -> JobKind:
    """The kind of this name. Raises InputError."""
    try:
        return KINDS[name]
    except KeyError:
        raise InputError(
            f"There is no kind of job named {name!r}.", f"Choose one of: {', '.join(sorted(KINDS))}."
        ) from None


def load_handler(kind: JobKind) -> Handler:
    """Import the function that does the work: heavy, so only a worker calls it."""
    module, _, attribute = kind.handler.partition(":")
    return cast(Handler, getattr(importlib.import_module(module), attribute))
