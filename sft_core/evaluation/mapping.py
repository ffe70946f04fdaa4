"""A later file names its columns and classes in its own way: suggestions which of ours they are."""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from rapidfuzz import fuzz, process

from sft_core.config import Roles
from sft_core.data.column_looks import is_free_text, is_identifier, look
from sft_core.data.own_columns import OWN
from sft_core.errors import DataError
from sft_core.evaluation.wording import named, quoted

SIMILAR = 82.0  # of 100; "Cancelation" and "Cancellation" have 96, "Billing" and "Delivery" 27
SHORTEST_FUZZY = 4  # codes such as "A1" and "A2" look alike and mean different things
SAMPLE = 1000
HARDLY_BUT_NUMBERS = 0.9


@dataclass(frozen=True)
class ColumnMatch:
    """Which column of the file plays the part of the run's column `ours`; None where no column fits.

    `sure` means the same name, written perhaps with other capitals; otherwise it is a guess to be confirmed.
    """

    ours: str
    theirs: str | None
    sure: bool
    reason: str = ""


@dataclass(frozen=True)
class LabelMatch:
    """What a class of the file is likely called by the run; `ours` None: the model does not know it."""

    theirs: str
    ours: str | None
    rows: int
    sure: bool


def match_columns(
    table: pd.DataFrame, roles: Roles, labels: Sequence[str] = (), *, guess_text: bool = True
) -> list[ColumnMatch]:
    """A column of `table` for each text and label column of the run, by name first, then by what stands in it.

    A text is guessed from what stands in the columns only where there is no choice: one text is looked for, and one
    column holds prose. Without `guess_text`, where nobody looks at the guess, texts are found by name alone.
    """
    free = [name for name in table.columns if name not in OWN]
    texts = roles.inputs()
    wanted = [*texts, *([roles.label] if roles.label else [])]
    found: dict[str, ColumnMatch] = {}

    def take(match: ColumnMatch | None) -> None:
        if match is not None and match.theirs is not None:
            free.remove(match.theirs)
        if match is not None:
            found[match.ours] = match

    for ours in wanted:
        take(_same_name(ours, free))
    for ours in wanted:
        if ours not in found:
            take(_similar_name(ours, _texts_in(table, free) if ours in texts else free))
    if roles.label and roles.label not in found:  # before the texts: a label is known by its values
        take(_by_values(roles.label, table, free, labels))
    left = [ours for ours in texts if ours not in found]
    for ours in left:
        take(_only_prose(ours, table, free) if guess_text and len(left) == 1 else None)
    return [found.get(ours, _none(ours, roles)) for ours in wanted]


def columns_of_numbers(table: pd.DataFrame, roles: Roles, matches: Iterable[ColumnMatch]) -> list[str]:
    """Columns taken for a text that hold (nearly) only numbers.

    Of several texts one may be a number, such as an age: there a column of the same name is not doubted.
    """
    texts = roles.inputs()
    doubted = [match for match in matches if match.ours in texts and match.theirs is not None]
    if len(texts) > 1:
        doubted = [match for match in doubted if _key(str(match.theirs)) != _key(match.ours)]
    names = [str(match.theirs) for match in doubted]
    return [name for name in names if look(name, table[name].head(SAMPLE)).numeric >= HARDLY_BUT_NUMBERS]


def as_run_sees(table: pd.DataFrame, roles: Roles, matches: Iterable[ColumnMatch]) -> pd.DataFrame:
    """The file with the run's column names, so that texts are joined exactly as in training ("name: value").

    Columns without a part are left out. Raises DataError where a text column is missing.
    """
    found = {match.ours: match.theirs for match in matches if match.theirs is not None}
    missing = [name for name in roles.inputs() if name not in found]
    if missing:
        raise DataError(f"The file has no column {quoted(missing)}.", _how_to_name(table, roles, found))
    kept = {name: table[name] for name in OWN if name in table}
    return pd.DataFrame({**kept, **{ours: table[theirs] for ours, theirs in found.items()}}, index=table.index)


def suggest_labels(theirs: Mapping[str, int], ours: Sequence[str]) -> list[LabelMatch]:
    """Each class of the file (with its rows) and the run's class that it likely is, the commonest first."""
    order = sorted(theirs, key=lambda name: (-theirs[name], name))
    return [_match_label(name, theirs[name], ours) for name in order if name != ""]


def label_map(matches: Iterable[LabelMatch], *, only_sure: bool = False) -> dict[str, str]:
    """THEIRS → OURS for the classes that are written differently."""
    return {
        match.theirs: match.ours
        for match in matches
        if match.ours is not None and match.ours != match.theirs and (match.sure or not only_sure)
    }


