"""Rows of a text table that are written wrongly: understood where one meaning only is left, rejected in doubt."""

import pytest

from sft_core.data.formats.dialect import Dialect
from sft_core.data.formats.fitting import fits, learn
from sft_core.data.formats.mending import split


def lines(*odd: str, mark: str = ",") -> str:
    """A table of 40 sound orders, in the middle of which the odd lines stand."""
    rows = []
    for n in range(40):
        words = " and, again, ".join(["words"] * (n % 11 + 1))
        rows.append(
            mark.join((f"{n % 28 + 1:02d}/01/2026", f"AB-{1000 + n}", f"${n}.{n % 90 + 10}", f'"{words} {n}"', ""))
        )
    rows[20:20] = odd
    return "\n".join([mark.join(("Date", "Product", "Price", "Comment", "Shop")), *rows]) + "\n"


def test_what_sound_rows_tell_of_a_column() -> None:
    rows = [[f"{n}/02/2026", "xy"[n % 2], f"text {'and ' * n} more"] for n in range(20)]
    columns = learn(rows, 3)
    assert [column.known for column in columns] == [True, True, False]
    assert fits(columns, ["1/12/2030", "x", "anything at all"])
    assert not fits(columns, ["today", "x", ""]) and not fits(columns, ["1/1/20", "z", ""])
    assert not any(column.known for column in learn(rows[:5], 3))


def test_a_line_is_cut_in_every_way_that_gives_the_width() -> None:
    dialect = Dialect(",")
    assert min(split('a,"5" screen, new",x', dialect, 3))[1] == ["a", '5" screen, new', "x"]
    assert min(split('a,"say ""no""",x', dialect, 3))[1] == ["a", 'say "no"', "x"]
    assert list(split("a,b", dialect, 3)) == []
    hostile = '"' + '",' * 5000
    assert len(list(split(hostile, dialect, 40))) <= 400


@pytest.mark.parametrize(
    ("odd", "expected", "note"),
    [
        ('05/02/2026,AB-1,$5.11,"a 5" screen",', 'a 5" screen', "a quotation mark inside a cell"),
        ('05/02/2026,AB-1,$5.11,"Round 48"","', None, ""),
        ("05/02/2026,AB-1,$5.11,cheap, and good,", "cheap, and good", "a separator inside a cell"),
        ('05/02/2026;AB-1;$5.11;"cheap; good";', "cheap; good", "another mark"),
        ("05/02/2026 AB-1 $5.11 cheap and good ", "cheap and good", "another mark"),
        ("05/02/2026,AB-1,cheap,and,good,too", None, ""),
        ("cheap and good and new", None, ""),
    ],
)
def test_a_broken_row_is_mended_where_its_columns_prove_it(read, odd: str, expected: str | None, note: str) -> None:
    table, facts = read(lines(odd))
    sound = 40 + (expected is not None)
    assert (len(table), facts.rejected["count"]) == (sound, int(expected is None))
    if expected is None:
        assert facts.notes == ()
        return
    assert table["Comment"].iloc[20] == expected
    assert len(facts.notes) == 1 and facts.notes[0].startswith(f"In 1 row {note}")
    assert table["_row"].tolist() == list(range(41))


def test_a_text_with_commas_beside_a_class_is_mended_only_if_the_class_is_known(read) -> None:
    rows = "".join(f"some words {'again ' * (n % 9)}{n},{'xy'[n % 2]}\n" for n in range(40))
    table, facts = read(f"text,label\n{rows}well, yes, fine,x\nwell, yes, fine,z\n")
    assert table["text"].iloc[-1] == "well, yes, fine" and table["label"].iloc[-1] == "x"
    assert [reject["content"] for reject in facts.rejected["rows"]] == ["well, yes, fine,z"]


def test_blanks_after_the_separators_belong_to_no_cell(cells) -> None:
    rows = "".join(f'{n}, "some, {n} words", x\n' for n in range(9))
    assert cells(f'id, "text", label\n{rows}')[3] == ["3", "some, 3 words", "x"]


def test_a_backslash_protects_quotation_marks_only(cells) -> None:
    content = "text,label\n" + '"say \\"hi\\", it\\\'s C:\\\\new",x\n"plain, text",y\n' * 9
    assert cells(content)[0] == ['say "hi", it\\\'s C:\\new', "x"]


