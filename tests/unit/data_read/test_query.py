import os
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from sft_core.config import Roles
from sft_core.data import profile
from sft_core.data.locked_tables import connection
from sft_core.data.query import page
from sft_core.data.rows import write_table
from sft_core.errors import DataError


def make(path: Path, count: int = 1000) -> Path:
    number = np.arange(count)
    frame = pd.DataFrame(
        {
            "_source": "train",
            "_row": number,
            "_split": np.where(number % 5 == 0, "test", "train"),
            "text": [f"Größe {i} % of_all 'cards'" + " more" * (i % 7) for i in number],
            "label": [f"class {i % 10}" for i in number],
            'odd "name"; DROP': "value",
        }
    )
    write_table(frame, path)
    return path


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return make(tmp_path / "rows.parquet")


def test_pages_follow_the_order_of_the_file(rows: Path) -> None:
    table, total = page(rows, offset=990, limit=20)
    assert (total, table["_row"].tolist()) == (1000, list(range(990, 1000)))
    assert list(table.columns) == ["_source", "_row", "_split", "text", "label", 'odd "name"; DROP']
    table, _total = page(rows, columns=["label"], limit=2, descending=True)
    assert list(table.columns) == ["_source", "_row", "_split", "label"]
    assert table["_row"].tolist() == [999, 998]


@pytest.mark.parametrize(
    ("search", "total"),
    [
        ("größe 99", 11),
        ("GRÖSSE", 0),
        ("% of_all", 1000),
        ("%", 1000),
        ("o.*l", 0),
        ("'cards'", 1000),
        ("\\", 0),
        ("CARDS", 1000),
    ],
)
def test_search_is_literal_and_knows_no_case(rows: Path, search: str, total: int) -> None:
    assert page(rows, search=search, text=("text",))[1] == total


def test_filters_work_together(rows: Path) -> None:
    table, total = page(rows, label=("label", "class 5"), split="test", search="5", text=("text",), limit=3)
    assert total == 100
    assert set(table["label"]) == {"class 5"}
    _table, total = page(rows, text=("text",), min_length=40, max_length=50)
    _table, every = page(rows, text=("text",), min_length=0)
    assert 0 < total < every == 1000


def test_named_rows_are_found(rows: Path) -> None:
    table, total = page(rows, rows=[("train", 7), ("train", 3), ("test", 3)])
    assert (total, table["_row"].tolist()) == (2, [3, 7])
    assert page(rows, rows=[])[1] == 0


def test_rows_can_be_ordered_by_length_and_by_a_column(rows: Path) -> None:
    table, _total = page(rows, text=("text",), order="length", descending=True, limit=50)
    lengths = table["text"].str.len().tolist()
    assert lengths == sorted(lengths, reverse=True)
    table, total = page(rows, order="label", search="größe 1", text=("text",), offset=1, limit=3)
    assert total == 111
    assert table["label"].tolist() == ["class 0"] * 3


def test_a_page_beyond_the_end_is_empty(rows: Path) -> None:
    table, total = page(rows, offset=5000)
    assert (len(table), total) == (0, 1000)
    assert list(table.columns)[:2] == ["_source", "_row"]


def test_values_and_names_are_no_sql(rows: Path) -> None:
    assert page(rows, label=('odd "name"; DROP', "value"))[1] == 1000
    assert page(rows, label=("label", "x' OR '1'='1"))[1] == 0
    with pytest.raises(DataError, match="no column"):
        page(rows, order='label"; DROP TABLE x; --')


def test_the_connection_reads_its_own_folder_only(rows: Path) -> None:
    with connection(rows.parent) as con:
        with pytest.raises(duckdb.PermissionException):
            con.execute("SELECT * FROM read_text('/etc/hostname')")
        with pytest.raises(duckdb.Error):
            con.execute("SET enable_external_access = true")


def test_a_kept_connection_is_as_closed_as_a_new_one(rows: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = make(tmp_path_factory.mktemp("outside") / "rows.parquet")
    for _again in range(2):
        with pytest.raises(duckdb.PermissionException), connection(outside.parent) as con:
            con.execute(f"SELECT * FROM read_parquet('{rows}')")
        with connection(outside.parent) as con:
            assert con.execute(f"SELECT count(*) FROM read_parquet('{outside}')").fetchone() == (1000,)
            with pytest.raises(duckdb.Error):
                con.execute("SET allowed_directories = ['/']")


def test_a_file_that_was_replaced_is_read_anew_even_where_it_looks_as_old(rows: Path) -> None:
    old = rows.stat()
    assert page(rows, search="größe 5")[1] == 111
    for count in (1000, 60):
        make(rows, count)
        os.utime(rows, ns=(old.st_atime_ns, old.st_mtime_ns))
        assert page(rows)[1] == count
        assert page(rows, search="größe 5")[1] == {1000: 111, 60: 11}[count]


def test_two_who_look_at_once_have_a_connection_each_and_leave_nothing_in_it() -> None:
    frame = pd.DataFrame({"n": [1, 2]})
    with connection(None) as one, connection(None) as other:
        one.register("mine", frame)
        assert one.execute("SELECT sum(n) FROM mine").fetchone() == (3,)
        with pytest.raises(duckdb.CatalogException):
            other.execute("SELECT * FROM mine")
    for _any in range(2):
        with pytest.raises(duckdb.CatalogException), connection(None) as con:
            con.execute("SELECT * FROM mine")


def test_facts_count_what_is_there(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "_source": ["train"] * 3 + ["test"] * 2,
            "_row": [0, 1, 2, 0, 1],
            "_split": "",
            "text": ["aa", "aa", "", "a b c", " "],
            "label": ["x", "x ", "", "y", "x"],
        }
    )
    write_table(frame, tmp_path / "rows.parquet")
    roles = Roles(text=("text",), label="label")
    facts = profile.facts(tmp_path / "rows.parquet", roles)
    assert facts["rows"] == 5
    assert facts["classes"] == {"x": 2, "x ": 1, "y": 1}
    assert (facts["distinct_labels"], facts["empty_labels"]) == (3, 1)
    assert facts["missing"] == {"text": 2, "label": 1}
    assert facts["sources"] == {"train": 3, "test": 2}
    assert facts["duplicates"] == {"exact": 1}
    assert facts["empty_texts"] == 2
    assert facts["text_lengths"]["max"] == 5
    assert sum(facts["text_lengths"]["histogram"]["counts"]) == 5
    drawn, n = profile.longer_than(tmp_path / "rows.parquet", roles, 2, 10)
    assert (n, len(drawn), len(drawn["text"].item())) == (1, 1, 5)
    longest, n = profile.longer_than(tmp_path / "rows.parquet", roles, 0, 1)
    assert (longest["text"].item(), n) == (drawn["text"].item(), 4)
    assert len(profile.longer_than(tmp_path / "rows.parquet", roles, 0, 2, mixed=True)[0]) == 2
    assert profile.longer_than(tmp_path / "rows.parquet", Roles(), 0, 2)[1] == 0
    assert profile.facts(frame, roles) == facts
    assert profile.facts(frame, Roles())["classes"] is None


@pytest.mark.slow
def test_a_page_of_a_million_rows_comes_in_time(tmp_path: Path) -> None:
    rows = make(tmp_path / "rows.parquet", 1_000_000)
    page(rows)
    for question in ({}, {"offset": 900_000}, {"search": "999", "text": ("text",)}, {"label": ("label", "class 3")}):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            page(rows, **question)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.3, question
