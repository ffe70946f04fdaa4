"""What each column is for: guessed from names and contents, said in one sentence, and checked before training."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from sft_core.config import Roles
from sft_core.data.column_looks import (
    GROUP_NAMES,
    LABEL_NAMES,
    PAIRS,
    RIVAL_NAMES,
    SPLIT_NAMES,
    SPLIT_VALUES,
    TEXT_NAMES,
    TIME_NAMES,
    TITLE_NAMES,
    Column,
    are_texts,
    is_classes,
    is_free_text,
    is_identifier,
    look,
    rank,
)
from sft_core.data.counted import counted, verb
from sft_core.data.kinds.registry import kind_of
from sft_core.data.own_columns import OWN
from sft_core.data.profile import facts as facts_of

SAMPLE_ROWS = 5_000
MANY_VALUES, SOME_VALUES = 200, 100
IMAGE = "image"

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Issue:
    """Something to know about a table before training: an error forbids it, a warning does not."""

    kind: str
    message: str
    hint: str
    severity: Severity

    def as_dict(self) -> dict[str, Any]:
        """JSON value of this issue."""
        return asdict(self)


def guess_roles(table: pd.DataFrame) -> Roles:
    """What each column of this table (or of a sample of its rows) is for; a role that nothing fits stays empty."""
    sample = table if len(table) <= SAMPLE_ROWS else table.iloc[:: -(-len(table) // SAMPLE_ROWS)]
    columns = [look(str(name), sample[name]) for name in sample.columns if name not in OWN]
    columns = [column for column in columns if column.filled]
    split = _named(columns, SPLIT_NAMES, lambda c: {v.casefold() for v in c.values} <= SPLIT_VALUES)
    left = [column for column in columns if column is not split]
    image = _image(left) if "_file" in sample else None
    left = [column for column in left if column is not image]
    time = _named(left, TIME_NAMES, lambda c: c.dates > 0.9) or next((c for c in left if c.dates > 0.95), None)
    left = [column for column in left if column is not time]
    text, pair = _texts(left) if image is None else ([], None)
    left = [column for column in left if column not in (*text, pair)]
    label = _label(left, bool(text or image))
    left = [column for column in left if column is not label]
    if not text and image is None:
        text = _any_text(left)
        left = [column for column in left if column not in text]
    rival = _rival(left, label)
    group = _named([c for c in left if c is not rival], GROUP_NAMES, lambda c: c.repeats > 1.2 and c.distinct > 1)
    return Roles(
        text=tuple(column.name for column in text),
        text_pair=pair.name if pair else None,
        image=image.name if image else None,
        label=label.name if label else None,
        group=group.name if group else None,
        time=time.name if time else None,
        split=split.name if split else None,
        rival=rival.name if rival else None,
    )


def _image(columns: Sequence[Column]) -> Column | None:
    """The column with the paths of the pictures: the reader of pictures puts it first and calls it so."""
    return next((c for c in columns if c.name == IMAGE), columns[0] if columns else None)


def _named(columns: Sequence[Column], names: Sequence[str], fits: Any) -> Column | None:
    """The first column that bears one of these names and looks right."""
    return next((c for c in columns if rank(c, names) is not None and fits(c)), None)


def _texts(columns: Sequence[Column]) -> tuple[list[Column], Column | None]:
    """The text columns, and the second one of a pair."""
    by_name = {column.low: column for column in columns}
    free = [column for column in columns if is_free_text(column)]
    for first, second in PAIRS:
        if are_texts(by_name.get(first), by_name.get(second)):
            return [by_name[first]], by_name[second]
    if not free:
        named = _named(columns, TEXT_NAMES, lambda c: c.numeric < 0.9 and c.words > 1.2)
        return ([named] if named else []), None
    main = max(free, key=_text_score)
    titles = [c for c in free if c is not main and rank(c, TITLE_NAMES) is not None]
    return [*titles[:1], main], None


def _text_score(column: Column) -> tuple[float, float]:
    place = rank(column, TEXT_NAMES)
    return (0 if place is None else 100 - place, min(column.length, 2_000))


def _any_text(columns: Sequence[Column]) -> list[Column]:
    """The wordiest column that is left, where nothing looks like free text: short texts are texts too."""
    wordy = [c for c in columns if c.numeric < 0.5 and c.dates < 0.5 and c.distinct > 1]
    return [max(wordy, key=lambda c: (_text_score(c)[0], c.distinct, c.length))] if wordy else []


def _label(columns: Sequence[Column], has_text: bool) -> Column | None:
    """A column of few values that repeat; else one whose name says that it is the answer."""
    named = [c for c in columns if rank(c, LABEL_NAMES) is not None]
    numbers = [c for c in columns if c.numeric > 0.95]
    classes = [c for c in columns if is_classes(c)]
    in_names = [c for c in classes if c in named]
    if in_names:
        return min(in_names, key=lambda c: rank(c, LABEL_NAMES) or 0)
    if named:
        return min(named, key=lambda c: rank(c, LABEL_NAMES) or 0)
    plain = [c for c in classes if rank(c, GROUP_NAMES) is None and rank(c, RIVAL_NAMES) is None]
    if plain:
        return max(plain, key=lambda c: (c.numeric < 0.5, c.repeats < c.filled, -columns.index(c)))
    if has_text and len(columns) == 1 and not is_identifier(columns[0]):
        return columns[0]
    measured = [c for c in numbers if not is_identifier(c)]
    return measured[0] if has_text and measured else None


def _rival(columns: Sequence[Column], label: Column | None) -> Column | None:
    if label is None:
        return None
    return _named(columns, RIVAL_NAMES, lambda c: len(c.values & label.values) >= 0.5 * len(c.values))


def describe(roles: Roles, facts: Mapping[str, Any] | None = None) -> str:
    """The roles as one sentence: "*message* is the text, *category* is the label, 77 classes"."""
    parts = []
    if len(roles.text) == 1:
        parts.append(f"*{roles.text[0]}* is the {'first text' if roles.text_pair else 'text'}")
    elif roles.text:
        parts.append(f"{_listed(roles.text)} together are the text")
    if roles.text_pair:
        parts.append(f"*{roles.text_pair}* is the second text")
    if roles.image:
        parts.append(f"*{roles.image}* is the picture")
    if roles.label:
        classes = (facts or {}).get("distinct_labels")
        counted = "" if classes is None else f", {classes:,} class{'es' if classes != 1 else ''}"
        parts.append(f"*{roles.label}* is the {'class' if roles.image else 'label'}{counted}")
    for name, what in (
        (roles.group, "says which rows belong together"),
        (roles.time, "is the time"),
        (roles.split, "says what is for training and what for the test"),
        (roles.rival, "is the answer that is given today"),
    ):
        if name:
            parts.append(f"*{name}* {what}")
    if not roles.inputs():
        parts.insert(0, "no column looks like text")
    if not roles.label:
        parts.append("nothing says the class" if roles.image else "no column looks like a label")
    sentence = ", ".join(parts)
    return sentence if sentence.startswith("*") else sentence[:1].upper() + sentence[1:]


def _listed(names: Sequence[str]) -> str:
    marked = [f"*{name}*" for name in names]
    return ", ".join(marked[:-1]) + f" and {marked[-1]}"


def problems(table_or_facts: pd.DataFrame | Mapping[str, Any], roles: Roles) -> list[Issue]:
    """What stands in the way of training with these roles (errors), and what to know before (warnings, info)."""
    facts = facts_of(table_or_facts, roles) if isinstance(table_or_facts, pd.DataFrame) else table_or_facts
    missing = [name for name in roles.columns() if name not in facts["columns"]]
    if missing:
        return [
            Issue(
                "missing_column",
                f"There is no column “{missing[0]}” in this table.",
                "Choose again which column is for what.",
                "error",
            )
        ]
    found = [*_shape_problems(facts, roles)]
    if roles.label is None:
        found.append(_no_class() if roles.image else _no_label(facts))
    elif not any(issue.severity == "error" for issue in found):
        found += _label_problems(facts, roles.label, kind_of(roles).rows)
    return found


def errors(table_or_facts: pd.DataFrame | Mapping[str, Any], roles: Roles) -> list[Issue]:
    """Only what forbids a training."""
    return [issue for issue in problems(table_or_facts, roles) if issue.severity == "error"]


# What more rows cannot change, so that it can be told from the beginning of a large file.
_LASTING = ("missing_column", "no_text", "label_is_text", "one_column", "no_label", "two_columns", "numeric_label")


def problems_of_beginning(facts: Mapping[str, Any], roles: Roles) -> list[Issue]:
    """The problems that can be told from the facts about the first rows of a file."""
    return [issue for issue in problems(facts, roles) if issue.kind in _LASTING]


def _shape_problems(facts: Mapping[str, Any], roles: Roles) -> list[Issue]:
    found = []
    columns = facts["columns"]
    if not facts["rows"]:
        found.append(Issue("no_rows", "The table has no rows.", "Choose a file that holds rows.", "error"))
    if not roles.inputs():
        found.append(
            Issue(
                "no_text", "No column is named as the text.", "Say which column holds the text to learn from.", "error"
            )
        )
    elif roles.text and facts["rows"] and facts.get("empty_texts") == facts["rows"]:
        found.append(
            Issue(
                "empty_text",
                f"All cells of “{roles.text[0]}” are empty.",
                "Choose another column as the text.",
                "error",
            )
        )
    if roles.label and roles.label in roles.inputs():
        what = "picture and class" if roles.image else "text and label"
        found.append(
            Issue(
                "label_is_text",
                f"“{roles.label}” is both {what}, so there is nothing to learn.",
                "Choose a different column as the label.",
                "error",
            )
        )
    if len(columns) == 2 and len(roles.text) == 1 and roles.label:
        found.append(
            Issue(
                "two_columns",
                f"The file has two columns only: “{roles.text[0]}” is taken as the text, “{roles.label}” as the label.",
                "Swap them if it is the other way round. Nothing says which rows belong together: the split is random.",
                "info",
            )
        )
    return found


def _no_label(facts: Mapping[str, Any]) -> Issue:
    if len(facts["columns"]) == 1:
        return Issue(
            "one_column",
            "The file has one column only, so there is no label to learn.",
            "Add a second column with the right answer for each row; texts alone can be used to try a model.",
            "error",
        )
    return Issue(
        "no_label",
        "No column is named as the label.",
        "Say which column holds the right answer, or add one; without it a model can be tried but not trained.",
        "error",
    )


def _no_class() -> Issue:
    return Issue(
        "no_label",
        "Nothing says which class each picture belongs to.",
        "Put the pictures of each class into a folder of its own, or add a table with the names of the files and their"
        " class; without it a model can be tried but not trained.",
        "error",
    )


def _label_problems(facts: Mapping[str, Any], label: str, words: tuple[str, str]) -> list[Issue]:
    distinct, rows = facts["distinct_labels"], facts["rows"]
    if distinct == 0:
        return [
            Issue("empty_label", f"All cells of “{label}” are empty.", "Choose another column as the label.", "error")
        ]
    if is_regression(facts):
        return [
            Issue(
                "numeric_label",
                f"“{label}” holds {distinct:,} different numbers: to foretell a number is not possible here yet.",
                "Choose a column with classes, or turn the numbers into a few classes such as low, medium and high.",
                "error",
            )
        ]
    if distinct == 1:
        only = next(iter(facts["classes"]))
        return [
            Issue(
                "one_class",
                f"All {words[1]} have the same label (“{only}”), so there is nothing to tell apart.",
                f"Add {words[1]} of at least one other class, or choose another column as the label.",
                "error",
            )
        ]
    if distinct > 0.7 * (rows - facts["empty_labels"]) and distinct > 20:
        return [
            Issue(
                "label_never_repeats",
                f"“{label}” has {distinct:,} different values in {rows:,} rows: that looks like texts or"
                " row numbers, not like classes.",
                "Choose a column whose values repeat.",
                "error",
            )
        ]
    return _small_classes(facts, label, words)


def is_regression(facts: Mapping[str, Any]) -> bool:
    """Whether the label is a measured number rather than the code of a class."""
    numbers = facts.get("numeric_labels") or {"share": 0}
    if numbers["share"] < 0.95:
        return False
    distinct, rows = numbers["distinct"], facts["rows"]
    if distinct >= MANY_VALUES:
        return True
    if distinct >= SOME_VALUES:  # codes are whole numbers, each used again and again
        return bool(numbers["whole_share"] < 1 or rows < 5 * distinct)
    return bool(numbers["whole_share"] < 0.9 and distinct > 20)


def _small_classes(facts: Mapping[str, Any], label: str, words: tuple[str, str]) -> list[Issue]:
    classes, (one, many) = facts["classes"], words
    single = [name for name, count in classes.items() if count < 2]
    found = []
    if len(single) == len(classes):
        return [
            Issue(
                "no_class_repeats",
                f"No class of “{label}” has two {many}, so nothing can be learnt and tested.",
                f"Add {many} until each class has at least five.",
                "error",
            )
        ]
    if single:
        named = ", ".join(f"“{name}”" for name in single[:5]) + (" …" if len(single) > 5 else "")
        several = len(single) > 1
        found.append(
            Issue(
                "single_row_classes",
                f"{len(single)} class{'es have' if several else ' has'} only one {one} ({named}):"
                f" {'they' if several else 'it'} can be learnt or tested, not both.",
                f"Add {many} to it, merge it with another class, or drop it in Prepare.",
                "warning",
            )
        )
    if facts["empty_labels"]:
        found.append(
            Issue(
                "rows_without_label",
                f"{counted(facts['empty_labels'], *words)} {verb(facts['empty_labels'], 'has', 'have')} no label.",
                "What has no label is left out of training; label or drop it in Prepare.",
                "warning",
            )
        )
    return found
