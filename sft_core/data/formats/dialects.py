"""Finds out how a text table is written: what parts its cells, what quotes them, and whether it starts with names.

Each combination of delimiter and quotation mark is tried on the beginning of the file by really parsing it; the one
whose rows have the same number of cells most often, with the fewest broken quotation marks, is taken.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|", ":", " ")
RARE = (":", " ")  # ordinary text is full of them: they part cells only where something proves it
MOST_LINES = 20_000
CELL_LIMIT = 1_000_000
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*(?:[eE][-+]?\d+)?%?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?")
KNOWN_NAMES = frozenset(
    (
        "text", "texts", "message", "messages", "sentence", "review", "comment", "body", "content", "description",
        "title", "subject", "question", "answer", "query", "utterance", "tweet", "post", "document", "label", "labels",
        "category", "class", "intent", "topic", "sentiment", "target", "tag", "type", "id", "name", "date", "time",
        "group", "user", "split", "score", "rating", "group_id", "text_id", "sentence1", "sentence2", "premise",
        "hypothesis", "kategorie", "nachricht", "klasse", "beschreibung", "betreff", "kommentar", "datum",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and quoted; `quote` "" means that quotation marks are ordinary characters."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None

    def arguments(self) -> dict[str, object]:
        """The same for Python's csv module."""
        if not self.quote:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE, "quotechar": None}
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote,
            "escapechar": self.escape,
            "doublequote": self.escape is None,
        }


@dataclass(frozen=True)
class Trial:
    """One way to read the sample: its records, the usual number of cells, and how well it went (0–1)."""

    dialect: Dialect
    records: list[list[str]]
    width: int
    score: float


def find_dialect(sample: str, delimiter: str | None = None, quote: str | None = None) -> Trial:
    """The dialect in which the sample reads best; a given delimiter or quotation mark is kept."""
    sample = _cut(sample)
    delimiters = [delimiter] if delimiter else [d for d in DELIMITERS if d in sample] or [","]
    trials = [_try(sample, dialect) for d in delimiters for dialect in _dialects(sample, d, quote)]
    if delimiter:
        return max(trials, key=_preference)
    sure = [trial for trial in trials if trial.dialect.delimiter not in RARE or _is_sure(trial)]
    best = max(sure, key=_preference, default=None)
    unused = next((d for d in DELIMITERS if d not in sample), None)
    if best is not None and (best.width > 1 or best.score == 1 or unused is None):
        return best
    # one column whose texts hold every mark that was tried: one that never occurs parts nothing
    whole = [_try(sample, dialect) for dialect in _dialects(sample, unused or ",", quote)]
    return max([*sure, *whole], key=_preference)


def _is_sure(trial: Trial) -> bool:
    """Whether a space or colon really parts cells here rather than the words of ordinary text."""
    rows = [record for record in trial.records if len(record) == trial.width]
    if trial.width < 2 or trial.score < 0.9:
        return False
    mark = trial.dialect.delimiter
    if sum(any(mark in cell for cell in row) for row in rows) >= 0.5 * len(rows):  # quotation marks protect it
        return True
    if len(trial.records[0]) != trial.width:
        return False
    if sum(cell.strip().casefold() in KNOWN_NAMES for cell in trial.records[0]) >= 2:
        return True
    columns = list(zip(*rows[1:], strict=True))
    if any(sum(map(_is_value, cells)) >= 0.9 * len(cells) for cells in columns):
        return True
    # spam:Buy now – a class before the colon, and no blank after it as in "Re: my card"
    return mark == ":" and trial.score == 1 and _repeats(columns) and not any(row[-1][:1] == " " for row in rows)


def _repeats(columns: list[tuple[str, ...]]) -> bool:
    """Whether some column holds few values again and again, as a class does."""
    return any(1 < len(set(cells)) <= 0.5 * len(cells) for cells in columns)


def is_table(trial: Trial) -> bool:
    """Whether a file without a telling name is a table rather than lines of text."""
    if trial.width < 2:
        return False
    sure = {"\t": 0.8, ";": 0.9, "|": 0.9, ",": 0.97}.get(trial.dialect.delimiter)
    return sure is not None and trial.score >= sure and len(trial.records) >= 2


