"""Finds out how a text table is written: what parts its cells and what quotes them.

Each combination of delimiter and quotation mark is tried on the beginning of the file by really parsing it; the one
whose rows have the same number of cells most often, with the fewest broken quotation marks, is taken.
"""

import re
from dataclasses import replace

from sft_core.data.formats.dialect import Dialect
from sft_core.data.formats.headings import KNOWN_NAMES, is_value
from sft_core.data.formats.trials import Trial, parse_all, try_dialect

DELIMITERS = (",", ";", "\t", "|", ":", " ")
RARE = (":", " ")  # ordinary text is full of them: they part cells only where something proves it
MOST_LINES = 20_000
_MARK = re.compile(r"\ufeff?\"?sep=([^\w\s\"']|\t)\"?(?:\r\n|\r|\n)", re.IGNORECASE)


def find_dialect(sample: str, delimiter: str | None = None, quote: str | None = None) -> Trial:
    """The dialect in which the sample reads best; a given delimiter or quotation mark is kept."""
    marked = _MARK.match(sample)
    if marked is None:
        return _best(_cut(sample), delimiter, quote)
    trial = _best(_cut(sample[marked.end() :]), delimiter or marked[1], quote)
    line = [record.cells for record in parse_all(marked[0], trial.dialect) if record.cells is not None]
    return replace(trial, records=[*line, *trial.records], mark=marked[1])


def _best(sample: str, delimiter: str | None, quote: str | None) -> Trial:
    """The way to read the sample of which most rows have the same number of cells."""
    delimiters = [delimiter] if delimiter else [d for d in DELIMITERS if d in sample] or [","]
    trials = [try_dialect(sample, dialect) for d in delimiters for dialect in _dialects(sample, d, quote)]
    if delimiter:
        return max(trials, key=_preference)
    sure = [trial for trial in trials if trial.dialect.delimiter not in RARE or _is_sure(trial)]
    best = max(sure, key=_preference, default=None)
    unused = next((d for d in DELIMITERS if d not in sample), None)
    if best is not None and (best.width > 1 or best.score == 1 or unused is None):
        return best
    # one column whose texts hold every mark that was tried: one that never occurs parts nothing
    whole = [try_dialect(sample, dialect) for dialect in _dialects(sample, unused or ",", quote)]
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
    if any(sum(map(is_value, cells)) >= 0.9 * len(cells) for cells in columns):
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
    if trial.mark:
        return True
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
    found = [Dialect(delimiter, mark, _doubled(mark, sample)) for mark in marks]
    bare = [one.quote for one in found if one.quote and not one.escape]
    found += [Dialect(delimiter, mark, "\\") for mark in bare if f"\\{mark}" in sample]
    if delimiter.isspace():
        return found
    return found + [replace(one, spaced=True) for one in found if one.quote and f"{delimiter} {one.quote}" in sample]


def _doubled(mark: str, sample: str) -> str | None:
    """The quotation mark that stands doubled inside cells although it is not the one that quotes them here."""
    other = {"'": '"'}.get(mark, "")
    return other if other and other in sample and other not in sample.replace(other * 2, "") else None


def _preference(trial: Trial) -> tuple[float, ...]:
    """Tables before single columns, then steadiness; among equals what needs little mending (quotation marks that are
    text), real quotes, usual delimiters and more cells.
    """
    delimiter = trial.dialect.delimiter
    rare = delimiter in RARE
    weight = (0.5 if trial.score > 0.9 else 0.2) if rare else 1.0
    steady = trial.score * weight if trial.width > 1 else 0.45 * trial.score
    order = {"\t": 3, ";": 2, "|": 2, ",": 1}.get(delimiter, 0)
    digits = 2 if trial.width > 1 else 6  # of a single column no row is to be lost to a mark in its text
    plain = trial.dialect.escape is None, not trial.dialect.spaced
    return (round(steady, digits), round(trial.unmended, 2), bool(trial.dialect.quote), *plain, order, trial.width)
