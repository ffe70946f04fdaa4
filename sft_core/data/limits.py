"""How large a table may be: beyond this it is refused with a sentence before it can take the machine down."""

import math
import os
from dataclasses import dataclass

from sft_core.errors import ConfigError

MAX_FILE = "TUNEBOARD_MAX_FILE_MB"


@dataclass(frozen=True)
class TableLimits:
    """Caps on one uploaded table. Sizes in MB (2**20 bytes), lengths in characters."""

    file_mb: float = 2048
    rows: int = 10_000_000
    columns: int = 2_000
    cell_characters: int = 1_000_000
    json_mb: int = 512
    unpacked_mb: int = 4096
    unpacked_ratio: int = 200


def table_limits() -> TableLimits:
    """The caps in force: TUNEBOARD_MAX_FILE_MB changes how large a file may be. Raises ConfigError where it cannot."""
    chosen = os.environ.get(MAX_FILE, "").strip()
    if not chosen:
        return TableLimits()
    try:
        megabytes = float(chosen)
    except ValueError:
        megabytes = math.nan
    if not (math.isfinite(megabytes) and megabytes > 0):
        raise ConfigError(
            [f"{MAX_FILE} is “{chosen}”, which is not a size."], "Set it to a number of megabytes above 0, or unset it."
        )
    return TableLimits(file_mb=megabytes)
