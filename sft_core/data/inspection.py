"""What a file is and what is wrong with it, as JSON: the answer of `inspect` on the command line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sft_core.config import ReadOptions, Roles
from sft_core.data import profile
from sft_core.data import roles as column_roles
from sft_core.data.asked_roles import completed
from sft_core.data.counted import counted
from sft_core.data.findings.stored import find_all
from sft_core.data.importing import load_file
from sft_core.data.reading import ReadFacts

LISTED_ROWS = 200


def inspect(
    path: Path,
    *,
    roles: Roles | None = None,
    sheet: str | None = None,
    read: ReadOptions | None = None,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Read a file and say what it is. Raises DataError where it cannot be read, never because it is unfit to train on.

    Keys: rows, columns[], format{kind, encoding, delimiter, quote, header, sheets[], …}, rejected{count, rows[], …},
    roles{}, classes{}, issues[{kind, message, hint, severity, rows[], fix}]. Row numbers are 0-based records.
    """
    options = read or ReadOptions()
    if sheet is not None:
        options = options.model_copy(update={"sheet": sheet})
    asked = roles or Roles()
    table, facts = load_file(path, options, folder=folder, named=asked.columns())
    used = completed(asked, table)
    known = profile.facts(table, used)
    return {
        "rows": facts.rows,
        "columns": list(facts.columns),
        "format": _format(facts),
        "rejected": facts.rejected,
        "roles": {**used.model_dump(mode="json"), "sentence": column_roles.describe(used, known)},
        "classes": known["classes"] or {},
        "text_lengths": known["text_lengths"],
        "pictures": known["pictures"],
        "missing": known["missing"],
        "issues": [*_reading_issues(facts), *_role_issues(known, used), *_findings(table, used)],
    }


def _format(facts: ReadFacts) -> dict[str, Any]:
    return {
        "kind": facts.read.format,
        "encoding": facts.read.encoding,
        "encoding_candidates": [candidate.as_dict() for candidate in facts.encodings],
        "delimiter": facts.read.delimiter,
        "quote": facts.read.quote,
        "header": facts.read.header,
        "skip": facts.read.skip,
        "sheet": facts.read.sheet,
        "sheets": list(facts.sheets),
        "classes": facts.read.classes,
        "notes": list(facts.notes),
    }


def _issue(
    kind: str, message: str, hint: str, severity: str, rows: Sequence[int] = (), fix: Any = None
) -> dict[str, Any]:
    return {"kind": kind, "message": message, "hint": hint, "severity": severity, "rows": list(rows), "fix": fix}


def _reading_issues(facts: ReadFacts) -> list[dict[str, Any]]:
    """What was doubtful while reading: never silent."""
    found = [_issue("read", note, "Check that nothing is missing.", "info") for note in facts.notes]
    if facts.encodings:
        named = ", ".join(candidate.encoding for candidate in facts.encodings)
        found.append(
            _issue(
                "encoding",
                f"The file is not UTF-8; it was read as {facts.read.encoding} (candidates: {named}).",
                "Look at the accented letters, and choose another encoding if they are wrong.",
                "warning",
            )
        )
    if facts.rejected["count"]:
        reason = max(facts.rejected["reasons"], key=facts.rejected["reasons"].__getitem__)
        found.append(
            _issue(
                "rejected",
                f"{counted(facts.rejected['count'])} could not be read (most often: {reason}).",
                "Correct this in the file, or go on without it.",
                "warning",
                [row["row"] for row in facts.rejected["rows"]],
            )
        )
    return found


def _role_issues(facts: Mapping[str, Any], roles: Roles) -> list[dict[str, Any]]:
    found = column_roles.problems(facts, roles)
    return [_issue(issue.kind, issue.message, issue.hint, issue.severity) for issue in found]


def _findings(table: pd.DataFrame, roles: Roles) -> list[dict[str, Any]]:
    """What PREPARE would offer to fix; without a text there is nothing to look at."""
    if not roles.inputs():
        return []
    return [
        {**finding, "rows": [int(row) for _source, row in finding["rows"][:LISTED_ROWS]]}
        for finding in find_all(table, roles)
    ]
