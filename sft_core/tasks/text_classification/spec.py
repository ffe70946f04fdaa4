"""Text classification as the pages and reports see it: one text (or a pair) in, one of several classes out."""

from sft_core.tasks.task import TaskSpec

SPEC = TaskSpec(
    name="text-classification",
    title="Sort texts into classes",
    input_kind="text",
    row_word=("message", "messages"),
    roles_needed=("text", "label"),
    metrics=("accuracy", "macro_f1", "weighted_f1", "macro_precision", "macro_recall", "log_loss"),
    baselines=("majority", "tfidf_logreg", "probe"),
    engine="sft_core.tasks.text_classification.engine:ENGINE",
)
