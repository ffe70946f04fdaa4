"""The formats that can be read, and which of them a file is. A new format is one module and one line here."""

import importlib
from typing import cast

from sft_core.config import TableFormat
from sft_core.data.formats.base import Format

FORMATS: dict[TableFormat, str] = {
    "csv": "sft_core.data.formats.delimited:FORMAT",
    "txt": "sft_core.data.formats.lines:FORMAT",
    "excel": "sft_core.data.formats.excel:FORMAT",
    "json": "sft_core.data.formats.json_document:FORMAT",
    "jsonl": "sft_core.data.formats.json_lines:FORMAT",
    "parquet": "sft_core.data.formats.parquet:FORMAT",
    "pictures": "sft_core.data.formats.pictures:FORMAT",
}


def load_format(kind: TableFormat) -> Format:
    """The format of this name, imported when it is needed."""
    module, _, name = FORMATS[kind].partition(":")
    return cast(Format, getattr(importlib.import_module(module), name))
