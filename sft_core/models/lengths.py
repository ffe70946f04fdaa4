"""After how many tokens a run cuts its texts where nobody says it."""

from math import ceil

PERCENTILE = 99  # of the lengths: the few longest texts would cost all others time and memory
_LEAST, _STEP = 16, 8


def usual_length(p99_tokens: float, limit: int) -> int:
    """The 99th percentile of the lengths, rounded up to 8, capped by what the model reads (`limit`)."""
    return min(limit, max(_LEAST, ceil(p99_tokens / _STEP) * _STEP))
