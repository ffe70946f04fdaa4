"""Rows that stand there more than once, alone or with another class."""

from sft_core.data import duplicates
from sft_core.data.findings.finding import Finding, Material
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
        f"{material.counted(int(mask.sum()), 'repeats', 'repeat')} {material.kind.copies.exact}.",
        "What stands there twice counts twice while learning. Copies never lie in both training and test, either way.",
        fix=step("drop_duplicates", kind="exact"),
        alike=duplicates.exact_table_keys(material.table, material.roles),
    )


def normalised(material: Material) -> Finding | None:
    """Rows that repeat an earlier one to a reader: texts but for capitals, spaces or sentence marks, near pictures."""
    mask = copies.repeats_of(material.table, material.roles, material.normal_keys, material.empty) & ~material.repeats
    if not mask.any():
        return None
    return material.finding(
        "normalised_duplicates",
        mask,
        f"{material.counted(int(mask.sum()), 'repeats', 'repeat')} {material.kind.copies.alike}.",
        material.kind.copies.why_alike,
        fix=step("drop_duplicates", kind=material.kind.copies.rule),
        severity="info",
        alike=material.normal_keys,
    )


def conflicts(material: Material) -> Finding | None:
    """Rows whose text, or picture, stands under several classes."""
    found = copies.conflicts(material.table, material.roles, material.normal_keys)
    if not found.rows.any():
        return None
    return material.finding(
        "conflicting_labels",
        found.rows,
        f"{material.counted(int(found.rows.sum()), *material.kind.copies.conflict)}.",
        "Both cannot be right: the model is told two things at once. The commonest class is kept; a tie is dropped.",
        fix=step("resolve_conflicts", how="majority"),
        examples=_grouped(material, found),
        alike=material.normal_keys,
    )


def _grouped(material: Material, found: copies.Conflicts) -> Mask:
    """The rows of the first two texts, so that the examples show what contradicts what."""
    keys = material.normal_keys
    shown = list(dict.fromkeys(keys[found.rows].tolist()))[:2]
    mask: Mask = found.rows & (keys == shown[0]) | found.rows & (keys == shown[-1])
    return mask
