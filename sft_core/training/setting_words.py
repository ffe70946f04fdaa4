"""Settings in words: the values of a training's knobs, and what matters most, as pages and reports say them."""

from collections.abc import Mapping
from typing import Any

from sft_core.config import Goal
from sft_core.training.presets import LOSS_TITLES, OPTIMIZER_TITLES

TITLES: Mapping[str, Mapping[str, str]] = {
    "loss": LOSS_TITLES,
    "optimizer": OPTIMIZER_TITLES,
    "schedule": {"linear": "Falls evenly", "cosine": "Falls in a curve", "constant": "Stays"},
    "augment_crop": {"True": "On", "False": "Off"},
    "augment_flip": {"True": "On", "False": "Off"},
    "augment_colour": {"True": "On", "False": "Off"},
    "mixed_precision": {"auto": "Where it is faster", "off": "Off", "bf16": "bf16", "fp16": "fp16"},
}
GOAL = "What matters most"
GOALS = {
    "accuracy": ("All {words} alike", "Right as often as possible, so large classes count most."),
    "macro_f1": ("Every class alike", "A rare class counts as much as a common one."),
    "recall": ("Not missing one class", "Finding as many as can be, even with some false alarms."),
    "precision": ("No false alarms for one class", "When it says this class, it should be true."),
}


def said(name: str, value: Any) -> str:
    """A value of a setting in words."""
    if value is None:
        return "left to the machine"
    digits = f"{value:.8f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)  # as its field has it
    return TITLES.get(name, {}).get(str(value), digits)


def goal_said(goal: Goal, words: tuple[str, str]) -> str:
    """What matters most, with the class that is meant."""
    return GOALS[goal.kind][0].format(words=words[1]) + (f": {goal.label}" if goal.label else "")
