"""Two runs on the same test rows: which is better, what one fixes and breaks, and whether that is more than luck."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sft_core.errors import StateError
from sft_core.evaluation.judging import Judged, judge, plain
from sft_core.evaluation.predictions import Predictions
from sft_core.evaluation.verdict import SURE
from sft_core.evaluation.wording import chance, counted
from sft_core.scoring.uncertainty import Interval, Versus, mcnemar, paired_difference

KEY = ["_source", "_number"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Run B against run A on the rows that both were tested on; `fixed` and `broken` are B's changes to A."""

    rows: int
    only_a: int
    only_b: int
    a: Judged
    b: Judged
    versus: Versus
    difference: float
    interval: Interval | None
    fixed: pd.DataFrame
    broken: pd.DataFrame
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON has them."""
        sides = {
            name: {**side.values(), "intervals": side.intervals()} for name, side in (("a", self.a), ("b", self.b))
        }
        facts = {
            "rows": self.rows,
            "only_a": self.only_a,
            "only_b": self.only_b,
            **self.versus._asdict(),
            "difference": self.difference,
            "interval": self.interval,
            "sentence": self.sentence,
        }
        return dict(plain({**sides, **facts}))


def compare(a: Predictions, b: Predictions) -> Comparison:
    """Both runs on their common test rows: same source, row number, label and columns. Raises StateError without any.

    The rows `fixed` and `broken` have the columns of the file, `true`, `a`, `b`, `confidence_a` and `confidence_b`.
    """
    if set(a.labels) != set(b.labels):
        hint = "Compare runs that were trained on the same classes."
        raise StateError("These two runs know different classes.", hint)
    both = _join(a, b)
    if not len(both):
        raise StateError(
            "These two runs have no test row in common.", "Test both on the same file, then compare them again."
        )
    true = list(both["true"])
    judged_a = judge(true, a.probabilities[both["_at_a"]], a.labels)
    judged_b = judge(true, b.probabilities[both["_at_b"]], b.labels)
    right_a, right_b = a.right[both["_at_a"]], b.right[both["_at_b"]]
    versus = mcnemar(right_b, right_a)
    shown = both.drop(columns=["_at_a", "_at_b"]).rename(columns={"_number": "row"})
    if "_file" in a.table:
        shown["_file"] = a.table["_file"].to_numpy()[both["_at_a"]]
    return Comparison(
        rows=len(both),
        only_a=len(a.table) - len(both),
        only_b=len(b.table) - len(both),
        a=judged_a,
        b=judged_b,
        versus=versus,
        difference=float(right_b.mean() - right_a.mean()),
        interval=paired_difference(right_b, right_a),
        fixed=shown[right_b & ~right_a],
        broken=shown[~right_b & right_a],
        sentence=_sentence(versus, len(both)),
    )


def _join(a: Predictions, b: Predictions) -> pd.DataFrame:
    """The rows of both with their place in each table; a row number with another content is another row."""
    inputs = [name for name in a.inputs if name in b.inputs]
    left, right = _side(a, inputs, "a"), _side(b, inputs, "b")
    return left.merge(right, on=[*KEY, "true", *_prefixed(inputs)], how="inner", validate="one_to_one").rename(
        columns=dict(zip(_prefixed(inputs), inputs, strict=True))
    )


def _side(predictions: Predictions, inputs: list[str], name: str) -> pd.DataFrame:
    table, names = predictions.table, predictions.names
    columns: dict[str, Any] = {
        "_source": table["_source"],
        "_number": table[names.row],
        "true": table[names.true],
        name: table[names.prediction],
        f"confidence_{name}": table[names.confidence],
        f"_at_{name}": np.arange(len(table)),
    }
    columns.update(zip(_prefixed(inputs), (table[column] for column in inputs), strict=True))
    return pd.DataFrame(columns)


def _prefixed(inputs: list[str]) -> list[str]:
    """Input columns under names that cannot meet ours."""
    return [f"_input_{i}" for i in range(len(inputs))]


def _sentence(versus: Versus, rows: int) -> str:
    on = f"on {counted(rows, ('row', 'rows'))}"
    if not versus.fixed and not versus.broken:
        return f"Both are right and wrong on the same rows, {on}."
    changes = f"The second fixes {versus.fixed:,} and breaks {versus.broken:,} {on}"
    if versus.p >= SURE:
        return f"{changes}: that may be luck ({chance(versus.p)})."
    better = "better" if versus.fixed > versus.broken else "worse"
    return f"{changes}: the second is {better}, and that is no luck ({chance(versus.p)})."
