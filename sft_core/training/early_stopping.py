"""When to stop before the planned end: after `patience` evaluations in a row without a better state."""

from dataclasses import dataclass


@dataclass
class Patience:
    """Counts evaluations since the best one. A patience of 0 never ends."""

    patience: int
    waited: int = 0

    def saw(self, *, better: bool) -> None:
        """Take note of one evaluation."""
        self.waited = 0 if better else self.waited + 1

    @property
    def ended(self) -> bool:
        return 0 < self.patience <= self.waited
