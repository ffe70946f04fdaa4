"""What a test proves and what it cannot: rows or groups of it that the model was made from (`audit` of a report)."""

from collections.abc import Mapping
from typing import Any

from sft_core.evaluation.wording import counted

ROWS = ("row", "rows")
_AGAIN = "Split again in Prepare."


def doubts(report: Mapping[str, Any], words: tuple[str, str] = ROWS) -> list[str]:
    """Sentences about what of the test is not new to the model; empty where all of it is, or where nobody knows.

    Only for a run's own test: of a later file the rows that it has met are left out of the score. `words` name a row.
    """
    audit = report.get("audit") or {}
    if report.get("test_file"):
        return []
    test = int((report.get("rows") or {}).get("test") or 0)
    return [sentence for sentence in (_texts(audit, test, words), _groups(audit, test, words)) if sentence]


def met(report: Mapping[str, Any]) -> int:
    """How many rows of a run's own test stand in training or validation too; 0 where that is not known."""
    return 0 if report.get("test_file") else int((report.get("audit") or {}).get("test_rows_met") or 0)


def proof(report: Mapping[str, Any], words: tuple[str, str] = ROWS) -> str:
    """The sentence that a run's own test was honest; "" where it was not, or where nobody has looked."""
    audit = report.get("audit") or {}
    if report.get("test_file") or audit.get("duplicates_across_splits") != 0:
        return ""
    test, train, validation = (counted(report["rows"][name], words) for name in ("test", "train", "validation"))
    groups = ", and none belongs to one of their groups" if audit.get("groups_across_splits") == 0 else ""
    return (
        f"Checked: none of the {test} in the test stands in the {train} that it learnt from or in the {validation} "
        f"kept for checking, copies included{groups}."
    )


def _texts(audit: Mapping[str, Any], test: int, words: tuple[str, str]) -> str:
    across, known = audit.get("duplicates_across_splits"), audit.get("test_rows_met")
    if not across:
        return ""
    if known is None:  # of an older version, which counted the rows of all sides together
        return f"{_has(across, words)} the same text as one on another side, so the score is too good. {_AGAIN}"
    if known:
        return f"{_part(known, test, words)} also stood in training or validation, so the score is too good. {_AGAIN}"
    return f"Training and validation share {words[1]}, so what was best on validation is less sure. {_AGAIN}"


def _groups(audit: Mapping[str, Any], test: int, words: tuple[str, str]) -> str:
    across, known = audit.get("groups_across_splits"), audit.get("test_rows_of_met_groups")
    if not across:
        return ""
    if known is None or not known:
        lie = "group lies" if across == 1 else "groups lie"
        return f"{across:,} {lie} on more than one side. For groups that are new to it, it may be worse."
    belong = "belongs" if known == 1 else "belong"
    return (
        f"{_part(known, test, words)} {belong} to a group that also lay in training or validation. "
        "For groups that are new to it, it may be worse."
    )


def _part(n: int, test: int, words: tuple[str, str]) -> str:
    return f"{n:,} of the {counted(test, words)} in the test"


def _has(n: int, words: tuple[str, str]) -> str:
    return f"{counted(n, words)} {'has' if n == 1 else 'have'}"
