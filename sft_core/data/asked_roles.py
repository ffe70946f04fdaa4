"""What the columns are for where somebody said it in part: what was said holds, the rest is guessed."""

import pandas as pd

from sft_core.config import Roles
from sft_core.data.own_columns import OWN
from sft_core.data.roles import guess_roles
from sft_core.errors import DataError


def completed(asked: Roles, table: pd.DataFrame) -> Roles:
    """All that was asked for, and a guess for each role of which nothing was said. Raises DataError."""
    _check(asked, table)
    given = {name: value for name, value in asked.model_dump().items() if value}
    return Roles(**{**_guess(asked, table).model_dump(), **given})


def needed(asked: Roles, table: pd.DataFrame) -> Roles:
    """The same for input and label only: a training must not split by a column that nobody has named.

    Of pictures that lie in folders for training and test the split is no guess.
    """
    _check(asked, table)
    if asked.inputs() and asked.label:
        return asked
    guess = _guess(asked, table)
    if guess.image and not asked.text:
        given = {name: value for name, value in asked.model_dump().items() if value}
        return Roles(**{"image": guess.image, "label": guess.label, "split": guess.split, **given})
    return asked.model_copy(update={"text": asked.text or guess.text, "label": asked.label or guess.label})


def _guess(asked: Roles, table: pd.DataFrame) -> Roles:
    return guess_roles(table.drop(columns=list(asked.columns())))


def _check(asked: Roles, table: pd.DataFrame) -> None:
    missing = [name for name in asked.columns() if name not in table.columns]
    if missing:
        own = [str(name) for name in table.columns if name not in OWN]
        raise DataError(
            f"There is no column “{missing[0]}” in this file.", f"Choose one of its columns: {', '.join(own[:20])}."
        )
    named = [name for name in (*asked.text, asked.text_pair) if name]  # a label among them has a sentence of its own
    twice = [name for name in named if named.count(name) > 1]
    if twice:
        raise DataError(
            f"The column “{twice[0]}” is named twice.",
            "A column is one of the texts or the second text: name it once.",
        )
