"""Which characters the bytes of a text file mean: UTF-8 where it is valid, else a mark at the start, else a choice.

A file that is not valid UTF-8 and has no mark is never read silently: up to three candidates are offered, each with the
lines that decide the question, and what was taken is written down. Automatic detection confuses Western code pages
(cp1252 is often reported as cp1250), so cp1252 stands first for Western text.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from sft_core.data.formats.packed import open_plain
from sft_core.errors import DataError

CHUNK = 1 << 20
SAMPLE = 256 * 1024
PREVIEW_LINES = 5

_PLAIN, _HIGH = re.compile(rb"[A-Za-z]"), re.compile(rb"[\x80-\xff]+")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\x9f\xa0-\xff](?![\x80-\xff])")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What the detector may call a page, and what people really have on their disks.
_WESTERN = ("cp1252", "cp1250", "mac_roman")
_CALLED = {"gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "euc_kr": "cp949", "johab": "cp949"} | {
    "shift_jis": "cp932", "shift_jis_2004": "cp932", "shift_jisx0213": "cp932", "big5": "cp950", "big5hkscs": "cp950"
}  # fmt: skip
_OTHER_SCRIPTS = {
    "cp1251": ("cp1251", "koi8_r", "cp866"),
    "koi8_r": ("koi8_r", "cp1251", "cp866"),
    "mac_cyrillic": ("cp1251", "mac_cyrillic", "koi8_r"),
    "iso8859_5": ("iso8859_5", "cp1251", "koi8_r"),
    "cp866": ("cp866", "cp1251", "koi8_r"),
    "cp1253": ("cp1253", "iso8859_7"),
    "cp1255": ("cp1255", "cp1256"),
    "iso8859_8": ("cp1255", "iso8859_8"),
    "cp1256": ("cp1256", "cp1255"),
    "cp949": ("cp949", "gb18030", "cp932"),
    "gb18030": ("gb18030", "gb2312", "cp950", "cp949"),
    "cp950": ("cp950", "big5", "gb18030", "cp932"),  # Windows' Big5 and the standard's differ in a few signs only,
    "cp932": ("cp932", "shift_jis", "euc_jp", "gb18030"),  # and so do the two of Shift JIS
    "euc_jp": ("euc_jp", "cp932", "gb18030"),
}


@dataclass(frozen=True)
class Candidate:
    """One way to read the bytes, with the first lines that hold anything but plain ASCII."""

    encoding: str
    preview: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Found:
    """The encoding taken; `candidates` is empty where there is no doubt."""

    encoding: str
    candidates: tuple[Candidate, ...] = ()

    @property
    def guessed(self) -> bool:
        return bool(self.candidates)


def find_encoding(path: Path) -> Found:
    """The encoding of a text file: a mark at the start, strict UTF-8, or the first of three candidates."""
    with open_plain(path) as file:
        start = file.read(4096)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Found(name)
    wide = _wide(start)
    if wide:
        return Found(wide)
    share_valid = _utf8_share(path)
    if share_valid == 1:
        return Found("utf-8")
    candidates = _candidates(path, mostly_utf8=share_valid > 0.9)
    return Found(candidates[0].encoding, tuple(candidates))


def check_encoding(name: str) -> str:
    """Python's name of an encoding that the user named. Raises DataError where there is no such text encoding."""
    try:
        info = codecs.lookup(name)
        "".encode(info.name)
    except (LookupError, ValueError) as error:
        raise DataError(
            f"There is no encoding called “{name}”.", "Choose utf-8, cp1252 or another known one."
        ) from error
    return info.name


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of mostly Latin text is zero."""
    if len(start) < 4:
        return None
    even, odd = start[0::2].count(0) / len(start[0::2]), start[1::2].count(0) / len(start[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    with open_plain(path) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _utf8_share(path: Path) -> float:
    """Of all characters beyond ASCII, the share that is valid UTF-8; 1.0 where all of them are."""
    strict = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for chunk in chunks(path):
            strict.decode(chunk)
        strict.decode(b"", final=True)
    except UnicodeDecodeError:
        return min(_lenient_share(path), 0.9999)
    return 1.0


def _lenient_share(path: Path) -> float:
    good = bad = 0
    lenient = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in chunks(path):
        text = lenient.decode(chunk)
        wrong = text.count("\ufffd")
        bad += wrong
        good += len(text) - wrong - len(text.encode("ascii", "ignore"))
    return good / (good + bad) if good + bad else 0.0


def _candidates(path: Path, *, mostly_utf8: bool) -> list[Candidate]:
    telling = _telling_lines(path)
    sample = b"\n".join(telling)
    names = (["utf-8"] if mostly_utf8 else []) + [name for name in _ranked(sample) if _decodes(path, name)]
    names = names or ["latin_1"]
    return [Candidate(name, _preview(telling, name)) for name in dict.fromkeys(names)][:3]


def _telling_lines(path: Path) -> list[bytes]:
    """Lines with bytes beyond ASCII, up to the size of the sample: only they tell encodings apart."""
    lines: list[bytes] = []
    size = 0
    with open_plain(path) as file:
        while size < SAMPLE and (line := file.readline(CHUNK)):
            if not line.isascii():
                lines.append(line.rstrip(b"\r\n"))
                size += len(line)
    return lines


def _ranked(sample: bytes) -> list[str]:
    """Candidate encodings, the most likely first; one Western page is always among the first three."""
    if _looks_western(sample):
        return [*_WESTERN, "latin_1"]
    best = from_bytes(sample[:65536]).best()
    called = _CALLED.get(best.encoding, best.encoding) if best else "cp1252"
    others = _OTHER_SCRIPTS.get(called)
    if others is None:
        return [*_WESTERN, "latin_1"]
    return [*others[:2], "cp1252", *others[2:]]


def _looks_western(sample: bytes) -> bool:
    """Single accented letters among plain ones; in other scripts bytes beyond ASCII stand side by side."""
    plain = len(_PLAIN.findall(sample))
    alone = len(_ALONE.findall(sample))
    high = sum(len(run) for run in _HIGH.findall(sample))
    return alone > 0.8 * high and plain > 2 * high


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        for chunk in chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _preview(lines: list[bytes], name: str) -> tuple[str, ...]:
    return tuple(line.decode(name, "replace")[:200] for line in lines[:PREVIEW_LINES])
