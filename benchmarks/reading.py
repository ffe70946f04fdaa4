"""Files that others made to be hard: how many are read as their makers say they must be; broken ones: none may hurt.

    python benchmarks/reading.py [--mutants 10000] [--seed 0]

Reads the collections in data/nasty of TUNEBOARD_TEST_DATA (default ../shared). Prints for each how many files were read
as they should be, and every exception with its reason. With --mutants also what became of so many good files of all
formats that were broken at random: read or refused with a sentence; nothing else may happen, and none may take 10 s.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq

from sft_core.data.encodings import find_encoding
from sft_core.data.reading import ReadFacts, read_table
from sft_core.errors import DataError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # a script's own folder is on the path only
from benchmarks.mutants import measure

NAMES = {"windows-1251-russian": "cp1251", "windows-1255-hebrew": "cp1255"}
SOUND = {
    "ARROW-GH-43605.parquet": "is sound: readers failed on a run length that the format allows, Arrow no longer does"
}
Rows = list[tuple[str, ...]]


@dataclass
class Figure:
    """How many files of a collection were read as they should be, and why the others were not."""

    title: str
    right: int = 0
    total: int = 0
    others: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0

    def count(self, name: str, reason: str = "") -> None:
        """One more file; `reason` says why it is not as it should be."""
        self.total += 1
        self.right += not reason
        if reason:
            self.others[name] = reason

    def __str__(self) -> str:
        lines = [f"{self.title}: {self.right} of {self.total} ({self.share:.0%})"]
        return "\n".join([*lines, *(f"    {name}: {reason}" for name, reason in self.others.items())])


def read(path: Path, folder: Path) -> tuple[Rows, ReadFacts]:
    """The rows of a file, and how it was read. Raises DataError."""
    target = folder / "rows.parquet"
    facts = read_table(path, None, target)
    columns = pq.read_table(target).columns[3:]
    return list(zip(*(column.to_pylist() for column in columns), strict=True)), facts


def csv_spectrum(nasty: Path, folder: Path) -> Figure:
    """Cells against the JSON beside each file, whose line ends are as in the CSV."""
    figure = Figure("csv-spectrum, cells as in its JSON")
    for path in sorted((nasty / "csv_spectrum" / "csvs").glob("*.csv")):
        text = (nasty / "csv_spectrum" / "json" / f"{path.stem}.json").read_text(encoding="utf-8")
        truth = json.loads(text.replace("\\r\\n", "\\n") if b"\r\n" not in path.read_bytes() else text)
        truth = truth if isinstance(truth, list) else [truth]
        if path.stem == "location_coordinates":  # the collection's own slip: another phone number in each of the two
            truth[0]["Contact Phone Number"] = "2095257564"
        rows, facts = read(path, folder)
        found = [dict(zip(facts.columns, row, strict=True)) for row in rows]
        figure.count(path.name, "" if found == truth else f"{found} instead of {truth}"[:200])
    return figure


def pollock(nasty: Path, folder: Path) -> tuple[Figure, Figure]:
    """Polluted files against their clean ones: names and rows, and the rows alone."""
    whole = Figure("pollock, names and rows equal those of the clean file")
    rows_alone = Figure("pollock, rows equal those of the clean file")
    for path in sorted((nasty / "pollock" / "polluted_files" / "csv").glob("*.csv")):
        with (nasty / "pollock" / "polluted_files" / "clean" / path.name).open(newline="", encoding="utf-8") as file:
            clean = [tuple(record) for record in csv.reader(file)]
        try:
            rows, facts = read(path, folder)
        except DataError as error:
            reason = "" if len(clean) < 2 else error.message  # without a row the clean one is no table either
            whole.count(path.name, reason)
            rows_alone.count(path.name, reason)
            continue
        names = [facts.columns] if facts.read.header else []
        whole.count(path.name, "" if names + rows == clean else f"read {facts.columns} and {len(rows)} rows"[:160])
        rows_alone.count(
            path.name, "" if rows == clean[len(names) :] else f"{len(rows)} rows are not those of the clean"
        )
    return whole, rows_alone


def readable(title: str, paths: Iterable[Path], folder: Path) -> Figure:
    """Which of these files are read, each other one with its sentence."""
    figure = Figure(title)
    for path in sorted(paths):
        try:
            read(path, folder)
        except DataError as error:
            figure.count(path.name, error.message)
        else:
            figure.count(path.name)
    return figure


def refused(title: str, paths: Iterable[Path], folder: Path, word: str = "") -> Figure:
    """Which of these files are refused with a sentence (that has `word` in it) and what to do."""
    figure = Figure(title)
    for path in sorted(paths):
        try:
            _rows, facts = read(path, folder)
        except DataError as error:
            figure.count(path.name, "" if word in f"{error.message} {error.hint}" and error.hint else error.message)
        else:
            figure.count(path.name, SOUND.get(path.name, f"read, {facts.rows} rows"))
    return figure


def holds_table(path: Path) -> bool:
    """Whether some sheet of a workbook has two rows with cells (found out with another reader)."""
    with warnings.catch_warnings(action="ignore"):  # pictures that openpyxl leaves out
        book = openpyxl.load_workbook(path)
    return any(sum(any(cell is not None for cell in row) for row in sheet.values) > 1 for sheet in book.worksheets)


def tables(folder: Path, *endings: str) -> Iterator[Path]:
    """The files below a folder with one of these endings."""
    return (path for path in folder.rglob("*") if path.is_file() and path.name.endswith(endings))


def encodings(nasty: Path, folder: Path) -> Figure:
    """Samples wrapped in a CSV: whether one of the first three candidates gives the very text that was written."""
    figure = Figure("encodings, the text is among the first three candidates")
    path = folder / "wrapped.csv"
    for sample in sorted((nasty / "encodings").glob("*/*")):
        encoding = NAMES.get(sample.parent.name, sample.parent.name)
        lines = [line for line in sample.read_bytes().decode(encoding).splitlines() if line.strip()]
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([("text", "label"), *((line, "xy"[n % 2]) for n, line in enumerate(lines))])
        written = path.read_bytes()
        found = find_encoding(path)
        names = [one.encoding for one in found.candidates[:3]] or [found.encoding]
        right = any(written.decode(name, "replace") == written.decode(encoding) for name in names)
        figure.count(f"{sample.parent.name}/{sample.name}", "" if right else f"candidates {', '.join(names)}")
    return figure


def figures(nasty: Path, folder: Path) -> Iterator[Figure]:
    """All figures, one after the other."""
    yield csv_spectrum(nasty, folder)
    yield from pollock(nasty, folder)
    yield readable(
        "csvkit, readable", tables(nasty / "csvkit", ".csv", ".tsv", ".json", ".xlsx", ".gz", ".bz2"), folder
    )
    books = list(tables(nasty / "xlsx_xlsxwriter", ".xlsx"))
    with_table = {path for path in books if holds_table(path)}
    yield readable("xlsxwriter, readable of those with a table", with_table, folder)
    yield refused("xlsxwriter, refused of those without a table", set(books) - with_table, folder)
    yield readable("parquet, good ones readable", tables(nasty / "parquet" / "data", ".parquet"), folder)
    yield refused("parquet, bad ones refused", tables(nasty / "parquet" / "bad_data", ".parquet"), folder)
    old = [*tables(nasty / "xls_xlrd", ".xls"), *tables(nasty / "csvkit", ".xls")]
    yield refused("old workbooks (.xls), refused with how to save them anew", old, folder, "Save as")
    yield encodings(nasty, folder)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=0, help="how many broken files to read")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    nasty = Path(os.environ.get("TUNEBOARD_TEST_DATA", "../shared")) / "data" / "nasty"
    with tempfile.TemporaryDirectory() as folder:
        for figure in figures(nasty, Path(folder)):
            print(figure, flush=True)
        if asked.mutants:
            print(json.dumps(measure(asked.mutants, Path(folder), asked.seed), indent=2))


if __name__ == "__main__":
    main()