def check_label_map(mapping: Mapping[str, str], labels: Sequence[str]) -> None:
    """Raises DataError where a class is mapped to one that the model does not know."""
    wrong = sorted({ours for ours in mapping.values() if ours not in labels})
    if wrong:
        close = process.extractOne(wrong[0], labels, scorer=fuzz.WRatio)
        hint = f"Did you mean {close[0]!r}?" if close and close[1] >= SIMILAR else f"It knows {named(labels)}."
        raise DataError(f"The model knows no class {named(wrong)}.", hint)


def check_their_labels(mapping: Mapping[str, str], columns: Iterable[pd.Series]) -> None:
    """Raises DataError where a class is mapped that stands in none of these columns: likely a typing error."""
    found: dict[str, None] = {}
    for column in columns:
        found.update(dict.fromkeys(column.value_counts().index))
    wrong = [theirs for theirs in mapping if theirs not in found]
    if wrong:
        there = [label for label in found if label.strip()]
        hint = f"It has {named(there)}." if there else "It has no column of labels."
        raise DataError(f"The file has no label {named(wrong)}.", hint)


def _match_label(name: str, rows: int, ours: Sequence[str]) -> LabelMatch:
    if name in ours:
        return LabelMatch(name, name, rows, True)
    same = [label for label in ours if _key(label) == _key(name)]
    if len(same) == 1:
        return LabelMatch(name, same[0], rows, True)
    if len(name) < SHORTEST_FUZZY or _has_digit(name):
        return LabelMatch(name, None, rows, False)
    candidates = [label for label in ours if len(label) >= SHORTEST_FUZZY and not _has_digit(label)]
    best = process.extractOne(name, candidates, scorer=fuzz.ratio, processor=_key, score_cutoff=SIMILAR)
    return LabelMatch(name, best[0] if best else None, rows, False)


def _same_name(ours: str, free: Sequence[str]) -> ColumnMatch | None:
    if ours in free:
        return ColumnMatch(ours, ours, True, "the same name")
    same = [name for name in free if _key(name) == _key(ours)]
    if len(same) == 1:
        return ColumnMatch(ours, same[0], True, "the same name, written differently")
    return None


def _similar_name(ours: str, free: Sequence[str]) -> ColumnMatch | None:
    best = process.extractOne(ours, list(free), scorer=fuzz.ratio, processor=_key, score_cutoff=SIMILAR)
    return ColumnMatch(ours, best[0], False, "a similar name") if best else None


def _texts_in(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Columns that may be a text: "message_id" is much like "message", but it counts rows."""
    looks = {name: look(name, table[name].head(SAMPLE)) for name in names}
    return [name for name, one in looks.items() if one.numeric < 0.5 and not is_identifier(one)]


def _only_prose(ours: str, table: pd.DataFrame, free: Sequence[str]) -> ColumnMatch | None:
    prose = [name for name in free if is_free_text(look(name, table[name].head(SAMPLE)))]
    return ColumnMatch(ours, prose[0], False, "the only column with sentences") if len(prose) == 1 else None


def _how_to_name(table: pd.DataFrame, roles: Roles, found: Mapping[str, str]) -> str:
    """What the columns are, and the options of the command line that say which is which, as an example."""
    names = [str(name) for name in table.columns if name not in OWN]
    if not names:
        return "It has no columns at all."
    sample = {name: table[name].head(SAMPLE).str.len().mean() for name in names if name not in found.values()}
    free = iter(sorted(sample, key=lambda name: -sample[name] if len(table) else 0.0))
    options = [
        f"--text{'-pair' if ours == roles.text_pair else ''} {shlex.quote(found.get(ours) or next(free, 'COLUMN'))}"
        for ours in roles.inputs()
    ]
    which = "the column" if len(options) == 1 else "the columns"
    return f"It has {quoted(names)}. Name {which} with the text, for example: {' '.join(options)}"


def _by_values(ours: str, table: pd.DataFrame, free: Sequence[str], labels: Sequence[str]) -> ColumnMatch | None:
    keys = {_key(label) for label in labels}
    shares = {name: float(table[name].head(SAMPLE).map(_key).isin(keys).mean()) for name in free} if len(table) else {}
    best = max(shares, key=lambda name: shares[name], default=None)
    if best is None or shares[best] < 0.5:
        return None
    return ColumnMatch(ours, best, False, "it holds the classes of the model")


def _none(ours: str, roles: Roles) -> ColumnMatch:
    return ColumnMatch(
        ours, None, False, "no column holds these classes" if ours == roles.label else "no column is called so"
    )


def _key(name: str) -> str:
    """A name without capitals, spaces and marks; a name of marks only is kept."""
    return re.sub(r"[\W_]+", "", name.casefold()) or name


def _has_digit(name: str) -> bool:
    return any(character.isdigit() for character in name)
