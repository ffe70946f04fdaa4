"""JSON Lines: one object a line. A broken line costs only itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sft_core.config import ReadOptions
from sft_core.data.formats.base import Batch, Format, Found, Rejects
from sft_core.data.formats.json_values import cell, flat, loads
from sft_core.data.formats.text_source import open_text, resolve_encoding
from sft_core.data.limits import TableLimits
from sft_core.errors import DataError


def find(path: Path, options: ReadOptions, limits: TableLimits) -> Found:
    """How this file is read: all keys of all lines, in the order of their first appearance, are the columns."""
    encoding, candidates = resolve_encoding(path, options)
    keys: dict[str, None] = {}
    with open_text(path, encoding) as source:
        for line in source.text:
            record = _record(line, limits)
            if isinstance(record, dict):
                keys.update(dict.fromkeys(record))
            if len(keys) > limits.columns:
                raise DataError(
                    f"The objects in this file have more than {limits.columns:,} different keys.",
                    "Keep the keys with the text and the label, and save it again.",
                )
    if not keys:
        raise DataError(
            "No line of this file is a record in braces, {…}.", "Write one object a line: {“text”: …, “label”: …}."
        )
    resolved = options.model_copy(
        update={"format": "jsonl", "encoding": encoding, "header": True, "delimiter": None, "quote": None}
    )
    return Found(resolved, tuple(keys), encodings=candidates)


def batches(path: Path, found: Found, limits: TableLimits, rejects: Rejects, size: int) -> Iterator[Batch]:
    """The rows of the file, a missing key read as an empty cell."""
    assert found.options.encoding is not None
    rows: list[int] = []
    cells: list[list[str]] = []
    record = -1
    with open_text(path, found.options.encoding) as source:
        for line_number, line in enumerate(source.text, start=1):
            if not line.strip():
                continue
            record += 1
            value = _record(line, limits)
            if not isinstance(value, dict):
                rejects.add(record, value, line.rstrip("\r\n"), line_number)
                continue
            rows.append(record)
            cells.append([cell(value.get(key)) for key in found.columns])
            if len(rows) == size:
                yield Batch(rows, list(zip(*cells, strict=True)), source.share_done)
                rows, cells = [], []
        if rows:
            yield Batch(rows, list(zip(*cells, strict=True)), 1.0)


def _record(line: str, limits: TableLimits) -> dict[str, Any] | str:
    """The object on a line, or why there is none."""
    if len(line) > 10 * limits.cell_characters:
        return "a line is too long"
    try:
        value = loads(line)
    except json.JSONDecodeError as error:
        why = error.msg.lower().removesuffix(" at").replace("delimiter", "separator")
        return f"not valid JSON ({why})"
    except ValueError as error:
        return f"not valid JSON ({error})"
    return flat(value) if isinstance(value, dict) else "not a record in braces, {…}"


FORMAT = Format("jsonl", "JSON Lines", find, batches)
