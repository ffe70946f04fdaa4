import json
import os
from pathlib import Path

import pandas as pd
import pytest

from sft_core.config import ReadOptions
from sft_core.data.limits import TableLimits, table_limits
from sft_core.data.reading import Preview, ReadFacts, preview, read_table
from sft_core.errors import ConfigError, DataError


def test_values_that_look_like_numbers_or_nothing_stay_as_they_are(cells) -> None:
    special = ["NA", "None", "null", "nan", "007", "1e5", "1.0", "TRUE", " spaced ", ""]
    content = "text,label\n" + "".join(f"row {i},{value}\n" for i, value in enumerate(special))
    assert [row[1] for row in cells(content)] == special


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read, delimiter: str) -> None:
    lines = [delimiter.join(("text", "label")), *(delimiter.join((f"a word {i}", "xy"[i % 2])) for i in range(9))]
    table, facts = read("\n".join(lines))
    assert (facts.read.delimiter, facts.columns, len(table)) == (delimiter, ("text", "label"), 9)


def test_quoted_delimiters_line_breaks_and_quotes_are_part_of_the_cell(cells) -> None:
    content = 'text,label\n"a, b",x\n"line\nbreak",y\n"He said ""no""",x\n'
    assert cells(content) == [["a, b", "x"], ["line\nbreak", "y"], ['He said "no"', "x"]]


def test_stray_quotation_marks_in_a_tab_table_are_ordinary_characters(cells) -> None:
    content = 'ham\t"hello\nspam\tbuy "now" today\nham\t5" screen\nspam\t"really\nham\tyes "\n'
    assert cells(content, "SMS") == [
        ["ham", '"hello'], ["spam", 'buy "now" today'], ["ham", '5" screen'], ["spam", '"really'], ["ham", 'yes "']
    ]  # fmt: skip


def test_a_backslash_before_a_quotation_mark_is_understood(cells) -> None:
    content = "text,label\n" + '"say \\"hi\\", please",x\n"plain, text",y\n' * 3
    assert cells(content)[0] == ['say "hi", please', "x"]


def test_a_table_without_names_gets_numbered_columns(read) -> None:
    table, facts = read("ham\tsee you there\nspam\twin a prize\nham\tok then\n", "collection")
    assert facts.columns == ("column_1", "column_2")
    assert facts.read.header is False
    assert table["_row"].tolist() == [0, 1, 2]


def test_the_header_can_be_chosen(read) -> None:
    _table, facts = read("a b,c\nd e,f\n", header=False)
    assert (facts.columns, facts.rows) == (("column_1", "column_2"), 2)
    _table, facts = read("1,2\n3,4\n", header=True)
    assert (facts.columns, facts.rows) == (("1", "2"), 1)


def test_empty_repeated_and_reserved_names_are_made_unique(read) -> None:
    _table, facts = read("text,,text,Text,_row,label\na,b,c,d,e,f\ng,h,i,j,k,l\n", header=True)
    assert facts.columns == ("text", "column_2", "text_2", "Text_3", "_row_2", "label")


def test_broken_rows_are_rejected_with_line_and_reason_and_the_others_keep_their_numbers(read) -> None:
    good = "".join(f"text {i},x\n" for i in range(20))
    table, facts = read(f"text,label\n{good}only text\na,b,c\nlast,y\n")
    assert facts.rejected["count"] == 2
    assert [(r["row"], r["line"], r["reason"]) for r in facts.rejected["rows"]] == [
        (20, 22, "1 cell instead of 2"),
        (21, 23, "3 cells instead of 2"),
    ]
    assert facts.rejected["rows"][1]["content"] == "a,b,c"
    assert table["_row"].tolist() == [*range(20), 22]


def test_empty_cells_too_many_are_no_reason_to_reject(read) -> None:
    _table, facts = read("text,label\n" + "a b,x\n" * 10 + "c d,y,,\n")
    assert (facts.rows, facts.rejected["count"]) == (11, 0)


def test_a_quotation_mark_that_is_never_closed_costs_one_row_only(read) -> None:
    rows = [f'"text {i}, with comma",x\n' for i in range(3000)]
    rows[1500] = '"never closed,y\n'
    table, facts = read("text,label\n" + "".join(rows))
    assert facts.rejected["count"] == 1
    assert facts.rejected["rows"][0]["row"] == 1500
    assert facts.rejected["rows"][0]["line"] == 1502
    assert len(table) == 2999
    assert table["_row"].iloc[-1] == 2999


