"""A picture's own bytes without what does not belong to its pixels: place and camera (EXIF), texts, colour profiles.

Nothing is decoded or encoded anew: the pixels stay the same to the last bit. A file whose parts cannot be followed
gives None, and is then saved anew.
"""

import re
import struct
from collections.abc import Callable

_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = (b"IHDR", b"PLTE", b"IDAT", b"IEND")


def stripped(content: bytes, kind: str) -> bytes | None:
    """The file of this kind ("JPEG", "PNG", "WEBP") with the parts that make its pixels alone; None where unclear."""
    try:
        return _STRIPPERS[kind](content)
    except (struct.error, IndexError):
        return None


def _jpeg(content: bytes) -> bytes | None:
    """Tables, frames and scans; JFIF (without its small picture) and Adobe, which say how colours are meant."""
    if content[:2] != b"\xff\xd8":
        return None
    parts, at = [b"\xff\xd8"], 2
    while match := _MARKER.match(content, at):
        marker, begin = match[1][0], match.end()
        if marker == 0xD9:
            return b"".join([*parts, b"\xff\xd9"])
        if marker in _ALONE:
            at = begin
            continue
        end = begin + struct.unpack(">H", content[begin : begin + 2])[0]
        parts.append(_jpeg_part(marker, content[begin:end]))
        if marker == 0xDA:  # a scan: its data goes on to the next marker
            following = _MARKER.search(content, end)
            if following is None:
                return None
            parts.append(content[end : following.start()])
            end = following.start()
        at = end
    return None


def _jpeg_part(marker: int, body: bytes) -> bytes:
    if marker == 0xE0:
        return _JFIF if body[2:7] == b"JFIF\x00" else b""
    if marker == 0xEE:
        return b"\xff\xee" + body if body[2:7] == b"Adobe" else b""
    if 0xE0 <= marker <= 0xEF or marker == 0xFE:
        return b""
    return bytes((0xFF, marker)) + body


def _png(content: bytes) -> bytes | None:
    if not content.startswith(_PNG_START):
        return None
    parts, at = [_PNG_START], len(_PNG_START)
    while at < len(content):
        length, name = struct.unpack(">L4s", content[at : at + 8])
        end = at + 12 + length
        if name in _PNG_KEPT:
            parts.append(content[at:end])
        if name == b"IEND":
            return b"".join(parts)
        at = end
    return None


def _webp(content: bytes) -> bytes | None:
    """The one picture as a simple file."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    at = 12
    while at < len(content):
        name, length = struct.unpack("<4sL", content[at : at + 8])
        padded = length + length % 2
        if name in (b"VP8 ", b"VP8L"):
            chunk = content[at : at + 8 + padded]
            return b"RIFF" + struct.pack("<L", 4 + len(chunk)) + b"WEBP" + chunk
        at += 8 + padded
    return None


_STRIPPERS: dict[str, Callable[[bytes], bytes | None]] = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}
