"""What kind of file this is, by its content first and its name second; what cannot be read gets its own sentence."""

import codecs
import json
from pathlib import Path

from sft_core.config import ReadOptions, TableFormat
from sft_core.data.formats.dialects import find_dialect, is_table
from sft_core.data.formats.excel import OLD_EXCEL
from sft_core.data.formats.packed import WORKBOOKS, listing, open_plain, own_name, whole_file
from sft_core.data.formats.parquet import ENCRYPTED, MAGIC
from sft_core.data.formats.text_source import resolve_encoding, sample_text
from sft_core.data.limits import TableLimits
from sft_core.data.pictures.members import PICTURE_ENDINGS, Listing
from sft_core.errors import DataError

_OLDEST_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")  # before 1997
_TABLE_ENDINGS = {".csv", ".tsv", ".tab"}
_LINES_ENDINGS = {".jsonl", ".ndjson"}
_UNREADABLE = (
    (b"%PDF", "a PDF document", "Copy its table into a spreadsheet and save that as CSV."),
    (b"\x89PNG", "a picture", "Pictures cannot be read as a table; choose a CSV, Excel, JSON or Parquet file."),
    (b"\xff\xd8\xff", "a picture", "Pictures cannot be read as a table; choose a CSV, Excel, JSON or Parquet file."),
    (b"GIF8", "a picture", "Pictures cannot be read as a table; choose a CSV, Excel, JSON or Parquet file."),
    (b"\x1f\x8b", "compressed twice (gzip)", "Unpack it first and choose the file inside."),
    (b"BZh", "compressed twice (bzip2)", "Unpack it first and choose the file inside."),
    (b"\xfd7zXZ", "a compressed file (xz)", "Unpack it first and choose the file inside."),
    (b"7z\xbc\xaf", "a compressed file (7z)", "Unpack it first and choose the file inside."),
    (b"Rar!", "a compressed file (rar)", "Unpack it first and choose the file inside."),
    (b"SQLite format 3", "a database", "Export the table as CSV."),
    (b"\x7fELF", "a program", "Choose a CSV, Excel, JSON or Parquet file."),
    (b"MZ\x90", "a program", "Choose a CSV, Excel, JSON or Parquet file."),
    (
        b"\x80\x04",
        "a Python file",
        "Save the table as CSV or Parquet: such files can hold programs and are never opened.",
    ),
    (
        b"\x80\x05",
        "a Python file",
        "Save the table as CSV or Parquet: such files can hold programs and are never opened.",
    ),
)
_DOCUMENTS = {
    "mimetype": ("an OpenDocument file", "Save it as .xlsx or CSV."),
    "word/document.xml": ("a Word document", "Copy its table into a spreadsheet and save that."),
    "ppt/presentation.xml": ("a presentation", "Copy its table into a spreadsheet and save that."),
}
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def check_file(path: Path, limits: TableLimits) -> None:
    """Refuse what is no readable file of a bearable size. Raises DataError."""
    if path.is_dir():
        return  # of pictures: they are judged one by one
    if not path.exists():
        raise DataError(f"There is no file “{path.name}”.", "Check the name and choose again.")
    if not path.is_file():
        raise DataError(f"“{path.name}” is not an ordinary file.", "Choose a CSV, Excel, JSON or Parquet file.")
    size = path.stat().st_size
    if size == 0:
        raise DataError("The file is empty.", "Choose a file that holds a table.")
    if size > limits.file_mb * 2**20:
        raise DataError(
            f"The file has {_megabytes(size / 2**20)} MB; at most {_megabytes(limits.file_mb)} MB are read.",
            "Take a part of it, or keep only the columns with the text and the label.",
        )
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise DataError(f"“{path.name}” cannot be opened.", "Check that you are allowed to read it.") from error


def _megabytes(size: float) -> str:
    """Whole megabytes, of small sizes as many digits as tell them apart."""
    return f"{size:,.0f}" if size >= 10 else f"{size:.3g}"


def recognise(path: Path, options: ReadOptions) -> TableFormat:
    """The format of a file that `check_file` has let pass. Raises DataError for what is no table."""
    if path.is_dir():
        return "pictures"
    with open_plain(path) as file:
        start = file.read(65536)
    found = _by_magic(path, start)
    if found is not None:
        return found
    if _is_binary(start):
        raise DataError("This is a binary file, not a table.", "Choose a CSV, TSV, TXT, Excel, JSON or Parquet file.")
    if not start.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise DataError("The file holds nothing but blank space.", "Choose a file that holds a table.")
    return options.format or _by_text(path, options)


