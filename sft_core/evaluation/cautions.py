"""What a reader of the scores should know: too few rows, classes that never occur, labels that nobody taught."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sft_core.evaluation.judging import Judged
from sft_core.evaluation.wording import named, spoken

FEW_ROWS = 10


def about_test(judged: Judged, true: Sequence[str]) -> list[str]:
    """Sentences on the rows of a test."""
    sentences = [_absent(judged), _few(judged), _unknown(judged, true)]
    return [sentence for sentence in sentences if sentence]


def without_repeats(warnings: Sequence[str], sentences: Sequence[str]) -> list[str]:
    """What was said of the split before, but for what these sentences on the test say again, with the same classes."""
    again = {"Fewer than ": "fewer than", "Not in the test: ": "in the test"}  # how sft_core.data.splitting begins
    return [
        warning
        for warning in warnings
        if not any(
            warning.startswith(start) and any(part in sentence for sentence in sentences)
            for start, part in again.items()
        )
    ]


def about_baseline(versus: Mapping[str, Any] | None) -> list[str]:
    """A sentence where the model does not beat the best baseline for sure."""
    if versus is None or (versus["p"] < 0.05 and versus["fixed"] > versus["broken"]):
        return []
    rival = spoken(versus["name"])
    if versus["p"] < 0.05:
        return [f"Training made it worse: {rival} is right more often, and that is no luck."]
    return [
        f"Training is not proven to be better than {rival}: it fixes {versus['fixed']} of its answers and breaks "
        f"{versus['broken']}, which may be luck."
    ]


def _absent(judged: Judged) -> str:
    absent = [label for label, rows in zip(judged.labels, judged.support, strict=True) if not rows]
    if not absent or not judged.rows:
        return ""
    if len(absent) == 1:
        once = f"One class never occurs in the test: {named(absent)}."
        return f"{once} It counts as 0 in the mean over classes (macro-F1)."
    return (
        f"{len(absent)} classes never occur in the test: {named(absent)}. "
        "They count as 0 in the mean over classes (macro-F1)."
    )


def _few(judged: Judged) -> str:
    few = [label for label, rows in zip(judged.labels, judged.support, strict=True) if 0 < rows < FEW_ROWS]
    if not few:
        return ""
    which = "One class has" if len(few) == 1 else f"{len(few)} classes have"
    return f"{which} fewer than {FEW_ROWS} test rows, too few to trust: {named(few)}."


def _unknown(judged: Judged, true: Sequence[str]) -> str:
    known = set(judged.labels)
    unknown = Counter(label for label in true if label not in known)
    if not unknown:
        return ""
    rows = sum(unknown.values())
    has = "row has" if rows == 1 else "rows have"
    return f"{rows} test {has} a label that the model does not know ({named(list(unknown))}): counted as wrong."
