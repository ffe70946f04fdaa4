"""Class names that are one name in several spellings: “Billing”, “billing ”, “Biling”."""

import re
import unicodedata
from collections.abc import Mapping

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cdist

from sft_core.data.findings.finding import Finding, Material
from sft_core.data.fixes.labels import MergeParams
from sft_core.data.steps import step

# A slip of the pen is one letter, in a word that is not short, after the first letter, and much rarer than the right
# name. Two letters would merge hypertension with hypotension, and equally common names are names of their own.
_RARER = 8
_SHORTEST_WORD = 5
_MOST_NAMES = 3000

_SEPARATORS = re.compile(r"(?<=[^\W\d_])[\s_\-./]+(?=[^\W\d_])")


def spellings(material: Material) -> Finding | None:
    """Classes that are written in several ways."""
    if material.labels is None:
        return None
    counts = material.labels.value_counts()
    mapping = merged_spellings({str(name): int(n) for name, n in counts.items()})
    if not mapping:
        return None
    mask = material.labels.isin(list(mapping)).to_numpy(dtype=bool)
    targets: dict[str, list[str]] = {}
    for old, new in mapping.items():
        targets.setdefault(new, []).append(f"“{old}”")
    first = [f"“{new}” also as {', '.join(old)}" for new, old in list(targets.items())[:3]]
    what = "One class is" if len(targets) == 1 else f"{len(targets):,} classes are"
    return material.finding(
        "label_spellings",
        mask,
        f"{what} written in several ways: {'; '.join(first)}.",
        "To a model every spelling is a class of its own, with its rows missing from the right one.",
        fix=step("merge_labels", **MergeParams(mapping=mapping).model_dump()),
    )


def merged_spellings(counts: Mapping[str, int]) -> dict[str, str]:
    """Which names should be written as which other one: the most frequent spelling of each class wins."""
    groups: dict[str, list[str]] = {}
    for name in sorted((name for name in counts if name.strip()), key=lambda name: (-counts[name], name)):
        groups.setdefault(folded(name), []).append(name)
    totals = {key: sum(counts[name] for name in names) for key, names in groups.items()}
    meant = _slips(totals)
    mapping: dict[str, str] = {}
    for key, names in groups.items():
        target = _tidy(groups[meant.get(key, key)][0])
        mapping |= {name: target for name in names if name != target}
    return mapping


def folded(name: str) -> str:
    """What two spellings of one name have in common: letters, without case, spaces and separators between words."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return _SEPARATORS.sub(" ", plain)


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _slips(totals: Mapping[str, int]) -> dict[str, str]:
    """Rare names that are one slip away from a common one."""
    names = list(totals)
    if len(names) > _MOST_NAMES:
        return {}
    distances = cdist(names, names, scorer=DamerauLevenshtein.distance, score_cutoff=1, dtype=np.uint8)
    found = {}
    for i, j in zip(*np.nonzero(distances <= 1), strict=True):
        rare, common = names[i], names[j]
        if totals[rare] * _RARER <= totals[common] and _is_slip(rare, common):
            found[rare] = common
    return {rare: common for rare, common in found.items() if common not in found}


def _is_slip(rare: str, common: str) -> bool:
    ours, theirs = rare.split(" "), common.split(" ")
    if len(ours) != len(theirs):
        return False
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return len(differing) == 1 and all(
        a.isalpha() and b.isalpha() and min(len(a), len(b)) >= _SHORTEST_WORD and a[0] == b[0] for a, b in differing
    )
