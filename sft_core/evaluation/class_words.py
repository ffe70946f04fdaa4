"""Class by class in words: their order, what each heading means, and where there are too few rows to tell."""

from collections.abc import Mapping, Sequence
from typing import Any

from sft_core.evaluation.wording import counted, fractions

FEW = 30  # under this many rows an interval is too wide to tell classes apart
NOTHING = "–"

# The headings have the standard words; here they are explained.
FOUND = (
    "Recall: of 100 that really are of this class, how many it found. Where it is low, many are overlooked and "
    "taken for something else."
)
RIGHT = (
    "Precision: of 100 that it called so, how many really are. Where it is low, it calls many so that are not. "
    "Empty where it never said this class."
)
BOTH = (
    "F1: recall and precision in one number between 0 and 1, high only where both are high. "
    f"“{NOTHING}” where there is nothing to count."
)


def hardest_first(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of the classes that occur; those that do not come last."""
    return sorted(entries, key=lambda e: (not e["support"], e["f1"] if e["f1"] is not None else 2.0, e["label"]))


def below_each_other(scores: Sequence[float | None]) -> list[str]:
    """Scores between 0 and 1 in a column, all with the same decimals."""
    written = iter(fractions(*[score for score in scores if score is not None]))
    return [NOTHING if score is None else next(written) for score in scores]


def note(entry: Mapping[str, Any]) -> str:
    """Why a cell is empty, or how little it says."""
    rows = entry["support"]
    notes = ["not in the test" if not rows else "few rows" if rows < FEW else ""]
    notes.append("never said" if entry["precision"] is None else "")
    return ", ".join(one for one in notes if one)


def on_sizes(entries: Sequence[Mapping[str, Any]], words: tuple[str, str]) -> list[str]:
    """Sentences on classes with few rows in the test, and apart from them on those with none."""
    few = sum(1 for entry in entries if 0 < entry["support"] < FEW)
    none = sum(1 for entry in entries if not entry["support"])
    said = []
    if few:
        verb = "has" if few == 1 else "have"
        classes = counted(few, ("class", "classes"))
        said.append(f"{classes} {verb} under {FEW} {words[1]} in the test: too few to tell small differences.")
    if none:
        verb = "is" if none == 1 else "are"
        classes = counted(none, ("class", "classes"))
        said.append(f"{classes} {verb} not in the test: nothing can be said of how well it does.")
    return said
