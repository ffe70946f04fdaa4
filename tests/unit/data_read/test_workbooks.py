"""Excel as people keep it: cover sheets, titles, empty columns, merged cells, formulas."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sft_core.data.formats.grid import head
from sft_core.data.reading import preview


@pytest.fixture
def sheet() -> Worksheet:
    return openpyxl.Workbook().active


def saved(sheet: Worksheet, folder: Path) -> Path:
    sheet.parent.save(folder / "data.xlsx")
    return folder / "data.xlsx"


def put(sheet: Worksheet, corner: str, rows: list[list[object]]) -> None:
    first = sheet[corner]
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            sheet.cell(first.row + down, first.column + across, value)


ROWS = [[f"words {n}", "xy"[n % 2], n] for n in range(6)]


def test_empty_columns_on_the_left_and_a_title_above_them_are_no_part_of_the_table(sheet, tmp_path, read) -> None:
    sheet["A1"] = "Survey of the year"
    put(sheet, "C4", [["text", "label", "id"], *ROWS])
    table, facts = read(saved(sheet, tmp_path))
    assert facts.columns == ("text", "label", "id")
    assert table["_row"].tolist() == [0, 1, 2, 3, 4, 5]
    assert facts.notes == ("1 row above the table was left out.",)


def test_a_cell_beside_the_table_is_rejected_with_its_line(sheet, tmp_path, read) -> None:
    put(sheet, "C4", [["text", "label", "id"], *ROWS * 50])
    sheet["A290"] = "look here"
    _table, facts = read(saved(sheet, tmp_path))
    assert facts.rows == 299
    assert [(one["line"], one["reason"]) for one in facts.rejected["rows"]] == [(290, "a cell stands beside the table")]


def test_a_value_merged_over_rows_stands_in_each_of_them(sheet, tmp_path, read) -> None:
    put(sheet, "A1", [["text", "label", "id"], *([words, None, n] for words, _label, n in ROWS)])
    sheet["B2"], sheet["B5"] = "good", "bad"
    sheet.merge_cells("B2:B4")
    sheet.merge_cells("B5:B7")
    table, facts = read(saved(sheet, tmp_path))
    assert table["label"].tolist() == ["good"] * 3 + ["bad"] * 3
    assert any("merged over several rows" in note for note in facts.notes)


def test_a_merged_title_is_a_title_and_names_of_groups_stay_where_they_are_needed(sheet, tmp_path, read) -> None:
    put(sheet, "A1", [["Survey"], [], ["2023", None, "2024"], ["n", "answer", "n", "answer"]])
    sheet["A3"], sheet["C3"] = "last year", "this year"
    for span in ("A1:D1", "A3:B3", "C3:D3"):
        sheet.merge_cells(span)
    put(sheet, "A5", [[n, f"words {n}", n * 2, f"more {n}"] for n in range(6)])
    table, facts = read(saved(sheet, tmp_path))
    assert facts.columns == ("last year n", "last year answer", "this year n", "this year answer")
    assert (len(table), table["_row"].iloc[0], facts.read.skip) == (6, 0, 1)
    put(sheet, "A4", [["n", "answer", "m", "reply"]])
    table, facts = read(saved(sheet, tmp_path))
    assert facts.columns == ("n", "answer", "m", "reply")
    assert (len(table), table["_row"].iloc[0], facts.read.skip) == (6, 0, 2)


def test_a_cover_sheet_is_passed_over(sheet, tmp_path) -> None:
    put(sheet, "A1", [["Our survey"], ["Please do not pass on"]])
    put(sheet.parent.create_sheet("Answers"), "A1", [["text", "label", "id"], *ROWS])
    found = preview(saved(sheet, tmp_path))
    assert (found.read.sheet, found.sheets) == ("Answers", ("Sheet", "Answers"))


def test_formulas_give_their_stored_results_and_missing_ones_are_told(sheet, tmp_path, read) -> None:
    put(sheet, "A1", [["text", "label", "id"], *([words, label, f"={n}*2"] for words, label, n in ROWS)])
    table, facts = read(saved(sheet, tmp_path))
    assert table["id"].tolist() == [""] * 6
    assert facts.notes[0].startswith("6 formulas have no stored result")


def test_names_in_two_rows_are_joined_where_numbers_below_prove_it() -> None:
    rows = [["a", "b", "c"], ["one", "two", "three"], *([str(n), str(n * 3), "xy"[n % 2]] for n in range(40))]
    found = head(rows, None)
    assert (found.name_rows, found.names) == (2, ("a one", "b two", "c three"))
    assert head(rows[2:], None).name_rows == 0
    assert head([rows[0], *rows[2:]], None).names == ("a", "b", "c")
