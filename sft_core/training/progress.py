"""How far a training has come: the cursor, what was best, what was counted. Part of every checkpoint (`progress.json`).

With this and the weights a training goes on as if it had never been interrupted.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sft_core.records import SCHEMA_VERSION, read_json, write_json
from sft_core.training.job import Evaluation

FILE = "progress.json"


@dataclass
class Progress:
    """Changes while training. `evaluated` is the last step that was evaluated, -1 before the first.

    `best_step` is the state to keep, `best_score` the highest score so far, `first_score` that before the first step.

    Of `answered` training rows in the steps since then `right` were answered rightly: the next look's training score.
    """

    plan_hash: str
    token_budget: int
    epoch: int = 0
    next_batch: int = 0
    step: int = 0
    evaluated: int = -1
    waited: int = 0
    best_step: int = 0
    best_score: float | None = None
    first_score: float | None = None
    train_seconds: float = 0.0
    body_seconds: float = 0.0
    examples: int = 0
    right: int = 0
    answered: int = 0
    peak_memory_mb: int = 0
    history: list[Evaluation] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)

    def advance(self, steps_per_epoch: int) -> None:
        """One optimizer step is done."""
        self.step += 1
        self.next_batch += 1
        if self.next_batch == steps_per_epoch:
            self.epoch, self.next_batch = self.epoch + 1, 0

    def count(self, right: int, answered: int) -> None:
        """So many rows of the step just done were answered rightly."""
        self.examples += answered
        self.right, self.answered = self.right + right, self.answered + answered

    def train_accuracy(self) -> float | None:
        """The share of right answers in the steps since the last look; None where there were none."""
        return round(self.right / self.answered, 6) if self.answered else None

    def write(self, folder: Path) -> None:
        """Put it into the folder of a checkpoint."""
        write_json(folder / FILE, {"schema_version": SCHEMA_VERSION, **asdict(self)})


def read_progress(folder: Path) -> Progress:
    """The progress of a checkpoint."""
    facts: dict[str, Any] = read_json(folder / FILE)
    facts.pop("schema_version")
    history = [Evaluation(**entry) for entry in facts.pop("history")]
    return Progress(**facts, history=history)
