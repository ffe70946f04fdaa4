"""Collections of odd files made by others: csv-spectrum cell by cell, the rest read without a crash."""

import json
from pathlib import Path

import pytest

from sft_core.errors import DataError


def test_csv_spectrum_gives_the_cells_of_its_json(shared_data: Path, read) -> None:
    folder = shared_data / "nasty" / "csv_spectrum"
    paths = sorted((folder / "csvs").glob("*.csv"))
    assert len(paths) == 12
    for path in paths:
        table, facts = read(path)
        got = table[list(facts.columns)].to_dict("records")
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text().replace("\\r\\n", "\\n"))
        expected = expected if isinstance(expected, list) else [expected]
        if path.stem == "location_coordinates":  # the phone number differs in the collection itself
            expected[0]["Contact Phone Number"] = "2095257564"
        assert got == expected, path.name


def outcomes(folder: Path, read, pattern: str = "*") -> dict[str, str]:
    found = {}
    for path in sorted(folder.glob(pattern)):
        if not path.is_file() or path.name in ("SOURCE.txt", "README.md"):
            continue
        try:
            _table, facts = read(path)
            found[path.name] = f"{facts.rows} rows, {facts.rejected['count']} rejected"
        except DataError as error:
            assert error.hint, path.name
            found[path.name] = error.message
    assert found
    return found


def test_csvkit_files_are_read_or_refused_with_a_sentence(shared_data: Path, read) -> None:
    found = outcomes(shared_data / "nasty" / "csvkit", read)
    assert found["bad.csv"] == "1 rows, 2 rejected"
    assert found["test_utf16_big.csv"] == found["test_utf16_little.csv"] == "2 rows, 0 rejected"
    assert found["test_latin1.csv"] == found["mac_newlines.csv"] == "2 rows, 0 rejected"
    assert found["sheets.xlsx"] == found["testjson.json"] == "5 rows, 0 rejected"
    assert "old Excel" in found["test.xls"]
    assert found["dummy.csv.gz"] == found["dummy.csv.bz2"] == "1 rows, 0 rejected"
    assert found["empty.csv"] == "The file holds nothing but blank space."


def test_real_open_data_files_are_read_with_few_rejected_rows(shared_data: Path, read) -> None:
    found = outcomes(shared_data / "nasty" / "pollock" / "survey_sample" / "csv", read, "[0-9a-f]*")
    good = [text for text in found.values() if text.endswith(" rejected")]
    assert len(good) >= 0.9 * len(found)
    assert sum(text.endswith(", 0 rejected") for text in good) >= 0.7 * len(good)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["pollock/polluted_files/csv", "xlsx_xlsxwriter", "xls_xlrd", "parquet/data"])
def test_no_nasty_file_ends_in_anything_but_rows_or_a_sentence(shared_data: Path, read, folder: str) -> None:
    outcomes(shared_data / "nasty" / folder, read)
