"""What is put to a model in Try it, made ready by the kind of input, and what it said."""

from dataclasses import dataclass
from typing import Any

SAID = "try_said"
FIELDS = "try_fields"  # counts how often another page put something down: the fields begin anew
ONE, MANY = "one", "many"
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Ready:
    """What is asked: `rows` holds the cells of each as a person knows it, `inputs` (and `pairs`) what the model reads.

    `shown` is kept to show a row later where its cells are not enough: a small picture as a data URI. `left_out` are
    names of what could not be read, with the reason.
    """

    rows: Rows
    inputs: list[str]
    pairs: list[str] | None = None
    shown: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Said:
    """What a run answered last."""

    run: str
    mode: str
    rows: Rows
    answer: dict[str, Any]
    shown: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
