"""When to stop before the planned end: after `patience` evaluations in a row without a state worth keeping."""

from dataclasses import dataclass


@dataclass
class Patience:
    """Counts evaluations since the last state that was kept. A patience of 0 never ends."""

    patience: int
    waited: int = 0

    def saw(self, *, kept: bool) -> None:
        """Take note of one evaluation."""
        self.waited = 0 if kept else self.waited + 1

    @property
    def ended(self) -> bool:
        return 0 < self.patience <= self.waited
