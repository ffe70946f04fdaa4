"""Texts: one column or several joined, or a pair. The same text is one that says the same but for case and marks."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from sft_core.config import Roles
from sft_core.data import duplicates, examples
from sft_core.data.kinds.kind import Copies, Inputs, Keys, Mask

_HOME = "sft_core.data.findings"


class Text:
    """See `kind.InputKind`."""

    name = "text"
    noun = "text"
    rows = ("row", "rows")
    copies = Copies(
        conflict=(
            "has the same text as another row, but another class",
            "have the same text as another row, but another class",
        ),
        exact="an earlier row letter by letter",
        alike="an earlier row but for capitals, spaces or sentence marks",
        why_alike="It is the same message to a reader, and nearly the same to a model.",
        rule="normalised",
    )
    checks: ClassVar = {
        "empty rows": f"{_HOME}.emptiness:empty",
        "spellings of class names": f"{_HOME}.spellings:spellings",
        "contradictions": f"{_HOME}.copies:conflicts",
        "duplicates": f"{_HOME}.copies:exact",
        "near copies": f"{_HOME}.copies:normalised",
        "HTML crumbs": f"{_HOME}.letters:markup",
        "broken letters": f"{_HOME}.letters:mojibake",
        "rare classes": f"{_HOME}.classes:rare",
        "very short texts": f"{_HOME}.sizes:short",
        "very long texts": f"{_HOME}.sizes:long",
        "languages": f"{_HOME}.languages:mix",
    }

    def inputs(self, table: pd.DataFrame, roles: Roles, pictures: Path | None) -> Inputs:  # noqa: ARG002
        """Texts, several columns joined as "name: value"."""
        return examples.texts(table, roles)

    def example(self, folder: Path) -> str:  # noqa: ARG002
        """A word."""
        return "warm"

    def exact_keys(self, table: pd.DataFrame, roles: Roles) -> Keys:
        """By the very letters, the text pair included."""
        return duplicates.exact_keys(duplicates.joined(*examples.texts(table, roles)))

    def alike_keys(self, table: pd.DataFrame, roles: Roles) -> Keys:
        """By the normalised text (see `duplicates.normalise`), the text pair included."""
        return duplicates.exact_keys(duplicates.normalised_rows(*examples.texts(table, roles)))

    def hashes(self, table: pd.DataFrame, roles: Roles) -> list[str]:
        """Of the normalised text, the text pair included."""
        return duplicates.row_hashes(*examples.texts(table, roles))

    def empty(self, table: pd.DataFrame, roles: Roles) -> Mask:
        """Rows of which all text columns are blank."""
        blank = np.ones(len(table), dtype=bool)
        for name in roles.inputs():
            blank &= duplicates.is_blank(table[name])
        return blank


TEXT = Text()
