"""How large a table may be: beyond this it is refused with a sentence before it can take the machine down."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class TableLimits:
    """Caps on one uploaded table. Sizes in MB (2**20 bytes), lengths in characters."""

    file_mb: int = 2048
    rows: int = 10_000_000
    columns: int = 2_000
    cell_characters: int = 1_000_000
    json_mb: int = 512
    unpacked_mb: int = 4096
    unpacked_ratio: int = 200


def table_limits() -> TableLimits:
    """The caps in force: TUNEBOARD_MAX_FILE_MB changes how large a file may be."""
    chosen = os.environ.get("TUNEBOARD_MAX_FILE_MB", "")
    return TableLimits(file_mb=int(chosen)) if chosen.isdigit() and int(chosen) > 0 else TableLimits()
