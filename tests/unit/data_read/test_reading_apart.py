"""What the child that reads a file does, and what it leaves out."""

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from sft_core.data.importing import look_safely, preview_safely, read_safely
from sft_core.data.limits import TableLimits
from sft_core.data.reading_apart import look_in_child
from sft_core.errors import DataError

LINES = ["text,label", *(f"the message number {n},{'ab'[n % 2]}" for n in range(30))]
LOADED = """
import sys
from pathlib import Path
from sft_core.data.limits import TableLimits
from sft_core.data.reading_apart import look_in_child
room = Path(sys.argv[1])
found = look_in_child(str(room / "few.csv"), None, {}, target=str(room / "rows.parquet"), source="train")
print(found["facts"]["rows"], sorted({"numpy", "pandas", "duckdb", "torch"} & set(sys.modules)))
import numpy
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "few.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


def test_nothing_heavy_is_loaded_to_read_a_table(table: Path) -> None:
    command = [sys.executable, "-c", LOADED, str(table.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "30 []"


def test_a_look_finds_what_a_preview_and_a_reading_find(table: Path, tmp_path: Path) -> None:
    seen, facts = look_safely(table, None, tmp_path / "at-once")
    rows, read = read_safely(table, None, tmp_path / "alone")
    assert (seen, facts) == (preview_safely(table), read)
    assert pd.read_parquet(tmp_path / "at-once" / "rows.parquet").equals(pd.read_parquet(rows))


def test_rows_that_cannot_be_read_leave_the_preview(table: Path, tmp_path: Path) -> None:
    place = {"target": str(tmp_path / "rows.parquet"), "source": "train"}
    found = look_in_child(str(table), None, asdict(TableLimits(rows=10)), **place)
    assert (len(found["preview"]["rows"]), found["facts"]) == (20, None)
    table.write_bytes(b"")
    with pytest.raises(DataError):
        look_in_child(str(table), None, asdict(TableLimits()), **place)