def test_lines_above_the_table_are_left_out_and_told(read) -> None:
    table, facts = read("Export of Monday\n\ntext,label,id\n" + "".join(f"w {i},x,{i}\n" for i in range(9)))
    assert facts.columns == ("text", "label", "id")
    assert facts.notes == ("1 line above the table was left out.",)
    assert len(table) == 9


def test_blank_lines_are_no_records(read) -> None:
    table, _facts = read("text,label\r\n\r\na,x\r\n\r\nb,y\r\n\r\n")
    assert table["_row"].tolist() == [0, 1]


def test_old_mac_line_ends_are_line_ends(cells) -> None:
    assert cells("text,label\ra,x\rb,y\r") == [["a", "x"], ["b", "y"]]


def test_a_zero_byte_in_a_cell_survives(cells) -> None:
    assert cells(b"text,label\na\x00b,x\nc,y\n") == [["a\x00b", "x"], ["c", "y"]]


def test_text_is_one_row_a_line(read) -> None:
    table, facts = read("First, a line.\n\nThen; another one, longer\nlast", "notes.txt")
    assert facts.read.format == "txt"
    assert table["text"].tolist() == ["First, a line.", "", "Then; another one, longer", "last"]


def test_a_txt_file_that_is_a_table_is_read_as_one(read) -> None:
    table, facts = read("good day\tx\nbad day\ty\nso so\tx\n", "data.txt")
    assert (facts.read.format, facts.read.delimiter, table.shape[0]) == ("csv", "\t", 3)


def test_json_records_columns_and_wrapped_lists_are_tables(cells) -> None:
    records = [{"text": "a", "label": "x"}, {"text": "b", "label": None}]
    expected = [["a", "x"], ["b", ""]]
    assert cells(json.dumps(records), "data.json") == expected
    assert cells(json.dumps({"text": ["a", "b"], "label": ["x", None]}), "data.json") == expected
    assert cells(json.dumps({"text": {"0": "a", "1": "b"}, "label": {"0": "x", "1": None}}), "data.json") == expected
    assert cells(json.dumps({"data": records}), "data.json") == expected
    assert cells(json.dumps({"columns": ["text", "label"], "data": [["a", "x"], ["b", None]]}), "d.json") == expected
    assert cells(json.dumps([["text", "label"], ["a", "x"], ["b", None]]), "data.json") == expected


def test_json_numbers_keep_the_form_in_which_they_were_written(cells) -> None:
    content = '[{"a": 1.0, "b": 1e5, "c": 007e0}]'.replace("007e0", "7")
    assert cells(content, "data.json") == [["1.0", "1e5", "7"]]
    assert cells('[{"a": true, "b": {"c": [1, 2.5]}, "d": "007"}]', "d.json") == [["true", "[1, 2.5]", "007"]]


@pytest.mark.parametrize("name", ["data.json", "data.jsonl"])
def test_objects_inside_objects_become_columns_with_dots(read, name: str) -> None:
    records = [
        {"text": "a", "by": {"name": "Ann", "place": {"town": "Bonn"}}, "tags": ["x", {"y": 1}], "none": {}},
        {"text": "b", "by": "Bob", "by.name": "B", "deep": {"a": {"b": None}}},
        {"text": "c", "by": {"name": "inner"}, "by.name": "outer"},
    ]
    content = json.dumps(records) if name == "data.json" else "\n".join(map(json.dumps, records))
    table, facts = read(content, name)
    assert facts.columns == ("text", "by.name", "by.place.town", "tags", "none", "by", "deep.a.b")
    assert table.iloc[:, 3:].to_numpy().tolist() == [
        ["a", "Ann", "Bonn", '["x", {"y": 1}]', "{}", "", ""],
        ["b", "B", "", "", "", "Bob", ""],
        ["c", "outer", "", "", "", '{"name": "inner"}', ""],
    ]


def test_objects_too_deep_for_columns_stay_json(cells) -> None:
    nested = {"end": "x"}
    for _ in range(12):
        nested = {"a": nested}
    (row,) = cells(json.dumps([{"text": "t", **nested}]), "deep.json")
    assert row[0] == "t" and json.loads(row[1])["a"]


