"""Compressed tables: read as what they hold, within caps; bombs and bundles are refused with a sentence."""

import bz2
import gzip
import io
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from sft_core.config import ReadOptions
from sft_core.data.encodings import find_encoding
from sft_core.data.formats.packed import open_plain, packed
from sft_core.data.formats.recognise import recognise
from sft_core.data.importing import read_safely
from sft_core.data.reading import preview, read_table
from sft_core.errors import DataError

CONTENT = ("text,label\n" + "".join(f"schöne Wörter {n},{'xy'[n % 2]}\n" for n in range(300))).encode()


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name.replace("__", ".").replace("MACOSX", "__MACOSX").replace("--", "/"), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (gzip.compress(CONTENT), "data.csv.gz"),
        (gzip.compress(CONTENT[:900]) + gzip.compress(CONTENT[900:]), "two members.csv.gz"),
        (bz2.compress(CONTENT), "data.csv.bz2"),
        (zipped(my__csv=CONTENT), "data.zip"),
        (zipped(**{"my__csv": CONTENT, "MACOSX--._my__csv": b"x", "__DS_Store": b""}), "mac.zip"),
        (gzip.compress(CONTENT), "no ending"),
    ],
)
def test_a_packed_csv_is_read_as_if_it_were_not(read, content: bytes, name: str) -> None:
    table, facts = read(content, name)
    assert (facts.columns, facts.rows, facts.read.encoding) == (("text", "label"), 300, "utf-8")
    assert table["text"].iloc[299] == "schöne Wörter 299"
    assert facts.size == len(content)


def test_other_formats_and_encodings_may_be_packed_too(tmp_path: Path, read) -> None:
    frame = pd.DataFrame({"text": ["a b", "c d"], "label": ["x", "y"]})
    frame.to_excel(tmp_path / "book.xlsx", index=False)
    frame.to_parquet(tmp_path / "table.parquet")
    for name in ("book.xlsx", "table.parquet"):
        plain = (tmp_path / name).read_bytes()
        for packing, content in ((".gz", gzip.compress(plain)), (".zip", zipped(**{name.replace(".", "__"): plain}))):
            table, _facts = read(content, name + packing)
            assert table["text"].tolist() == ["a b", "c d"]
    assert read(gzip.compress(b'{"text": "a"}\n{"text": "b"}\n'), "d.jsonl.gz")[1].read.format == "jsonl"
    assert read(bz2.compress(CONTENT.decode().encode("cp1252")), "d.csv.bz2")[1].read.encoding == "cp1252"
    assert find_encoding(tmp_path / "d.csv.bz2").candidates[0].preview[0] == "schöne Wörter 0,x"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (gzip.compress(CONTENT)[:-300], "cut.csv.gz", "damaged"),
        (bz2.compress(CONTENT)[:-100], "cut.csv.bz2", "damaged"),
        (gzip.compress(gzip.compress(CONTENT)), "twice.csv.gz", "compressed twice"),
        (gzip.compress(zipped(a__csv=CONTENT)), "zip.csv.gz", "zip archive"),
        (zipped(a__csv=CONTENT, b__csv=CONTENT), "two.zip", "holds 2 files and no pictures"),
        (zipped(inner__zip=b"PK"), "nested.zip", "is an archive inside"),
        (zipped(), "none.zip", "empty"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content__xml=b""), "a.ods", "OpenDocument"),
        (zipped(**{"word--document__xml": b"", "x": b""}), "a.docx", "Word document"),
        (zipped(my__csv=CONTENT)[:-30], "cut.zip", "damaged"),
    ],
)
def test_what_cannot_be_unpacked_gets_a_sentence_and_a_hint(read, content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        read(content, name)
    assert caught.value.hint and "\n" not in str(caught.value)


def test_a_zip_that_holds_a_picture_is_one_of_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(**{"cats--1__jpg": b"\xff\xd8\xff", "labels__csv": CONTENT}))
    assert packed(path) is None
    assert recognise(path, ReadOptions()) == "pictures"


@pytest.mark.parametrize("kind", ["gz", "bz2", "zip"])
def test_a_bomb_is_refused_within_a_second_or_two(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bomb.csv.{kind}"
    line = b"a,b\n" * (1 << 18)
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package, package.open("bomb.csv", "w") as member:
            for _ in range(100):
                member.write(line)
    else:
        path.write_bytes((gzip if kind == "gz" else bz2).compress(line) * 100)
    started = time.process_time()
    with pytest.raises(DataError, match="times its size"):
        preview(path)
    assert time.process_time() - started < 2


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "liar.zip"
    content = bytearray(zipped(my__csv=CONTENT))
    true = len(CONTENT).to_bytes(4, "little")
    while (at := content.find(true)) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_table(path, None, tmp_path / "out")


def test_progress_and_plain_bytes_come_from_a_packed_file(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(b"text,label\n" + b"some words,x\n" * 60_000))
    with open_plain(path) as file:
        assert file.read(10) == b"text,label"
    heard: list[float] = []
    read_table(path, None, tmp_path / "out", lambda share, _message: heard.append(share))
    assert heard == sorted(heard) and heard[-1] == 1.0


def test_a_packed_workbook_is_read_in_the_sandbox(tmp_path: Path) -> None:
    pd.DataFrame({"text": ["a b", "c d"], "label": ["x", "y"]}).to_excel(tmp_path / "book.xlsx", index=False)
    path = tmp_path / "book.zip"
    path.write_bytes(zipped(book__xlsx=(tmp_path / "book.xlsx").read_bytes()))
    _rows, facts = read_safely(path, folder=tmp_path / "room")
    assert facts.rows == 2 and facts.read.sheet == "Sheet1"
    assert {one.name for one in (tmp_path / "room").iterdir()} <= {
        "rows.parquet",
        "call.json",
        "answer.json",
        "child.log",
    }
