"""Rows that have nothing to read or no label."""

import numpy as np

from sft_core.data.duplicates import is_blank
from sft_core.data.findings.finding import Finding, Material
from sft_core.data.steps import step


def empty(material: Material) -> Finding | None:
    """Rows without anything to read, or without label."""
    unlabelled = np.zeros_like(material.empty) if material.labels is None else is_blank(material.labels)
    mask = material.empty | unlabelled
    if not mask.any():
        return None
    missing = [
        f"{material.counted(n, 'has', 'have')} no {what}"
        for n, what in ((int(material.empty.sum()), material.kind.noun), (int(unlabelled.sum()), "label"))
        if n
    ]
    fixable = bool((mask & material.own).any())
    return material.finding(
        "empty",
        mask,
        f"{' and '.join(missing)}.",
        f"Nothing can be learned from a {material.kind.rows[0]} that lacks its {material.kind.noun} or its class.",
        fix=step("drop_empty") if fixable else None,
    )
