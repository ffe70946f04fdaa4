"""Texts that are much shorter or longer than a message."""

import numpy as np

from sft_core.data.findings.finding import Finding, Material, rows_are
from sft_core.data.steps import step

SHORTEST = 3
_LONG, _TIMES_MEDIAN = 1000, 10


def short(material: Material) -> Finding | None:
    """Texts of one or two characters."""
    mask = (material.lengths < SHORTEST) & ~material.empty & material.own
    if not mask.any():
        return None
    return material.finding(
        "very_short",
        mask,
        f"{rows_are(int(mask.sum()), 'has', 'have')} a text of fewer than {SHORTEST} characters.",
        "A text this short rarely says what it is about.",
        fix=step("drop_short", shortest=SHORTEST),
        severity="info",
    )


def long(material: Material) -> Finding | None:
    """Texts of more than 1,000 characters that are ten times as long as the middle one."""
    filled = material.lengths[~material.empty]
    longest = max(_LONG, _TIMES_MEDIAN * int(np.median(filled))) if len(filled) else _LONG
    mask = (material.lengths > longest) & material.own
    if not mask.any():
        return None
    return material.finding(
        "very_long",
        mask,
        f"{rows_are(int(mask.sum()), 'has', 'have')} a text of more than {longest:,} characters, far above the others.",
        "Only the beginning of a long text is read by a model. Often it is a forwarded conversation or a pasted table.",
        fix=step("drop_long", longest=longest),
        severity="info",
    )
