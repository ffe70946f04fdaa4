"""Collections of odd files made by others, and good files broken at random, by the measure of benchmarks/reading.py."""

import random
from pathlib import Path

import pytest

from benchmarks import mutants, reading
from sft_core.errors import DataError

# by collection: the share that must be right, and every file that is not
EXPECTED: dict[str, tuple[float, set[str]]] = {
    "csv-spectrum, cells as in its JSON": (1, set()),
    "pollock, names and rows equal those of the clean file": (
        0.9,
        {
            f"row_less_sep_row0_col{at}.csv" for at in (2, 3, 4, 5)
        },  # two names in one: nobody can tell where to part them
    ),
    "pollock, rows equal those of the clean file": (1, set()),
    "csvkit, readable": (0.98, {"empty.csv"}),
    "xlsxwriter, readable of those with a table": (1, set()),
    "xlsxwriter, refused of those without a table": (0.9, {"autofit04.xlsx"}),  # one row of four cells is read
    "parquet, good ones readable": (
        0.93,
        {
            "column_chunk_key_value_metadata.parquet",  # no rows
            "datapage_v1-corrupt-checksum.parquet",  # damaged on purpose
            "rle-dict-uncompressed-corrupt-checksum.parquet",  # damaged on purpose
            "incorrect_map_schema.parquet",  # against the format, Arrow refuses it
            "large_string_map.brotli.parquet",  # one cell of 2 GB
        },
    ),
    "parquet, bad ones refused": (0.85, {"ARROW-GH-43605.parquet"}),  # is sound, see reading.SOUND
    "old workbooks (.xls), refused with how to save them anew": (1, set()),
    "encodings, the text is among the first three candidates": (
        0.98,
        {"KOI8-R/greek.ru.xml", "SHIFT_JIS/celeb.lalalu.com.xml"},
    ),
}


def check(figures: list[reading.Figure]) -> None:
    assert [figure.title for figure in figures] == list(EXPECTED)
    for figure in figures:
        least, others = EXPECTED[figure.title]
        assert figure.total and figure.share >= least, str(figure)
        assert set(figure.others) <= others, str(figure)


def test_hard_files_are_read_as_their_makers_say(shared_data: Path, tmp_path: Path, monkeypatch) -> None:
    whole = reading.tables
    heavy = {"large_string_map.brotli.parquet"}  # 2 GB once it is unpacked: in the whole measure below
    monkeypatch.setattr(reading, "tables", lambda *asked: (path for path in whole(*asked) if path.name not in heavy))
    check(list(reading.figures(shared_data / "nasty", tmp_path)))


@pytest.mark.slow
def test_all_hard_files_are_read_as_their_makers_say(shared_data: Path, tmp_path: Path) -> None:
    check(list(reading.figures(shared_data / "nasty", tmp_path)))


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


def test_real_open_data_files_are_read_with_few_rejected_rows(shared_data: Path, read) -> None:
    found = outcomes(shared_data / "nasty" / "pollock" / "survey_sample" / "csv", read, "[0-9a-f]*")
    good = [text for text in found.values() if text.endswith(" rejected")]
    assert len(good) >= 0.9 * len(found)
    assert sum(text.endswith(", 0 rejected") for text in good) >= 0.7 * len(good)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["xls_xlrd", "csvkit", "parquet/data"])
def test_no_nasty_file_ends_in_anything_but_rows_or_a_sentence(shared_data: Path, read, folder: str) -> None:
    outcomes(shared_data / "nasty" / folder, read)


def check_mutants(found: dict) -> None:
    assert found["wrong"] == []
    assert found["read"] + found["refused"] + found["crashed"] == found["mutants"]
    assert found["read"] > 0.3 * found["mutants"] and found["refused"] > 0.1 * found["mutants"]
    assert found["longest"] < mutants.LONGEST
    before, after = found["server_mb"]
    assert after - before < 20


def test_broken_files_are_read_or_refused_with_a_sentence(tmp_path: Path) -> None:
    found = mutants.measure(208, tmp_path)
    check_mutants(found)
    assert found["mutants"] == 208


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_broken_files_are_read_or_refused_with_a_sentence(tmp_path: Path) -> None:
    check_mutants(mutants.measure(10_000, tmp_path, seed=1))


@pytest.mark.slow
def test_the_command_line_tells_what_broken_files_are_or_refuses_them(tmp_path: Path, capfd) -> None:
    codes = mutants.inspect_mutants(260, tmp_path, seed=2)
    assert set(codes) == {0, 2} and codes.total() == 260
    told = capfd.readouterr()
    assert "Traceback" not in told.err + told.out
    assert len(told.err.strip().splitlines()) == 2 * codes[2], "a sentence and a hint for each that was refused"


def test_mutants_are_the_same_each_time_and_unlike_their_files() -> None:
    files = mutants.good_files()
    for name, content in files.items():
        made = [mutants.mutant(name, content, random.Random(seed)) for seed in (1, 1, 2, 3, 4)]
        assert made[0] == made[1]
        assert sum(other != content for other in made) > 3
