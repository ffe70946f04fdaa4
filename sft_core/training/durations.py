"""Durations as people say them: one way for screens, the command line and the estimates of a training."""

from math import ceil

SECONDS_UP_TO = 90  # from there on minutes


def duration(seconds: float, *, short: bool = False) -> str:
    """A time span: "12 seconds", "2 minutes", "1 h 20 min"; `short`: "12 s", "2 min", "1 h 20 min"."""
    if seconds < SECONDS_UP_TO:
        return _counted(max(1, round(seconds)), "second", short)
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} min" if short else _counted(minutes, "minute", short)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def estimated(seconds: float) -> str:
    """What something is expected to take, no finer than an estimate is and rather too long: "50 seconds"."""
    step = 10 if seconds < SECONDS_UP_TO else 60
    return duration(max(step, ceil(seconds / step) * step))


def _counted(n: int, word: str, short: bool) -> str:
    return f"{n} {word[0]}" if short else f"{n} {word}{'' if n == 1 else 's'}"
