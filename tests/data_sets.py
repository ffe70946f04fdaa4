"""Four real data sets as they come (headerless, German, broken lines, 150 classes), whole or cut to a few rows."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataSet:
    """Where its files lie (by split), and which columns a person would say are text and label."""

    folder: str
    files: dict[str, str]
    text: str
    label: str
    classes: int
    rows: int  # of a short version

    def whole(self, shared_data: Path) -> dict[str, Path]:
        """All its files."""
        return {split: shared_data / "text" / self.folder / name for split, name in self.files.items()}

    def short(self, shared_data: Path, target: Path) -> dict[str, Path]:
        """The same with `rows` training rows and a third of that in the others, evenly drawn; quoting as csv does."""
        target.mkdir(parents=True, exist_ok=True)
        cut = _cut_lines if self.folder == "sms_spam" else _cut_records
        rows = {split: self.rows if split == "train" else self.rows // 3 for split in self.files}
        return {split: cut(path, target / path.name, rows[split]) for split, path in self.whole(shared_data).items()}


DATA_SETS = {
    one.folder: one
    for one in (
        DataSet("sms_spam", {"train": "SMSSpamCollection"}, "column_2", "column_1", 2, 150),
        DataSet("germeval2018", {"train": "train.csv", "test": "test.csv"}, "text", "coarse", 2, 60),
        DataSet("noisy_reviews", {"train": "reviews_train.csv", "test": "reviews_test.csv"}, "review", "label", 2, 60),
        DataSet(
            "clinc150_small",
            {"train": "train.csv", "validation": "val.csv", "test": "test.csv"},
            "text",
            "intent",
            150,
            300,
        ),
    )
}
BASELINES = {"majority", "tfidf_logreg", "probe"}


def _cut_lines(source: Path, target: Path, rows: int) -> Path:
    lines = source.read_bytes().splitlines(keepends=True)
    target.write_bytes(b"".join(lines[:: len(lines) // rows][:rows]))
    return target


def _cut_records(source: Path, target: Path, rows: int) -> Path:
    with source.open(newline="", encoding="utf-8") as file:
        header, *records = csv.reader(file)
    step = len(records) / rows
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *(records[int(place * step)] for place in range(rows))])
    return target
