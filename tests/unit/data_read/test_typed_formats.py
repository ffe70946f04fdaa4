"""Excel and Parquet: values as a person sees them, and files that want to do harm."""

import datetime
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sft_core.config import ReadOptions
from sft_core.data.formats.cells import as_text
from sft_core.data.importing import preview_safely, read_safely
from sft_core.data.reading import preview
from sft_core.errors import DataError


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_excel_values_look_as_in_excel(tmp_path: Path, cells) -> None:
    row = ["007", 7, 1.5, 3.0, datetime.date(2024, 1, 5), datetime.datetime(2024, 1, 5, 10, 30), True, None, "NA"]
    path = workbook(tmp_path / "data.xlsx", Data=[list("abcdefghi"), row])
    expected = ["007", "7", "1.5", "3", "2024-01-05", "2024-01-05T10:30:00", "true", "", "NA"]
    assert cells(path, header=True) == [expected]


def test_the_first_sheet_that_holds_something_is_read_and_another_can_be_chosen(tmp_path: Path, read) -> None:
    path = workbook(tmp_path / "data.xlsx", Empty=[], One=[["text", "label"], ["a", "x"]], Two=[["text"], ["b"], ["c"]])
    found = preview(path)
    assert (found.sheets, found.read.sheet, found.columns) == (("Empty", "One", "Two"), "One", ("text", "label"))
    assert read(path, sheet="Two")[1].rows == 2
    with pytest.raises(DataError, match="no sheet called “Three”"):
        read(path, sheet="Three")
    with pytest.raises(DataError, match="is empty"):
        read(path, sheet="Empty")


def test_titles_above_and_blank_rows_in_a_sheet_are_passed_over(tmp_path: Path, read) -> None:
    rows = [["Survey 2024", None, None], [], ["text", "label", "id"], ["a", "x", 1], [], ["b", "y", 2]]
    table, facts = read(workbook(tmp_path / "data.xlsx", Data=rows))
    assert facts.columns == ("text", "label", "id")
    assert table["_row"].tolist() == [0, 1]
    assert facts.notes


def test_titles_as_wide_as_a_sheet_are_passed_over_and_their_number_can_be_chosen(tmp_path: Path, read) -> None:
    rows = [["Export", "2024-03-01"], ["text", "label"], *([f"a {n}", "xy"[n % 2]] for n in range(4))]
    path = workbook(tmp_path / "data.xlsx", Data=rows)
    table, facts = read(path)
    assert (facts.columns, facts.read.skip, len(table)) == (("text", "label"), 1, 4)
    table, facts = read(path, skip=2, header=False)
    assert (facts.columns, facts.rows, table["_row"].tolist()) == (("column_1", "column_2"), 4, [0, 1, 2, 3])
    with pytest.raises(DataError, match="no row below"):
        read(path, skip=9)


def test_a_workbook_that_unpacks_to_something_enormous_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (80 << 20))
    with pytest.raises(DataError, match="suspiciously large"):
        preview(path)


def test_one_cell_at_the_far_end_of_a_sheet_does_no_harm(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "text"
    book.active["XFD1048576"] = "far"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(DataError) as caught:
        preview_safely(tmp_path / "far.xlsx")
    assert caught.value.hint


def test_parquet_types_become_text(tmp_path: Path, cells) -> None:
    table = pa.table(
        {
            "whole": pa.array([1.0, None]),
            "part": pa.array([2.5, 1e-7]),
            "single": pa.array([0.1, 3.0], pa.float32()),
            "count": pa.array([7, None], pa.int64()),
            "flag": pa.array([True, None]),
            "day": pa.array([datetime.date(2024, 1, 5), None]),
            "moment": pa.array([datetime.datetime(2024, 1, 5), datetime.datetime(2024, 1, 5, 10, 30)]),
            "price": pa.array([Decimal("1.50"), None]),
            "words": pa.array([["a", "b"], None]),
            "class": pa.array(["x", None]).dictionary_encode(),
            "bytes": pa.array([b"caf\xc3\xa9", None]),
        }
    )
    pq.write_table(table, tmp_path / "data.parquet")
    first, second = cells(tmp_path / "data.parquet")
    assert first == [
        "1", "2.5", "0.1", "7", "true", "2024-01-05", "2024-01-05", "1.50", '["a", "b"]', "x", "café"
    ]  # fmt: skip
    assert second == ["", "1e-07", "3", "", "", "", "2024-01-05T10:30:00", "", "", "", ""]


def test_structs_become_columns_with_dots_and_times_beyond_the_calendar_are_kept(tmp_path: Path, read) -> None:
    far = pa.array([2**55, None], pa.timestamp("ms"))
    inner = pa.array(
        [{"a": {"b": 1}, "c": "x"}, None], pa.struct([("a", pa.struct([("b", pa.int64())])), ("c", pa.string())])
    )
    pairs = pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64()))
    pq.write_table(pa.table({"text": ["t", "u"], "of": inner, "far": far, "pairs": pairs}), tmp_path / "data.parquet")
    table, facts = read(tmp_path / "data.parquet")
    assert facts.columns == ("text", "of.a.b", "of.c", "far", "pairs")
    assert table.iloc[1, 3:].tolist() == ["u", "", "", "", ""]
    assert table["of.a.b"][0] == "1" and "out of range" in table["far"][0] and table["pairs"][0] == '[["k", 1]]'


