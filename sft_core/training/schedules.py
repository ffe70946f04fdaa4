"""How the learning rate moves: up during the warm-up, then as the schedule says. Pure functions of the step."""

import math
from collections.abc import Callable

# share of the way after the warm-up (0–1) -> factor on the learning rate
SCHEDULES: dict[str, Callable[[float], float]] = {
    "linear": lambda done: 1 - done,
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
    "constant": lambda done: 1.0,  # noqa: ARG005
}


def learning_rate_factor(schedule: str, step: int, total_steps: int, warmup_share: float) -> float:
    """The factor for `step` (0-based) of `total_steps`; never zero, so that every step teaches something."""
    warmup = round(total_steps * warmup_share)
    if step < warmup:
        return (step + 1) / warmup
    return SCHEDULES[schedule]((step - warmup) / max(1, total_steps - warmup))
