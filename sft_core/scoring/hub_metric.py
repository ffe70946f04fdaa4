"""Our scores as an `evaluate.Metric`, for whoever brings a script of that library. Nothing is fetched.

Importing this imports torch (through evaluate, about 5 s): no page and no other module of ours does.
"""

from collections.abc import Sequence
from typing import Any

import datasets
import evaluate

from sft_core.scoring.metrics import METRICS, score_said

DESCRIPTION = "Accuracy, macro-F1, weighted F1 and macro precision and recall over all labels, like scikit-learn's."


class ClassificationScores(evaluate.Metric):  # type: ignore[misc]
    """Scores of answers given as strings; `compute(predictions=…, references=…, labels=…)`."""

    def _info(self) -> evaluate.MetricInfo:
        features = datasets.Features({"predictions": datasets.Value("string"), "references": datasets.Value("string")})
        return evaluate.MetricInfo(
            description=DESCRIPTION, citation="", inputs_description=DESCRIPTION, features=features
        )

    def _compute(
        self, *, predictions: Sequence[str], references: Sequence[str], labels: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """The scores over `labels` (without them: over the classes that occur); without probabilities no log_loss."""
        known = list(labels) if labels is not None else sorted({*predictions, *references})
        scores: dict[str, Any] = {**score_said(list(references), list(predictions), known)}
        return {name: scores[name] for name in METRICS if name != "log_loss"}
