"""What a column looks like: how it is called and what stands in it, the clues by which its role is guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

TEXT_NAMES = (
    "text", "message", "sentence", "review", "comment", "body", "content", "utterance", "tweet", "query", "question",
    "description", "document", "excerpt", "post", "email", "transcript", "abstract", "summary", "note", "feedback",
    "complaint", "prompt", "nachricht", "kommentar", "beschreibung", "satz", "frage",
)  # fmt: skip
TITLE_NAMES = ("title", "subject", "headline", "heading", "betreff", "titel")
PAIRS = (
    ("sentence1", "sentence2"), ("text1", "text2"), ("text_a", "text_b"), ("sentence_a", "sentence_b"),
    ("premise", "hypothesis"), ("question1", "question2"), ("question", "answer"), ("query", "document"),
    ("query", "passage"), ("question", "context"),
)  # fmt: skip
LABEL_NAMES = (
    "label", "labels", "class", "category", "intent", "target", "topic", "sentiment", "y", "tag", "classification",
    "outcome", "department", "priority", "type", "coarse", "kategorie", "klasse", "thema", "stimmung", "fine",
    "subcategory", "emotion", "rating", "score", "stars", "status",
)  # fmt: skip
GROUP_NAMES = (
    "group", "group_id", "user", "author", "customer", "patient", "document_id", "doc_id", "session", "conversation",
    "thread", "account", "person", "speaker", "client", "case_id", "ticket", "kunde", "fall", "gruppe",
)  # fmt: skip
SPLIT_NAMES = ("split", "set", "fold", "partition", "subset", "dataset_split")
SPLIT_VALUES = frozenset(
    ("train", "training", "test", "testing", "validation", "valid", "val", "dev", "eval", "evaluation")
)
RIVAL_NAMES = (
    "prediction", "predicted", "present_answer", "our_answer", "current_answer", "bot_answer", "model_answer",
    "old_model", "pred",
)  # fmt: skip
TIME_NAMES = ("date", "time", "timestamp", "created", "created_at", "datetime", "day", "datum", "zeit", "when")
# Blank space, or two signs of a script that writes without it.
_WORD_ENDS = r"\s+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{2}"
_TIME = re.compile(r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?:[T ]\d{1,2}:\d{2}.*)?")


@dataclass(frozen=True)
class Column:
    """What a sample of one column looks like; shares are of its filled cells."""

    name: str
    filled: int
    distinct: int
    length: float
    words: float
    numeric: float
    dates: float
    values: frozenset[str]

    @property
    def low(self) -> str:
        return re.sub(r"[^a-z0-9]+", "_", self.name.casefold()).strip("_")

    @property
    def repeats(self) -> float:
        """Rows per distinct value."""
        return self.filled / max(self.distinct, 1)


def look(name: str, cells: "pd.Series[str]") -> Column:
    """What a column looks like."""
    filled = cells[cells.str.strip() != ""].astype(str)
    if not len(filled):
        return Column(name, 0, 0, 0, 0, 0, 0, frozenset())
    distinct = filled.unique()
    numeric = pd.to_numeric(filled, errors="coerce").notna().mean()
    return Column(
        name=name,
        filled=len(filled),
        distinct=len(distinct),
        length=float(filled.str.len().mean()),
        words=float(filled.str.count(_WORD_ENDS).mean()) + 1,
        numeric=float(numeric),
        dates=float(filled.head(500).str.fullmatch(_TIME.pattern).mean()),
        values=frozenset(map(str, distinct[:1000])),
    )


def rank(column: Column, names: Sequence[str]) -> int | None:
    """How early the column's name stands in the list: the whole name, or one of its words."""
    words = {column.low, *column.low.split("_")}
    return next((position for position, name in enumerate(names) if name in words), None)


def is_free_text(column: Column) -> bool:
    """Words that hardly repeat."""
    varied = column.distinct > 0.3 * column.filled or column.distinct > 2_000
    return column.numeric < 0.5 and column.dates < 0.5 and varied and (column.words >= 2.5 or column.length > 40)


def are_texts(*columns: Column | None) -> bool:
    """Whether these columns, which bear the names of a pair, hold texts: varied, and not numbers."""
    return all(c is not None and c.numeric < 0.5 and c.distinct > 0.3 * c.filled for c in columns)


def is_classes(column: Column) -> bool:
    repeats = column.repeats >= 2 or (column.distinct <= 30 and column.repeats > 1.2) or column.distinct == 1
    return repeats and column.length <= 80 and column.dates < 0.5 and not is_identifier(column)


def is_identifier(column: Column) -> bool:
    words = column.low.split("_")
    by_name = "id" in words or "uuid" in words or column.low in ("index", "row", "nr", "no", "number", "unnamed_0")
    return by_name and column.distinct > 0.5 * column.filled
