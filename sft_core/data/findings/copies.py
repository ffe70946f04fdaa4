"""Rows that stand there more than once, alone or with another class."""

from sft_core.data.findings.finding import Finding, Material, rows_are
from sft_core.data.fixes import copies
from sft_core.data.fixes.effect import Mask
from sft_core.data.steps import step


def exact(material: Material) -> Finding | None:
    """Rows that repeat the text and the class of an earlier one, letter by letter."""
    mask = material.repeats
    if not mask.any():
        return None
    return material.finding(
        "exact_duplicates",
        mask,
        f"{rows_are(int(mask.sum()), 'repeats', 'repeat')} an earlier row letter by letter.",
        "What stands there twice counts twice while learning. Copies never lie in both training and test, either way.",
        fix=step("drop_duplicates", kind="exact"),
    )


def normalised(material: Material) -> Finding | None:
    """Rows that repeat an earlier one but for capitals, spaces or sentence marks."""
    mask = copies.repeats_of(material.table, material.roles, material.normal_keys, material.empty) & ~material.repeats
    if not mask.any():
        return None
    return material.finding(
        "normalised_duplicates",
        mask,
        f"{rows_are(int(mask.sum()), 'repeats', 'repeat')} an earlier row but for capitals, spaces or sentence marks.",
        "It is the same message to a reader, and nearly the same to a model.",
        fix=step("drop_duplicates", kind="normalised"),
        severity="info",
    )


def conflicts(material: Material) -> Finding | None:
    """Rows whose text stands under several classes."""
    found = copies.conflicts(material.table, material.roles, material.normal_keys)
    if not found.rows.any():
        return None
    return material.finding(
        "conflicting_labels",
        found.rows,
        f"{rows_are(int(found.rows.sum()), 'has', 'have')} the same text as another row, but another class.",
        "Both cannot be right: the model is told two things at once. The commonest class is kept; a tie is dropped.",
        fix=step("resolve_conflicts", how="majority"),
        examples=_grouped(material, found),
    )


def _grouped(material: Material, found: copies.Conflicts) -> Mask:
    """The rows of the first two texts, so that the examples show what contradicts what."""
    keys = material.normal_keys
    shown = list(dict.fromkeys(keys[found.rows].tolist()))[:2]
    mask: Mask = found.rows & (keys == shown[0]) | found.rows & (keys == shown[-1])
    return mask
