"""Rows that were answered wrongly, word for word, for a report in which somebody wants them; never without."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sft_core.evaluation.predictions import Predictions
from sft_core.evaluation.wording import sure, visible
from sft_core.export.masking import masked

MOST = 20
_LONGEST = 500  # characters of a text
_READ = 10_000  # characters of it that are looked at


@dataclass(frozen=True)
class Example:
    """One row: its number as people count, its text (masked), what it was, what was said, and how sure that was."""

    row: str
    text: str
    true: str
    said: str
    sure: str


def examples_of(
    found: Predictions, columns: Sequence[str], met: Collection[int] = (), most: int = MOST
) -> tuple[Example, ...]:
    """The mistakes of which the model was most sure. `columns` hold the text; rows that it has `met` do not count."""
    mistakes, names = found.mistakes(), found.names
    mistakes = mistakes[~mistakes[names.row].isin(list(met))].head(most)
    present = [column for column in columns if column in mistakes]
    return tuple(
        Example(
            row=f"{int(record[names.row]) + 1:,}",
            text=_text([(column, str(record[column])) for column in present]),
            true=visible(str(record[names.true])),
            said=visible(str(record[names.prediction])),
            sure=sure(float(record[names.confidence])),
        )
        for record in mistakes.to_dict("records")
    )


def _text(cells: Sequence[tuple[str, str]]) -> str:
    """The text of a row; several columns as "name: value". Masked before it is cut, so that no half of it stays."""
    whole = cells[0][1] if len(cells) == 1 else " · ".join(f"{name}: {value}" for name, value in cells)
    text = " ".join(masked(whole[:_READ]).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
