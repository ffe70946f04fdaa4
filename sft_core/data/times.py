"""Reading a column of times, whatever its notation, for splits by time."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_NOTATIONS = {
    "ISO8601": "year-month-day",
    "%d.%m.%Y": "day.month.year",
    "%d.%m.%Y %H:%M": "day.month.year",
    "%d.%m.%Y %H:%M:%S": "day.month.year",
    "%d.%m.%y": "day.month.year",
    "%d/%m/%Y": "day/month/year",
    "%d/%m/%Y %H:%M": "day/month/year",
    "%d/%m/%Y %H:%M:%S": "day/month/year",
    "%m/%d/%Y": "month/day/year",
    "%m/%d/%Y %H:%M": "month/day/year",
    "%m/%d/%Y %H:%M:%S": "month/day/year",
    "%m/%d/%Y %I:%M %p": "month/day/year",
    "%d-%m-%Y": "day-month-year",
    "%Y/%m/%d": "year/month/day",
    "%Y/%m/%d %H:%M:%S": "year/month/day",
    "%d %b %Y": "day month year",
    "%d %B %Y": "day month year",
    "%b %d, %Y": "month day, year",
    "%B %d, %Y": "month day, year",
    "%a %b %d %H:%M:%S %z %Y": "as in tweets",
    "%a, %d %b %Y %H:%M:%S %z": "as in e-mails",
}
_SAMPLE = 2000


@dataclass(frozen=True)
class Times:
    """`values` orders the rows (NaN where a cell could not be read); `notation` says how the cells were read."""

    values: NDArray[np.float64]
    notation: str


def read_times(column: pd.Series) -> Times:
    """The times of a column of strings: numbers as numbers, dates in the notation that fits most of its cells."""
    cells = column.str.strip()
    sample = cells[cells != ""].drop_duplicates().iloc[:_SAMPLE]
    readable = {"a number": int(pd.to_numeric(sample, errors="coerce").notna().sum())}
    readable |= {notation: int(_dates(sample, notation).notna().sum()) for notation in _NOTATIONS}
    best = max(readable, key=lambda notation: readable[notation])
    if best == "a number":
        return Times(pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64), best)
    dates = _dates(cells, best)
    moments = dates.dt.tz_convert(None).to_numpy(dtype="datetime64[us]")
    return Times(np.where(np.isnat(moments), np.nan, moments.astype(np.int64)), _NOTATIONS[best])


def _dates(cells: pd.Series, notation: str) -> pd.Series:
    # utc: times with different offsets are put in the order in which they happened.
    return pd.to_datetime(cells, format=notation, errors="coerce", utc=True)