def test_doubled_marks_inside_other_quotation_marks_are_single_ones(cells) -> None:
    rows = [
        f"'a 5\"\" screen, new{', or so' * n}','x'\n'it isn't, no{', not' * n}','y'\n'or {n}','y'\n" for n in range(9)
    ]
    assert cells("text,label\n" + "".join(rows))[:2] == [['a 5" screen, new', "x"], ["it isn't, no", "y"]]


@pytest.mark.parametrize(
    "again", ["Date,Product,Price,Comment,Shop", "Date,Product,Price,Comment", "Date,Product,Price,Comment,Shop,More"]
)
def test_a_second_row_of_names_begins_another_table_that_is_left_out_and_told(read, again: str) -> None:
    table, facts = read(lines() + again + "\n" + "05/02/2026,AB-1,$5.11,x,\n" * 3)
    assert len(table) == 40
    assert facts.rejected["reasons"] == {"stands in a second table, which begins in line 42": 4}


def test_the_words_of_the_header_as_a_row_of_texts_end_nothing(read) -> None:
    table, facts = read(
        "text,label\n" + "".join(f"words {n} {'and ' * n},{'- ' * n}{n}\n" for n in range(30)) + "text,label\n"
    )
    assert (len(table), facts.rejected["count"]) == (31, 0)


def test_names_in_two_lines_are_joined_and_told(read) -> None:
    content = lines().replace("Date,Product,Price,Comment,", "When,What,Cost,Words,Where\nDay,Product,Price,Remark,", 1)
    table, facts = read(content)
    assert facts.columns == ("When Day", "What Product", "Cost Price", "Words Remark", "Where Shop")
    assert (len(table), table["_row"].iloc[0]) == (40, 0)
    assert facts.notes == ("The names of the columns take 2 lines, which are joined.",)
    assert read(content, header=True)[1].columns == facts.columns


@pytest.mark.parametrize(
    ("names", "columns", "note"),
    [
        ('Date,"Product,Price,Comment,Shop', ("Date", '"Product', "Price", "Comment", "Shop"), "In the line with"),
        ("Date,,Product,Price,Comment,Shop", ("Date", "Product", "Price", "Comment", "Shop"), "separators too many"),
        ("Date Name Price Comment Shop", ("Date", "Name", "Price", "Comment", "Shop"), "another mark"),
        ('Date,Product,Price"Comment",Shop', ("Date", "Product", "Price", "Comment", "Shop"), "was put back"),
        ("DATEPRODUCT,Price,Comment,Shop", ("DATEPRODUCT", "Price", "Comment", "Shop", "column_5"), ""),
        ("DATENAME,Price,Comment,Shop", ("DATE", "NAME", "Price", "Comment", "Shop"), "put back between two names"),
    ],
)  # fmt: skip
def test_a_broken_line_of_names_is_mended_or_told(read, names: str, columns: tuple[str, ...], note: str) -> None:
    content = lines().replace("Date,Product,Price,Comment,Shop", names, 1)
    table, facts = read(content)
    assert facts.columns == columns
    assert (len(table), facts.rejected["count"], table["_row"].iloc[0]) == (40, 0, 0)
    assert note in " ".join(facts.notes)


def test_fewer_names_than_filled_columns_are_told(read) -> None:
    _table, facts = read("text,label,score\n" + "".join(f"words {n},x,{n},y\n" for n in range(9)))
    assert facts.columns == ("text", "label", "score", "column_4")
    assert facts.notes == (
        "The line with the names has 3 for 4 columns: the last one has none. "
        "Check that each name stands above its own column.",
    )


def test_marks_that_are_text_are_not_mended_away(read) -> None:
    texts = [
        '"quoted whole"',
        '"begins so',
        'in the "middle"',
        *['"never closed'] * 3,
        *(f"words {n}" for n in range(900)),
    ]
    content = "".join(f"{'ham' if n % 3 else 'spam'}\t{text}\n" for n, text in enumerate(texts))
    table, facts = read(content, "collection")
    assert table["column_2"].tolist() == texts
    assert (facts.read.quote, facts.notes) == ("", ())


def test_a_real_collection_of_messages_keeps_its_marks(read, shared_data) -> None:
    path = shared_data / "text" / "sms_spam" / "SMSSpamCollection"
    table, facts = read(path)
    truth = [tuple(line.split("\t")) for line in path.read_text(encoding="utf-8").split("\n") if line]
    assert list(zip(table["column_1"], table["column_2"], strict=True)) == truth
    assert facts.notes == ()
