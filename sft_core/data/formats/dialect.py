"""How the cells of a text table are parted, quoted and protected."""

import csv
import functools
import re
from dataclasses import dataclass

_MASK = "\ufdd0"  # stands for a protected quotation mark; no text may hold this character


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and quoted; `quote` "" means that quotation marks are ordinary characters.

    `escape` protects a quotation mark inside a cell, `spaced` tells that a blank follows each separator.
    """

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    spaced: bool = False

    def arguments(self) -> dict[str, object]:
        """The same for Python's csv module."""
        if not self.quote:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE, "quotechar": None}
        return {"delimiter": self.delimiter, "quotechar": self.quote, "skipinitialspace": self.spaced}

    def hidden(self, text: str) -> str:
        """The text with its protected quotation marks behind a mask, so that they end no cell."""
        if not self.escape or self.escape not in text:
            return text
        masks = {self.escape + self.quote: _MASK, self.escape * 2: self.escape}
        return _protected(self.escape, self.quote).sub(lambda found: masks[found[0]], text)

    def shown(self, cells: list[str]) -> list[str]:
        """Cells with the masks of `hidden` taken off."""
        if not self.escape:
            return cells
        return [cell.replace(_MASK, self.quote) if _MASK in cell else cell for cell in cells]


@functools.cache
def _protected(escape: str, quote: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(escape)}[{re.escape(escape + quote)}]")
