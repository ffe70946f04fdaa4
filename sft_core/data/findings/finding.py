"""What a look through the rows brings to light, and what the looks share, so that each key is computed once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sft_core.config import Roles
from sft_core.data import duplicates
from sft_core.data.counted import counted, verb
from sft_core.data.fixes.copies import repeats_of
from sft_core.data.fixes.effect import Mask, own_rows
from sft_core.data.fixes.lengths import lengths
from sft_core.data.kinds.kind import InputKind
from sft_core.data.kinds.registry import kind_of

Severity = Literal["error", "warning", "info"]
Check = Callable[["Material"], "Finding | None"]

MOST_ROWS = 200
_EXAMPLES = 5
_MOST_GROUPS, _MOST_ALIKE = 40, 6
_EXAMPLE_LENGTH = 300


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in plain words, with where it is and one step that mends it (None: nothing to press).

    `rows` holds the first 200 as (source, row number), `examples` a few as {source, row, text, label}; `groups` the
    first rows that are alike, those that are no copies among them, each group in the order of the table.
    """

    kind: str
    message: str
    why: str
    count: int
    rows: list[tuple[str, int]] = field(default_factory=list)
    examples: list[dict[str, Any]] = field(default_factory=list)
    fix: dict[str, Any] | None = None
    severity: Severity = "warning"
    groups: list[list[tuple[str, int]]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """JSON value of this finding."""
        groups = [[list(row) for row in group] for group in self.groups]
        return asdict(self) | {"rows": [list(row) for row in self.rows], "groups": groups}


class Material:
    """A table with what several looks need of it."""

    def __init__(self, table: pd.DataFrame, roles: Roles) -> None:
        self.table, self.roles = table, roles

    @property
    def columns(self) -> list[str]:
        """The columns that are read."""
        return list(self.roles.inputs())

    @cached_property
    def kind(self) -> InputKind:
        """What the rows hold."""
        return kind_of(self.roles)

    def counted(self, n: int, one: str, many: str) -> str:
        """ "1 picture is …" or "2,000 rows are …"."""
        return f"{counted(n, *self.kind.rows)} {verb(n, one, many)}"

    @property
    def labels(self) -> pd.Series | None:
        return self.table[self.roles.label] if self.roles.label else None

    @cached_property
    def own(self) -> Mask:
        """Rows that do not come from a given test file."""
        return own_rows(self.table)

    @cached_property
    def empty(self) -> Mask:
        """Rows without anything to read."""
        return duplicates.empty_inputs(self.table, self.roles)

    @cached_property
    def repeats(self) -> Mask:
        """Rows that repeat the text and the class of an earlier one, letter by letter."""
        return repeats_of(self.table, self.roles, duplicates.exact_table_keys(self.table, self.roles), self.empty)

    @cached_property
    def normal_keys(self) -> duplicates.Keys:
        return duplicates.table_keys(self.table, self.roles)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Characters of each row's texts."""
        return lengths(self.table, self.roles)

    def any_text(self, check: Callable[[pd.Series], Mask]) -> Mask:
        """Rows where a check of one column is true for any text column."""
        found = np.zeros(len(self.table), dtype=bool)
        for name in self.columns:
            found |= check(self.table[name])
        return found

    def finding(
        self,
        kind: str,
        mask: Mask,
        message: str,
        why: str,
        *,
        fix: dict[str, Any] | None = None,
        severity: Severity = "warning",
        examples: Mask | None = None,
        alike: duplicates.Keys | None = None,
    ) -> Finding:
        """A finding about these rows; `examples` are shown in their place, where that tells more.

        `alike` is a key for each row of the table where the finding is about rows that are alike.
        """
        places = np.flatnonzero(mask)[:MOST_ROWS]
        shown = np.flatnonzero(mask if examples is None else examples)[:_EXAMPLES]
        rows = list(zip(self._sources(places), self._numbers(places), strict=True))
        return Finding(
            kind, message, why, int(mask.sum()), rows, self._examples(shown), fix, severity, self._groups(mask, alike)
        )

    def _groups(self, mask: Mask, keys: duplicates.Keys | None) -> list[list[tuple[str, int]]]:
        if keys is None:
            return []
        wanted = dict.fromkeys(keys[mask].tolist())
        members: dict[int, list[int]] = {key: [] for key in list(wanted)[:_MOST_GROUPS]}
        for place in np.flatnonzero(np.isin(keys, list(members)) & ~self.empty):
            members[int(keys[place])].append(int(place))
        found = [np.array(places[:_MOST_ALIKE]) for places in members.values()]
        return [list(zip(self._sources(places), self._numbers(places), strict=True)) for places in found]

    def _sources(self, places: NDArray[np.intp]) -> list[str]:
        if "_source" not in self.table:
            return ["train"] * len(places)
        return [str(source) for source in self.table["_source"].iloc[places]]

    def _numbers(self, places: NDArray[np.intp]) -> list[int]:
        numbers = self.table["_row"].iloc[places] if "_row" in self.table else places
        return [int(number) for number in numbers]

    def _examples(self, places: NDArray[np.intp]) -> list[dict[str, Any]]:
        texts = ["\n".join(cells) for cells in self.table[self.columns].iloc[places].itertuples(index=False)]
        labels = [""] * len(places) if self.labels is None else self.labels.iloc[places]
        return [
            {"source": source, "row": row, "text": str(text)[:_EXAMPLE_LENGTH], "label": str(label)}
            for source, row, text, label in zip(
                self._sources(places), self._numbers(places), texts, labels, strict=True
            )
        ]


def rows_are(n: int, one: str, many: str) -> str:
    """ "1 row is …" or "2,000 rows are …"."""
    return f"1 row {one}" if n == 1 else f"{n:,} rows {many}"