def _by_magic(path: Path, start: bytes) -> TableFormat | None:
    if start.startswith(MAGIC):
        return "parquet"
    if start.startswith(ENCRYPTED):
        raise DataError("This Parquet file is encrypted.", "Save it without encryption.")
    if start.startswith((OLD_EXCEL, *_OLDEST_EXCEL)):
        if _ending(path) in WORKBOOKS:
            raise DataError("This workbook is protected by a password.", "Save it in Excel without a password.")
        raise DataError(
            "This is an old Excel file (.xls), which is not read.",
            "Open it in Excel or LibreOffice and use “Save as” with the type .xlsx or CSV.",
        )
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path)
    if start[257:262] == b"ustar":
        raise DataError("This is a tar archive, not a table.", "Unpack it first and choose the file inside.")
    for magic, what, hint in _UNREADABLE:
        if start.startswith(magic):
            raise DataError(f"This is {what}, not a table.", hint)
    return None


def _zip(path: Path) -> TableFormat:
    """A workbook is a zip, and so are many pictures; a zip with one table is read as that table (see `packed`)."""
    if _ending(path) in WORKBOOKS:
        return "excel"
    found = listing(whole_file(path))
    names = {member.path for member in found.members}
    if any(name.startswith("xl/") for name in names):
        return "excel"
    for sign, (what, hint) in _DOCUMENTS.items():
        if sign in names:
            raise DataError(f"This is {what}, which is not read.", hint)
    if any(member.ending in PICTURE_ENDINGS for member in found.members):
        return "pictures"
    raise DataError(*_no_table(found))


def _no_table(found: Listing) -> tuple[str, str]:
    """What is said of a zip from which no table can be taken."""
    count = len(found.members) + len(found.left_out)
    if not count:
        return "This zip archive is empty.", "Choose a file that holds a table."
    if count == 1:
        reason = found.left_out[0][1] if found.left_out else "is a zip itself"
        return f"The file in this zip archive {reason}.", "Unpack it first and choose the file inside."
    return (
        f"This zip archive holds {count:,} files and no pictures, so it is not clear which one is the table.",
        "Unpack it and choose the file, or make a zip with the one table alone.",
    )


def _ending(path: Path) -> str:
    return Path(own_name(path)).suffix.casefold()


def _is_binary(start: bytes) -> bool:
    """Control characters that no text holds; wide encodings are text with zeros in a regular pattern."""
    if start.startswith(_MARKS):
        return False
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = max(len(start) // 2, 1)
    if max(even, odd) > 0.4 * half and min(even, odd) < 0.05 * half:
        return False
    control = sum(start.count(code) for code in range(32) if code not in (9, 10, 11, 12, 13, 27))
    return control > 0.02 * len(start) + 2


def _by_text(path: Path, options: ReadOptions) -> TableFormat:
    ending = _ending(path)
    if ending in _LINES_ENDINGS:
        return "jsonl"
    if ending in _TABLE_ENDINGS:
        return "csv"
    sample, whole = sample_text(path, resolve_encoding(path, options)[0])
    json_kind = _json_kind(sample, whole=whole)
    if json_kind and (ending == ".json" or _is_json(sample, json_kind)):
        return json_kind
    if ending == ".json":
        return "json"
    return "csv" if is_table(find_dialect(sample, options.delimiter, options.quote)) else "txt"


def _json_kind(sample: str, *, whole: bool) -> TableFormat | None:
    text = sample.lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return "json"
    if not text.startswith("{"):
        return None
    lines = [line for line in text.splitlines()[:3] if line.strip()]
    if len(lines) > 1 and sum(_parses(line) for line in lines) >= 2:
        return "jsonl"
    return "jsonl" if not whole and lines and _parses(lines[0]) else "json"


def _is_json(sample: str, kind: TableFormat) -> bool:
    """Whether a file without a telling name is JSON: an object line parses, or a list starts with objects."""
    return kind == "jsonl" or sample.lstrip("\ufeff \t\r\n[").startswith(("{", "["))


def _parses(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
