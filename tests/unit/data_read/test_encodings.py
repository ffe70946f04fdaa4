from pathlib import Path

import pytest

from sft_core.data.encodings import check_encoding, find_encoding
from sft_core.errors import DataError


def write(folder: Path, content: bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("text\nschön\n".encode(), "utf-8"),
        ("text\nschön\n".encode("utf-8-sig"), "utf-8-sig"),
        ("text\nschön\n".encode("utf-16"), "utf-16"),
        ("text,label\nschön,x\n".encode("utf-16-le"), "utf-16-le"),
        ("text,label\nschön,x\n".encode("utf-16-be"), "utf-16-be"),
        (b"plain\n", "utf-8"),
    ],
)
def test_utf8_and_marks_leave_no_doubt(tmp_path: Path, content: bytes, encoding: str) -> None:
    found = find_encoding(write(tmp_path, content))
    assert (found.encoding, found.guessed) == (encoding, False)


def test_western_text_offers_cp1252_first_and_shows_the_telling_lines(tmp_path: Path) -> None:
    found = find_encoding(write(tmp_path, "plain\nÄrger über „Maß“\nplain\n5 €\n".encode("cp1252")))
    assert found.guessed
    assert len(found.candidates) == 3
    assert found.encoding == "cp1252"
    assert found.candidates[0].preview == ("Ärger über „Maß“", "5 €")


def test_one_broken_byte_in_a_utf8_file_does_not_turn_it_into_another_encoding(tmp_path: Path, read) -> None:
    lines = [f"schöne Grüße {i},x\n".encode() for i in range(50)]
    lines[10] = b"kaputt \xff,y\n"
    table, facts = read(b"text,label\n" + b"".join(lines))
    assert facts.read.encoding == "utf-8"
    assert facts.encodings
    assert facts.rejected["rows"][0]["row"] == 10
    assert table["text"].iloc[0] == "schöne Grüße 0"


def test_an_unknown_encoding_is_refused() -> None:
    assert check_encoding("latin1") == "iso8859-1"
    for name in ("no-such", "base64", "zip"):
        with pytest.raises(DataError, match="no encoding called"):
            check_encoding(name)


def test_real_text_in_many_encodings_is_read_in_its_own(shared_data: Path) -> None:
    own = {
        "Big5": {"cp950"}, "EUC-KR": {"cp949"}, "GB2312": {"gb18030"}, "KOI8-R": {"koi8_r"}, "SHIFT_JIS": {"cp932"},
        "UTF-16": {"utf-16", "utf-16-le", "utf-16-be"}, "iso-8859-1": {"cp1252", "utf-8"}, "utf-8": {"utf-8"},
        "utf-8-sig": {"utf-8-sig"}, "windows-1251-russian": {"cp1251"}, "windows-1252": {"cp1252", "utf-8"},
        "windows-1255-hebrew": {"cp1255"},
    }  # fmt: skip
    right = total = 0
    for name, encodings in own.items():
        for path in sorted((shared_data / "nasty" / "encodings" / name).iterdir())[:8]:
            total += 1
            right += find_encoding(path).encoding in encodings
    assert total > 60
    assert right >= 0.95 * total
