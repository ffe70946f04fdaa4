"""Plain text: one row a line, one column called "text"."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.text_source import open_text, resolve_encoding
from sft_core.data.limits import TableLimits


def find(path: Path, options: ReadOptions, _limits: TableLimits) -> Found:
    """How this file is read: only its encoding is in question."""
    encoding, candidates = resolve_encoding(path, options)
    resolved = options.model_copy(
        update={"format": "txt", "encoding": encoding, "header": False, "delimiter": None, "quote": None}
    )
    return Found(resolved, ("text",), encodings=candidates)


def batches(path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The lines without their ends; an empty line is an empty text."""
    assert found.options.encoding is not None
    start = 0
    with open_text(path, found.options.encoding) as source:
        while lines := [line.rstrip("\r\n") for line in islice(source.text, size)]:
            rows = range(start, start + len(lines))
            start += len(lines)
            kept = [(row, line) for row, line in zip(rows, lines, strict=True) if len(line) <= limits.cell_characters]
            for row, line in zip(rows, lines, strict=True):
                if len(line) > limits.cell_characters:
                    rejects.add(row, "a line is too long", line[:200], row + 1)
            yield Batch([row for row, _ in kept], [[line for _, line in kept]], source.share_done)


FORMAT = Format("txt", "Text, one row a line", find, batches)
