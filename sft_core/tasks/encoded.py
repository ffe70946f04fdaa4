"""Texts as numbers: all rows in one flat array with offsets, so that a million short rows are two arrays, no lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]


class Rows(Protocol):
    """Rows as an engine reads them: tokens of texts, or pictures. Each has a length, by which batches are cut."""

    def __len__(self) -> int: ...

    @property
    def lengths(self) -> Ints:
        """(n,) what each row costs: its tokens, or 1 for a picture."""
        ...

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> Any:
        """The rows named, in that order."""
        ...


@dataclass(frozen=True)
class Encoded:
    """Rows of tokens. `columns` holds flat int32 arrays of equal size ("input_ids", perhaps "token_type_ids");

    row i is `[offsets[i], offsets[i + 1])` of each. `padding` is the value that fills up short rows, for each column.
    """

    columns: dict[str, Ints]
    offsets: NDArray[np.int64]
    padding: dict[str, int]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @cached_property
    def lengths(self) -> Ints:
        """Tokens of each row."""
        return np.diff(self.offsets).astype(np.int32)

    @property
    def input_ids(self) -> list[Ints]:
        """The tokens of each row, as views."""
        return [self.row(i) for i in range(len(self))]

    def row(self, i: int, column: str = "input_ids") -> Ints:
        """One row of a column, as a view."""
        return self.columns[column][self.offsets[i] : self.offsets[i + 1]]

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> "Encoded":
        """The rows named, in that order."""
        columns = {
            name: np.concatenate([self.row(int(i), name) for i in indices] or [flat[:0]])
            for name, flat in self.columns.items()
        }
        lengths = self.lengths[np.asarray(indices, dtype=np.int64)]
        return Encoded(columns, offsets_of(lengths), self.padding)


def offsets_of(lengths: Sequence[int] | Ints) -> NDArray[np.int64]:
    """Where each row begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)


def from_rows(rows: dict[str, list[list[int]]], padding: dict[str, int]) -> Encoded:
    """Rows as a tokenizer gives them (lists of lists), made flat."""
    offsets = offsets_of([len(row) for row in rows["input_ids"]])
    size = int(offsets[-1])
    columns = {
        name: np.fromiter(chain.from_iterable(values), dtype=np.int32, count=size) for name, values in rows.items()
    }
    return Encoded(columns, offsets, {name: padding.get(name, 0) for name in rows})


def concatenate(parts: Sequence[Encoded]) -> Encoded:
    """Several blocks of rows as one, in order; at least one is needed."""
    first = parts[0]
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in first.columns}
    return Encoded(columns, offsets_of(np.concatenate([part.lengths for part in parts])), first.padding)
