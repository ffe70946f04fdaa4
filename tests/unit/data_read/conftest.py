"""Small ways to write a file and read it as it would be read."""

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sft_core.config import ReadOptions
from sft_core.data.reading import ReadFacts, read_table

sys.path.append(str(Path(__file__).resolve().parents[3]))  # for what benchmarks/ measures

Reader = Callable[..., tuple[pd.DataFrame, ReadFacts]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """read(content or path, name, options…) -> (table without our columns, facts)."""

    def read_it(content: str | bytes | Path, name: str = "data.csv", **options) -> tuple[pd.DataFrame, ReadFacts]:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, str):
            path.write_bytes(content.encode())
        elif isinstance(content, bytes):
            path.write_bytes(content)
        target = tmp_path / "out.parquet"
        facts = read_table(path, ReadOptions(**options), target)
        return pd.read_parquet(target), facts

    return read_it


@pytest.fixture
def cells(read: Reader) -> Callable[..., list[list[str]]]:
    """The rows only, as lists of cells."""

    def cells_of(content: str | bytes | Path, name: str = "data.csv", **options) -> list[list[str]]:
        table, _facts = read(content, name, **options)
        return table.iloc[:, 3:].to_numpy().tolist()

    return cells_of
