"""What a split comes to: rows of each class on each side, and what a person should know about it, in sentences."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from sft_core.config import SPLITS, Roles
from sft_core.data.dealing import CODES, LEFT_OUT, NAMES, Codes
from sft_core.data.kinds.registry import kind_of

TOO_FEW = 10


@dataclass(frozen=True)
class SplitFacts:
    """What a split comes to: rows of each class and in all, and in `notes` what a person should know about it.

    `moved` counts the rows that had to leave their side because the same text stands on another one, `left_out` all
    rows that are in no split, `too_few` names the classes with so few test rows that their scores say little.
    """

    counts: dict[str, dict[str, int]]
    totals: dict[str, int]
    too_few: list[str]
    left_out: int
    moved: int
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON-able values."""
        return asdict(self)


def facts_of(table: pd.DataFrame, roles: Roles, codes: Codes, moved: int, notes: list[str]) -> SplitFacts:
    """What these codes come to; `moved` and `notes` are what was found on the way."""
    totals: dict[str, int] = {name: int((codes == CODES[name]).sum()) for name in SPLITS}
    counts = _class_counts(table[roles.label], codes) if roles.label else {}
    too_few = [label for label, n in counts.items() if 0 < n["test"] < TOO_FEW]
    notes = notes + class_notes(counts, totals, too_few, kind_of(roles).rows)
    return SplitFacts(counts, totals, too_few, int((codes == LEFT_OUT).sum()), moved, notes)


def _class_counts(labels: pd.Series, codes: Codes) -> dict[str, dict[str, int]]:
    number, names = pd.factorize(labels, sort=True)
    cells = np.bincount(number * len(NAMES) + codes, minlength=len(names) * len(NAMES)).reshape(-1, len(NAMES))
    return {
        str(name): {split: int(row[CODES[split]]) for split in SPLITS}
        for name, row in zip(names, cells, strict=True)
        if str(name).strip()
    }


def class_notes(
    counts: dict[str, dict[str, int]],
    totals: dict[str, int],
    too_few: list[str],
    words: tuple[str, str] = ("row", "rows"),
) -> list[str]:
    """What should be known of single classes: those that cannot be tested, or not be learned. `words`: a row, rows."""
    one, many = words

    def those(condition: Callable[[dict[str, int]], bool]) -> list[str]:
        return [label for label, n in counts.items() if condition(n)]

    notes = [f"No {one} is left for {split}: there are too few {many}." for split, n in totals.items() if not n]
    single = those(lambda n: n["train"] == 1 and not n["validation"] and not n["test"])
    unseen = those(lambda n: not n["train"] and bool(n["test"] or n["validation"]))
    gone = those(lambda n: not sum(n.values()))
    untested = [label for label in those(lambda n: n["train"] > 0 and not n["test"]) if label not in set(single)]
    if single:
        notes.append(f"Only one {one} each: {listed(single)}. It can be learned from, but not tested.")
    if unseen:
        notes.append(f"Not in training: {listed(unseen)}. The model cannot learn it; its {many} will count as wrong.")
    if gone:
        notes.append(f"No {one} is left of {listed(gone)}: the model will not know it.")
    if untested and totals["test"]:
        notes.append(f"Not in the test: {listed(untested)}. How well the model knows it cannot be said.")
    if too_few:
        notes.append(
            f"Fewer than {TOO_FEW} test {many}: {listed(too_few)}. Too few to trust the scores of these classes."
        )
    return notes


def listed(names: Sequence[str], most: int = 5) -> str:
    """Some names in a sentence: the first few, then how many more; in quotation marks where spaces are part of one."""
    more = len(names) - most
    return ", ".join(name if name == name.strip() else f"“{name}”" for name in names[:most]) + (
        f" and {more} more" if more > 0 else ""
    )