def test_broken_json_lines_are_rejected_one_by_one(read) -> None:
    content = '{"text": "a", "label": "x"}\n{"text": "b", \n\n["list"]\n{"text": "c", "label": "y", "more": 1}\n'
    table, facts = read(content, "data.jsonl")
    assert facts.columns == ("text", "label", "more")
    assert table.iloc[:, 1:].drop(columns="_split").to_numpy().tolist() == [[0, "a", "x", ""], [3, "c", "y", "1"]]
    assert [(r["row"], r["line"]) for r in facts.rejected["rows"]] == [(1, 2), (2, 4)]
    assert facts.rejected["rows"][1]["reason"] == "not a record in braces, {…}"


def test_json_lines_are_recognised_without_their_ending(read) -> None:
    _table, facts = read('{"text": "a"}\n{"text": "b"}\n', "data.json")
    assert facts.read.format == "jsonl"


def test_half_characters_are_rejected_instead_of_breaking_the_file(read) -> None:
    _table, facts = read('{"text": "fine"}\n{"text": "\\ud800"}\n', "data.jsonl")
    assert (facts.rows, facts.rejected["count"]) == (1, 1)
    assert facts.rejected["rows"][0]["reason"] == "holds bytes that do not fit the encoding"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.csv", "The file is empty."),
        (b" \n\n \n", "blank.csv", "nothing but blank space"),
        (b"text,label\n", "header.csv", "no rows"),
        (os.urandom(4096), "noise.csv", "binary file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture.csv", "a picture"),
        (b"%PDF-1.7\n" + b"x" * 50, "paper.csv", "a PDF"),
        (b"\x1f\x8b\x08" + bytes(50), "data.csv.gz", "compressed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "old.xls", "old Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "locked.xlsx", "password"),
        (b"PK\x03\x04" + bytes(50), "data.xlsx", "Excel"),
        (b"PK\x03\x04" + bytes(50), "data.zip", "zip archive"),
        (b"PAR1" + bytes(50), "data.parquet", "damaged"),
        (b'[{"a": 1}', "data.json", "not valid JSON"),
        (b"[" * 100_000, "deep.json", "not valid JSON"),
        (b'"text"', "data.json", "no table"),
        (b"{broken\n", "data.jsonl", "No line"),
    ],
)
def test_what_is_no_table_gets_its_own_sentence_and_a_hint(read, content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        read(content, name)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_folders_absent_files_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, sentence in (
        (tmp_path, "No picture could be read"),
        (tmp_path / "x.csv", "There is no file"),
        (tmp_path / "pipe", "ordinary"),
    ):
        with pytest.raises(DataError, match=sentence):
            preview(path)


def test_a_file_over_the_cap_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.touch()
    os.truncate(path, 3 << 30)
    with pytest.raises(DataError, match=r"3,072 MB; at most 2,048 MB"):
        preview(path)


def test_caps_on_rows_columns_and_cells_hold(tmp_path: Path) -> None:
    limits = TableLimits(rows=5, columns=3, cell_characters=10)
    path = tmp_path / "data.csv"
    path.write_text("text,label\n" + "a,x\n" * 6)
    with pytest.raises(DataError, match="more than 5 rows"):
        read_table(path, None, tmp_path / "out", limits=limits)
    path.write_text("a,b,c,d\ne,f,g,h\n")
    with pytest.raises(DataError, match="more than 3 columns"):
        read_table(path, None, tmp_path / "out", limits=limits)
    path.write_text("text,label\na,x\n" + "b" * 11 + ",y\nc,x\n")
    facts = read_table(path, None, tmp_path / "out", limits=limits)
    assert (facts.rows, facts.rejected["rows"][0]["reason"]) == (2, "a cell is too long")


def test_a_preview_says_how_the_file_is_read_and_survives_as_json(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes("text;label\nschöner Tag;gut\nübler Tag;schlecht\n".encode("cp1252"))
    found = preview(path)
    assert found.read.encoding == "cp1252"
    assert found.encodings[0].encoding == "cp1252"
    assert found.encodings[0].preview[0] == "schöner Tag;gut"
    assert found.rows == (("schöner Tag", "gut"), ("übler Tag", "schlecht"))
    assert Preview.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_a_changed_option_changes_the_preview(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a;b,c\nd;e,f\n")
    assert preview(path, ReadOptions(delimiter=";", header=False)).rows[0] == ("a", "b,c")
    assert preview(path, ReadOptions(delimiter=",", header=False)).rows[0] == ("a;b", "c")
    assert preview(path, ReadOptions(format="txt")).rows[0] == ("a;b,c",)


def test_facts_survive_as_json_and_progress_is_told(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("text,label\n" + "a,x\n" * 120_000)
    heard: list[float] = []
    facts = read_table(path, None, tmp_path / "out", lambda share, _message: heard.append(share))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(heard) == 3
    assert ReadFacts.from_dict(json.loads(json.dumps(facts.as_dict()))) == facts


def test_what_was_chosen_by_hand_is_kept_beside_what_was_found(read) -> None:
    _table, facts = read("a;x\nb;y\n", header=False)
    assert facts.asked == ReadOptions(header=False) and facts.read.delimiter == ";"
    kept = json.loads(json.dumps(facts.as_dict()))
    assert ReadFacts.from_dict(kept) == facts
    del kept["asked"]  # as facts were written before
    assert ReadFacts.from_dict(kept).asked == ReadOptions()


def test_a_single_column_of_texts_loses_no_row_to_the_marks_in_them(read) -> None:
    plain = [" ".join(["words"] * (n % 7 + 2)) + f" {n}" for n in range(60)]
    quoted = ['"first, second; third"', "odd; but not quoted"]
    table, facts = read("text\n" + "\n".join([*plain, *quoted]) + "\n")
    assert (len(table), facts.rejected["count"]) == (62, 0)
    assert table["text"].iloc[-2:].tolist() == ["first, second; third", "odd; but not quoted"]
    every = ["a, b", "a; b", "a | b", "a: b"]
    table, facts = read("text\n" + "\n".join([*plain, *every]) + "\n")
    assert (table["text"].iloc[-4:].tolist(), facts.rejected["count"]) == (every, 0)


def test_a_single_column_without_commas_is_not_torn_apart_at_its_spaces(read, shared_data: Path) -> None:
    messages = pd.read_csv(shared_data / "text" / "banking77" / "train.csv")["text"]
    texts = messages[~messages.str.contains('[,;|\t\n"]')].head(200).tolist()
    table, facts = read("\n".join(["text", *texts]) + "\n")
    assert (facts.columns, facts.rejected["count"]) == (("text",), 0)
    assert table["text"].tolist() == texts


@pytest.mark.parametrize("header", ["text\n", ""])
@pytest.mark.parametrize("line", ["card lost", "Re: card {n}", "top up {n}", '"lost" card'])
def test_texts_of_as_many_words_stay_whole(cells, header: str, line: str) -> None:
    lines = [line.format(n="abcdefgh"[n % 8]) for n in range(40)]
    assert cells(header + "\n".join(lines) + "\n", header=bool(header)) == [[text] for text in lines]


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("text label\nhello spam\nbye ham\n", " "),
        ("a 1 x\nb 2 y\nc 3 z\n", " "),
        ('"how are you" ham\n"buy it now" spam\n', " "),
        ("spam:Buy now\nham:See you\nspam:Free cash\nham:Good night\nspam:Call me\nham:Soon\n", ":"),
    ],
)
def test_spaces_and_colons_part_cells_where_something_proves_it(read, content: str, delimiter: str) -> None:
    _table, facts = read(content)
    assert (facts.read.delimiter, facts.rejected["count"]) == (delimiter, 0)
    assert len(facts.columns) > 1


def test_a_name_that_is_taken_is_said_to_have_been_changed(read, tmp_path: Path) -> None:
    _table, facts = read("text,label,label,_row\na,b,c,7\nd,e,f,8\n")
    assert facts.columns == ("text", "label", "label_2", "_row_2")
    assert facts.notes == (
        "Another column “label” stands before this one: it is called “label_2” here.",
        "The column “_row” bears a name that Tuneboard uses itself: it is called “_row_2” here.",
    )
    assert preview(tmp_path / "data.csv").notes == facts.notes
    _table, facts = read('[{"text": "a", "Text": "b", "_split": "c"}]', "keys.json")
    assert facts.columns == ("text", "Text_2", "_split_2")
    assert len(facts.notes) == 2
    _table, facts = read("text,,x\na,b,c\nd,e,f\n")
    assert (facts.columns, facts.notes) == (("text", "column_2", "x"), ())
    _table, facts = read(",".join(["n"] * 6) + "\n" + "a,b,c,d,e,f\n" * 3, header=True)
    assert facts.notes[-1] == "2 more columns got another name in the same way."


def test_a_sheet_is_asked_of_workbooks_only(read) -> None:
    with pytest.raises(DataError, match="no sheets, so there is none called “Nope”") as caught:
        read("text,label\na,b\nc,d\n", sheet="Nope")
    assert caught.value.hint


@pytest.mark.parametrize("size", ["0", "-1", "abc", "nan", "inf", "1 GB"])
def test_a_cap_that_is_no_size_is_refused(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEBOARD_MAX_FILE_MB", size)
    with pytest.raises(ConfigError, match="which is not a size") as caught:
        table_limits()
    assert "above 0" in caught.value.hint


def test_the_cap_on_files_may_be_a_fraction(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEBOARD_MAX_FILE_MB", "0.01")
    with pytest.raises(DataError, match=r"The file has 0.0143 MB; at most 0.01 MB are read"):
        read("text,label\n" + "words,x\n" * 1875)
    monkeypatch.setenv("TUNEBOARD_MAX_FILE_MB", "")
    assert table_limits().file_mb == 2048


ROWS = "".join(f"w {i},{'xy'[i % 2]}\n" for i in range(9))


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("sep=;\r\ntext;label\r\na, b;x\r\nc, d;y\r\n", ";"),
        ('"sep=|"\ntext|label\na|x\nb;c|y\n', "|"),
        ("\ufeffSEP=\t\ntext\tlabel\na\tx\nb\ty\n", "\t"),
    ],
)
@pytest.mark.parametrize("name", ["data.csv", "data.txt"])
def test_a_first_line_that_names_the_separator_is_followed_and_told(
    read, content: str, separator: str, name: str
) -> None:
    table, facts = read(content, name)
    assert facts.columns == ("text", "label") and table["_row"].tolist() == [0, 1]
    assert (facts.read.skip, facts.read.delimiter) == (1, separator)
    assert len(facts.notes) == 1 and "first line names" in facts.notes[0]
    assert facts.rejected["count"] == 0


def test_the_separator_that_was_chosen_wins_over_the_one_that_is_named(read) -> None:
    _table, facts = read("sep=;\ntext,label\na;b,x\nc;d,y\n", delimiter=",")
    assert facts.columns == ("text", "label")


@pytest.mark.parametrize(
    ("above", "lines"),
    [
        ("My export, of today\n", 1),
        ("Exported:,2026-03-01\nBy,Anna\n", 2),
        ("My export,\n\n", 1),
        ('"Export" of today, by Anna, Köln\n', 1),
        ("Export, by Anna, of Köln\n", 1),
    ],
)
def test_titles_with_as_many_cells_as_the_table_are_left_out_and_told(read, above: str, lines: int) -> None:
    table, facts = read(f"{above}text,label\n{ROWS}")
    assert facts.columns == ("text", "label") and table["_row"].tolist() == list(range(9))
    assert facts.read.skip == lines
    assert len(facts.notes) == bool(lines)


@pytest.mark.parametrize(
    "header", ["Anliegen,Bereich\n", "text, label\n", "text,label\nreview,n/a\n", "name,Bereich\nquestion,answer\n"]
)
def test_in_doubt_the_first_row_is_the_header_as_ever(read, header: str) -> None:
    _table, facts = read(header + ROWS)
    names = tuple(name.strip() for name in header.splitlines()[0].split(","))
    assert (facts.read.skip, facts.notes) == (0, ())
    assert facts.columns in (names, ("column_1", "column_2"))


def test_the_rows_above_the_table_can_be_chosen(read) -> None:
    content = f"Anliegen der Woche,Bereich\nAnliegen,Bereich\n{ROWS}"
    assert read(content)[1].columns == ("column_1", "column_2")
    table, facts = read(content, skip=1, header=True)
    assert (facts.columns, facts.rows, table["_row"].iloc[0]) == (("Anliegen", "Bereich"), 9, 0)
    assert read(f"My export, of today\ntext,label\n{ROWS}", skip=0)[1].columns == ("My export", "of today")
    with pytest.raises(DataError, match="no row below the first 90"):
        read(content, skip=90)
    with pytest.raises(DataError, match="CSV, TSV and Excel files only"):
        read('{"text": "a"}\n', "data.jsonl", skip=1)


def test_a_title_with_a_broken_quotation_mark_costs_no_row(read) -> None:
    rows = "".join(f'"w, {i}",{"xy"[i % 2]}\n' for i in range(9))
    table, facts = read(f'"Export" of today\ntext,label\n{rows}', quote='"')
    assert (facts.columns, facts.read.quote) == (("text", "label"), '"')
    assert table["text"].tolist() == [f"w, {i}" for i in range(9)] and table["_row"].iloc[0] == 0