def test_nanosecond_times_and_categories_of_pandas_are_read(tmp_path: Path, cells) -> None:
    frame = pd.DataFrame({"t": pd.to_datetime(["2024-01-05 01:02:03"]).astype("datetime64[ns]"), "n": np.array([1.0])})
    frame.to_parquet(tmp_path / "data.parquet")
    assert cells(tmp_path / "data.parquet") == [["2024-01-05T01:02:03", "1"]]


def test_a_parquet_file_with_names_that_differ_in_case_only_is_read(tmp_path: Path, read) -> None:
    pq.write_table(pa.table({"Text": ["a"], "text": ["b"], "_row": ["c"]}), tmp_path / "data.parquet")
    table, facts = read(tmp_path / "data.parquet")
    assert facts.columns == ("Text", "text_2", "_row_2")
    assert table.iloc[0, 3:].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), ""), (1e15, "1000000000000000.0"), (-0.5, "-0.5"), (datetime.time(9, 5), "09:05:00"),
        (datetime.timedelta(hours=26, minutes=3), "26:03:00"), (b"\xff\xfe", "//4="), ({"a": 1}, '{"a": 1}'),
        (2**70, str(2**70)),
    ],
)  # fmt: skip
def test_single_values_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_damaged_and_hostile_parquet_files_end_in_a_sentence(shared_data: Path, tmp_path: Path) -> None:
    for name in ("ARROW-GH-41317", "ARROW-GH-45185", "PARQUET-1481"):
        path = shared_data / "nasty" / "parquet" / "bad_data" / f"{name}.parquet"
        with pytest.raises(DataError) as caught:
            read_safely(path, ReadOptions(), tmp_path / name)
        assert caught.value.hint


def test_what_libraries_raise_on_odd_files_is_said_of_the_file(tmp_path: Path, read) -> None:
    pq.write_table(pa.table({"text": ["a", "b"], "moment": pa.array([1, 2], pa.timestamp("us", "Nowhere/Land"))}),
                   tmp_path / "zone.parquet")  # fmt: skip
    with pytest.raises(DataError, match="damaged"):
        read(tmp_path / "zone.parquet")
    broken = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffa"))
    pq.write_table(pa.table({"text": broken}), tmp_path / "bytes.parquet")
    with pytest.raises(DataError, match="damaged"):
        read(tmp_path / "bytes.parquet")
    with pytest.raises(DataError, match="cannot be read as utf-16"):
        read("text,label\na,b\n", encoding="utf-16")
    with pytest.raises(DataError, match="no encoding called"):
        read("text,label\na,b\n", "data", encoding="nix")
    with pytest.raises(DataError, match="not one character"):
        read("text,label\na,b\n", delimiter="ab")
    table, _facts = read('[["text", "label"], ' + '["a", "b"], ' * 25 + "7]", "lists.json")
    assert len(table) == 25
    table, facts = read(b"gr\xf6\xdfe,label\na,b\n", encoding="utf-8")
    assert (facts.columns, len(table)) == (("gr??e", "label"), 1)
