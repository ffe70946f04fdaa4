"""Whether it may be believed when it says that it is sure, in words."""

from collections.abc import Mapping
from typing import Any

from sft_core.evaluation.wording import sure

QUESTION = "When it says how sure it is, is that true?"
ON_THE_LINE = "On the dashed line it is as right as it says."
NONE_OF_THESE = "When it is less sure, it says “none of these”."


def said(at: float) -> str:
    """A threshold in words; at the lowest all is answered."""
    return sure(at) if at > 0 else "0%"


def recommended(learnt: float) -> str:
    """Where the threshold that was learnt comes from."""
    return f"Recommended: {said(learnt)}, from the rows kept for checking."


def off_by(calibration: Mapping[str, Any]) -> str:
    """How far its sureness is off now, by chance alone, and before it was corrected; "" where that is not known."""
    after, chance, before = (calibration.get(name) for name in ("ece_after", "ece_by_chance", "ece_before"))
    if after is None:
        return ""
    now, then = f"{100 * after:.1f}", None if before is None else f"{100 * before:.1f}"
    words = f"It is off by {now} points on average"
    if chance is not None and after < 2 * chance:
        words += f"; with so few rows even a perfect one shows {100 * chance:.1f}"
    if then is not None:
        words += f". Before it was corrected (grey rings) it was {'as much' if then == now else then}"
    return f"{words}."
