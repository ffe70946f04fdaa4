"""The `step` events: at most four a second, with the means of the steps between."""

import time
from collections.abc import Callable

from sft_core.records import EventLog

INTERVAL = 0.25


class StepTelemetry:
    """Collects steps and writes an event when enough time has passed."""

    def __init__(
        self, events: EventLog, memory_mb: Callable[[], int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._events = events
        self._memory_mb = memory_mb
        self._clock = clock
        self._written = clock() - INTERVAL  # the first step shows at once
        self._last: dict[str, float] = {}
        self._forget()

    def add(self, *, epoch: float, step: int, loss: float, rows: int, lr: float, seconds: float) -> None:
        """One optimizer step: its mean loss over `rows` rows, its body rate, how long it took."""
        self._loss += loss * rows
        self._rows += rows
        self._seconds += seconds
        self._last = {"epoch": round(epoch, 4), "step": step, "lr": lr}
        if self._clock() - self._written >= INTERVAL:
            self.flush()

    def flush(self) -> None:
        """Write what is left, if anything."""
        if not self._rows:
            return
        self._events.add(
            "step",
            **self._last,
            loss=round(self._loss / self._rows, 6),
            samples_per_second=round(self._rows / max(self._seconds, 1e-9), 1),
            memory_mb=self._memory_mb(),
        )
        self._written = self._clock()
        self._forget()

    def _forget(self) -> None:
        self._loss, self._rows, self._seconds = 0.0, 0, 0.0
