"""The answers row by row (`predictions.parquet`): row, the input columns, true, prediction, confidence, p(<label>).

Where an input column bears one of our names, ours is called with `_output`; the file itself says which is which. The
probabilities are fp32 numbers in columns of doubles: scikit-learn calculates in the type that it finds, and only in
doubles does it come to the numbers of the report.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sft_core.data.own_columns import OWN
from sft_core.errors import DataError
from sft_core.evaluation.answers import Answers
from sft_core.records import SCHEMA_VERSION

ROWS_AT_ONCE = 20_000
FACTS = b"tuneboard"
KEPT = ("_source", "_file")  # of our own columns: which of the given files a row is of, and where its picture lies


@dataclass(frozen=True)
class Names:
    """What our columns are called in one file."""

    row: str
    true: str
    prediction: str
    confidence: str
    known_score: str
    probabilities: tuple[str, ...]


def our_names(inputs: Sequence[str], labels: Sequence[str]) -> Names:
    """Our column names, with `_output` where an input column bears the same."""
    taken = set(inputs)

    def free(name: str) -> str:
        while name in taken:
            name += "_output"
        taken.add(name)
        return name

    return Names(
        row=free("row"),
        true=free("true"),
        prediction=free("prediction"),
        confidence=free("confidence"),
        known_score=free("known_score"),
        probabilities=tuple(free(f"p({label})") for label in labels),
    )


def answers_table(
    rows: pd.DataFrame,
    probabilities: NDArray[Any],
    labels: Sequence[str],
    *,
    true: Sequence[str] | None = None,
    known_score: NDArray[Any] | None = None,
    with_row: bool = True,
) -> pd.DataFrame:
    """The table of answers: row (and `KEPT`), the input columns, true, prediction, confidence, known_score, p(…)."""
    inputs = [name for name in rows.columns if name not in OWN]
    names = our_names(inputs, labels)
    columns: dict[str, Any] = {}
    if with_row:
        columns[names.row] = rows["_row"].to_numpy(dtype=np.int64)
        columns.update({name: rows[name].to_numpy() for name in KEPT if name in rows})
    columns.update({name: rows[name].to_numpy() for name in inputs})
    if true is not None:
        columns[names.true] = list(true)
    said = probabilities.argmax(axis=1) if len(rows) else np.empty(0, dtype=np.int64)
    columns[names.prediction] = [labels[i] for i in said]
    columns[names.confidence] = probabilities.max(axis=1) if len(rows) else np.empty(0, dtype=np.float32)
    if known_score is not None:
        columns[names.known_score] = known_score
    columns.update({name: probabilities[:, i] for i, name in enumerate(names.probabilities)})
    return pd.DataFrame(columns)


def write_predictions(path: Path, answers: Answers, labels: Sequence[str]) -> None:
    """Write `predictions.parquet`, aside first. Streams, so that long label lists need no second copy in memory."""
    inputs = [name for name in answers.rows.columns if name not in OWN]
    facts = {"schema_version": SCHEMA_VERSION, "labels": list(labels), "names": asdict(our_names(inputs, labels))}
    aside = path.with_name(f".{path.name}.tmp")
    writer: pq.ParquetWriter | None = None
    for start in range(0, max(len(answers), 1), ROWS_AT_ONCE):
        part = _arrow_part(answers, labels, start, facts)
        writer = writer or pq.ParquetWriter(aside, part.schema, compression="zstd")
        writer.write_table(part)
    assert writer is not None
    writer.close()
    aside.replace(path)


def _arrow_part(answers: Answers, labels: Sequence[str], start: int, facts: dict[str, Any]) -> pa.Table:
    stop = start + ROWS_AT_ONCE
    table = answers_table(
        answers.rows.iloc[start:stop],
        answers.probabilities[start:stop].astype(np.float32).astype(np.float64),
        labels,
        true=answers.true[start:stop],
    )
    arrays = [pa.array(table[name], type=_type_of(table[name])) for name in table.columns]
    return pa.Table.from_arrays(arrays, names=list(table.columns)).replace_schema_metadata(
        {FACTS: json.dumps(facts, ensure_ascii=False).encode()}
    )


def _type_of(column: pd.Series) -> pa.DataType:
    if pd.api.types.is_integer_dtype(column):
        return pa.int64()
    return pa.float64() if pd.api.types.is_float_dtype(column) else pa.string()


@dataclass(frozen=True, eq=False)
class Predictions:
    """A read `predictions.parquet`: the table as it stands there, and what its columns mean."""

    table: pd.DataFrame
    labels: list[str]
    names: Names

    @property
    def inputs(self) -> list[str]:
        """The columns of the file that was answered."""
        names = self.names
        ours = {names.row, names.true, names.prediction, names.confidence, *KEPT, *names.probabilities}
        return [name for name in self.table.columns if name not in ours]

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Which rows were answered rightly; a row without a label is not."""
        return (self.table[self.names.true] == self.table[self.names.prediction]).to_numpy(dtype=bool)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """(n, k) in the order of `labels`."""
        return self.table[list(self.names.probabilities)].to_numpy(dtype=np.float64)

    @property
    def confidence(self) -> NDArray[np.float64]:
        return self.table[self.names.confidence].to_numpy(dtype=np.float64)

    @property
    def true(self) -> list[str]:
        return list(self.table[self.names.true])

    @property
    def said(self) -> list[str]:
        return list(self.table[self.names.prediction])

    def cell(self, true: str | None = None, said: str | None = None) -> pd.DataFrame:
        """The rows of one square of the matrix (or of a whole row or column of it), the surest first.

        In a square of mistakes the surest are the most confidently wrong: those teach most.
        """
        mask = np.ones(len(self.table), dtype=bool)
        if true is not None:
            mask &= (self.table[self.names.true] == true).to_numpy(dtype=bool)
        if said is not None:
            mask &= (self.table[self.names.prediction] == said).to_numpy(dtype=bool)
        return self.table[mask].sort_values([self.names.confidence, self.names.row], ascending=[False, True])

    def mistakes(self) -> pd.DataFrame:
        """All wrong answers, the most confidently wrong first."""
        wrong = self.table[~self.right & (self.table[self.names.true] != "").to_numpy(dtype=bool)]
        return wrong.sort_values([self.names.confidence, self.names.row], ascending=[False, True])


def read_predictions(path: Path) -> Predictions:
    """A `predictions.parquet` of ours. Raises DataError where it is not one."""
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"The file {path.name} cannot be read.", "Evaluate the run again.") from error
    facts = (table.schema.metadata or {}).get(FACTS)
    if facts is None:
        raise DataError(f"The file {path.name} does not hold answers of a run.", "Evaluate the run again.")
    value = json.loads(facts)
    names = Names(**{**value["names"], "probabilities": tuple(value["names"]["probabilities"])})
    frame = table.to_pandas(strings_to_categorical=False)
    frame["_source"] = frame.get("_source", pd.Series("train", index=frame.index))
    return Predictions(frame, list(value["labels"]), names)
