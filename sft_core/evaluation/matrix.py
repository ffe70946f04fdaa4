"""The confusion matrix as it is read: sorted by size or by confusion, the worst pairs first."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

Order = Literal["given", "name", "size", "confusion"]
Matrix = Sequence[Sequence[int]]
MOST_CLASSES = 25  # with more, the pairs say more than the squares


class Pair(NamedTuple):
    """One class taken for another: how often, and which share of the real class that is."""

    true: str
    predicted: str
    rows: int
    share: float


class Square(NamedTuple):
    """What stands in one square: rows, their share of the real class, and of all that was called so."""

    true: str
    predicted: str
    rows: int
    of_true: float
    of_said: float


def ordered(confusion: Mapping[str, Any], by: Order = "given") -> tuple[list[str], list[list[int]]]:
    """Labels and matrix of a report's `confusion`, sorted: by name, largest class first, or most confused first."""
    labels, matrix = list(confusion["labels"]), confusion["matrix"]
    keys = {
        "given": lambda i: i,
        "name": lambda i: (labels[i].casefold(), labels[i]),
        "size": lambda i: (-sum(matrix[i]), i),
        "confusion": lambda i: (-_errors(matrix, i), i),
    }
    return part(labels, matrix, sorted(range(len(labels)), key=keys[by]))


def most_confused(confusion: Mapping[str, Any], most: int = 20) -> list[Pair]:
    """The pairs of classes that are mixed up most often, the worst first."""
    return sorted(
        (
            Pair(square.true, square.predicted, square.rows, square.of_true)
            for square in squares(confusion["matrix"], confusion["labels"])
            if square.true != square.predicted
        ),
        key=lambda pair: (-pair.rows, -pair.share, pair.true, pair.predicted),
    )[:most]


def mixed_up_most(confusion: Mapping[str, Any], most: int) -> dict[str, Any]:
    """The part of the matrix with the `most` classes of the worst pairs, in whose order they stand beside each other.

    All classes, the largest first, where there are no more than that.
    """
    labels, matrix = list(confusion["labels"]), confusion["matrix"]
    if len(labels) <= most:
        names, shown = ordered(confusion, "size")
        return {"labels": names, "matrix": shown}
    taken: list[str] = []
    for pair in most_confused(confusion, len(labels) ** 2):
        new = [name for name in (pair.true, pair.predicted) if name not in taken]
        if len(taken) + len(new) <= most:
            taken += new
    rest = [name for name in ordered(confusion, "size")[0] if name not in taken]
    places = [labels.index(name) for name in (taken + rest)[:most]]
    names, shown = part(labels, matrix, places)
    return {"labels": names, "matrix": shown}


def mistakes(confusion: Mapping[str, Any]) -> int:
    """How many rows of a matrix were answered wrongly."""
    matrix = confusion["matrix"]
    return int(sum(map(sum, matrix)) - sum(row[place] for place, row in enumerate(matrix)))


def part(labels: Sequence[str], matrix: Matrix, places: Sequence[int]) -> tuple[list[str], list[list[int]]]:
    """Only these classes, in this order."""
    return [labels[i] for i in places], [[int(matrix[i][j]) for j in places] for i in places]


def squares(matrix: Matrix, labels: Sequence[str]) -> list[Square]:
    """All squares with something in them."""
    real = [sum(row) for row in matrix]
    said = [sum(row[j] for row in matrix) for j in range(len(labels))]
    return [
        Square(true, predicted, int(matrix[i][j]), matrix[i][j] / real[i], matrix[i][j] / said[j])
        for i, true in enumerate(labels)
        for j, predicted in enumerate(labels)
        if matrix[i][j]
    ]


def _errors(matrix: Matrix, place: int) -> int:
    """Rows of this class that were missed, and rows of others that were called so."""
    return sum(matrix[place]) + sum(row[place] for row in matrix) - 2 * matrix[place][place]
