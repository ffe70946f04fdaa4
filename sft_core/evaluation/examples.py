"""The rows of an evaluation that show most at a glance: the surest right answers, the surest wrong ones, the unsure."""

from collections.abc import Collection

import pandas as pd

from sft_core.evaluation.predictions import Predictions


def surest_right(found: Predictions, met: Collection[int] = ()) -> pd.DataFrame:
    """Right answers, of each class the surest first, then the others; where nothing is labelled, all answers so.

    Rows that the model has `met` are left out here and below.
    """
    names = found.names
    labelled = (found.table[names.true] != "").any()
    rows = _others(found, found.table[found.right] if labelled else found.table, met)
    rows = rows.sort_values([names.confidence, names.row], ascending=[False, True])
    again = rows.duplicated(names.prediction)
    return pd.concat([rows[~again], rows[again]])


def surest_wrong(found: Predictions, met: Collection[int] = ()) -> pd.DataFrame:
    """Wrong answers, the surest first."""
    return _others(found, found.mistakes(), met)


def least_sure(found: Predictions, met: Collection[int] = ()) -> pd.DataFrame:
    """All answers, the least sure first."""
    names = found.names
    return _others(found, found.table, met).sort_values([names.confidence, names.row])


def _others(found: Predictions, rows: pd.DataFrame, met: Collection[int]) -> pd.DataFrame:
    return rows[~rows[found.names.row].isin(list(met))]