def _cut(sample: str) -> str:
    lines = sample.splitlines(keepends=True)
    return sample if len(lines) <= MOST_LINES else "".join(lines[:MOST_LINES])


def _dialects(sample: str, delimiter: str, quote: str | None) -> list[Dialect]:
    if quote is not None:
        marks = [quote]
    else:
        marks = ['"', ""] if '"' in sample else ['"']
        if len(re.findall(rf"(?:^|{re.escape(delimiter)})'[^'\n]*'(?={re.escape(delimiter)}|$)", sample, re.M)) > 2:
            marks.append("'")
    found = [Dialect(delimiter, mark) for mark in marks]
    return found + [Dialect(delimiter, mark, "\\") for mark in marks if mark and f"\\{mark}" in sample]


def _try(sample: str, dialect: Dialect) -> Trial:
    records, broken = parse_all(sample, dialect)
    filled = [record for record in records if any(cell.strip() for cell in record)]
    if not filled:
        return Trial(dialect, records, 1, 0.0)
    counts = Counter(len(record) for record in filled)
    width = max(counts, key=lambda cells: (counts[cells] * (cells > 1), cells))
    if counts[width] < 0.3 * len(filled):
        width = max(counts, key=lambda cells: (counts[cells], cells))
    return Trial(dialect, records, width, counts[width] / (len(filled) + 3 * broken))


def parse_all(sample: str, dialect: Dialect) -> tuple[list[list[str]], int]:
    """All records that parse strictly (blank lines left out), and how many do not."""
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(io.StringIO(sample, newline=""), strict=True, **dialect.arguments())  # type: ignore[arg-type]
    records: list[list[str]] = []
    broken = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return records, broken
        except csv.Error:
            broken += 1
            continue
        if record:
            records.append(record)


def _preference(trial: Trial) -> tuple[float, ...]:
    """Tables before single columns, then steadiness; among equals real quotes, usual delimiters and more cells."""
    delimiter = trial.dialect.delimiter
    rare = delimiter in RARE
    weight = (0.5 if trial.score > 0.9 else 0.2) if rare else 1.0
    steady = trial.score * weight if trial.width > 1 else 0.45 * trial.score
    order = {"\t": 3, ";": 2, "|": 2, ",": 1}.get(delimiter, 0)
    digits = 2 if trial.width > 1 else 6  # of a single column no row is to be lost to a mark in its text
    return (round(steady, digits), bool(trial.dialect.quote), trial.dialect.escape is None, order, trial.width)


def above_the_table(skipped: int, words: tuple[str, str]) -> str:
    """What is said of titles above a table; `words` are (one, many)."""
    return f"{skipped} {words[skipped != 1]} above the table {('was', 'were')[skipped != 1]} left out."


def top_lines(records: Sequence[Sequence[str]], width: int) -> int:
    """How many records stand above the table: titles and blank rows, at most 20."""
    for position, record in enumerate(records[:20]):
        filled = sum(bool(cell.strip()) for cell in record)
        if len(record) >= width - (width > 3) and (filled > 1 or width < 3):
            return position
    return 0


def has_header(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first record is names of columns rather than data."""
    if not records:
        return False
    first, rest = [cell.strip() for cell in records[0]], records[1:200]
    if not rest:
        return all(first) and not any(_is_value(cell) for cell in first)
    if any(_is_value(cell) for cell in first):
        return False
    if any(cell.casefold() in KNOWN_NAMES for cell in first):
        return True
    votes = [_vote(name, [row[i].strip() for row in rest if i < len(row)]) for i, name in enumerate(first)]
    return sum(votes) >= 0


def _is_value(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def _vote(name: str, below: list[str]) -> int:
    """One column's word: +2 surely a name, -2 surely data, 0 cannot tell."""
    filled = [cell for cell in below if cell]
    if filled and sum(_is_value(cell) for cell in filled) >= 0.9 * len(filled):
        return 2
    if name and name in filled:
        return -3
    if len(name) > 60 or len(name.split()) > 6:
        return -2
    return 0
