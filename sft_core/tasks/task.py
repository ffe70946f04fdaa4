"""What a task is to the pages and the engine: words, columns, metrics, and where its engine is found."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TaskSpec:
    """One kind of problem. Pages and engine ask the task, and never branch on its name."""

    name: str
    title: str
    input_kind: str
    row_word: tuple[str, str]
    roles_needed: tuple[str, ...]
    metrics: tuple[str, ...]
    baselines: tuple[str, ...]  # in this order: majority, methods of `features.simple`, probe
    engine: str
    environment: Mapping[str, str] = field(default_factory=dict)  # of the processes that compute for it
