"""Opens a text file in the encoding found or chosen, and tells how far reading has come."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sft_core.config import ReadOptions
from sft_core.data.encodings import Candidate, check_encoding, find_encoding
from sft_core.data.formats.packed import PlainFile
from sft_core.errors import DataError

SAMPLE_BYTES = 1 << 20
CHUNK = 1 << 18


def resolve_encoding(path: Path, options: ReadOptions) -> tuple[str, tuple[Candidate, ...]]:
    """The encoding to read in, and the candidates where it had to be guessed (none where the user chose it)."""
    if options.encoding:
        return check_encoding(options.encoding), ()
    found = find_encoding(path)
    return found.encoding, found.candidates


class TextSource:
    """Lines of a text file with their ends kept; bytes that do not decode become lone surrogates, refused later."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._plain = PlainFile(path)
        binary = io.BufferedReader(self._plain, CHUNK)
        errors = "surrogateescape" if not encoding.replace("_", "-").startswith(("utf-16", "utf-32")) else "replace"
        self.text = io.TextIOWrapper(binary, encoding=encoding, errors=errors, newline="")

    @property
    def share_done(self) -> float:
        return self._plain.share_done

    def close(self) -> None:
        self.text.close()


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextSource]:
    """A TextSource that is closed at the end. Raises DataError where the encoding cannot mean these bytes."""
    source = TextSource(path, encoding)
    try:
        yield source
    except UnicodeError as error:
        raise DataError(f"The file cannot be read as {encoding}.", "Choose another encoding.") from error
    finally:
        source.close()


def sample_text(path: Path, encoding: str, characters: int = SAMPLE_BYTES) -> tuple[str, bool]:
    """The beginning of the file, cut at a line end, and whether that is the whole file."""
    with open_text(path, encoding) as source:
        text = source.text.read(characters)
        whole = source.text.read(1) == ""
    if whole:
        return text, True
    cut = max(text.rfind("\n"), text.rfind("\r"))
    return text[: cut + 1] if cut > 0 else text, False
