"""Our numbers are scikit-learn's, and nothing that cannot be computed looks like a number."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, precision_score, recall_score

from sft_core.errors import DataError
from sft_core.scoring import metrics

LABELS = ["Billing", "Delivery", "Praise", "Technical"]


def answers(rows: int, classes: int, seed: int = 0, skew: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    y = dice.choice(classes, rows, p=dice.dirichlet(np.ones(classes)))
    logits = dice.normal(size=(rows, classes)) + skew * np.eye(classes)[y]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return y, p.astype(np.float32)


@pytest.mark.parametrize(("rows", "classes", "seed"), [(200, 4, 0), (17, 4, 1), (1, 2, 2), (3000, 150, 3), (5, 30, 4)])
def test_metrics_agree_with_scikit_learn(rows, classes, seed):
    y, p = answers(rows, classes, seed)
    labels = [f"c{i:03d}" for i in range(classes)]
    true, said = [labels[i] for i in y], [labels[i] for i in p.argmax(axis=1)]
    found = metrics.score(true, p, labels)
    how = {"labels": labels, "zero_division": 0}
    expected = {
        "accuracy": accuracy_score(true, said),
        "macro_f1": f1_score(true, said, average="macro", **how),
        "weighted_f1": f1_score(true, said, average="weighted", **how),
        "macro_precision": precision_score(true, said, average="macro", **how),
        "macro_recall": recall_score(true, said, average="macro", **how),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-12), name
    p64 = p.astype(np.float64)
    exact = p64 / p64.sum(axis=1, keepdims=True)
    assert metrics.score(true, exact, labels)["log_loss"] == pytest.approx(
        log_loss(true, exact, labels=labels), abs=1e-12
    )
    assert metrics.confusion(true, p, labels) == confusion_matrix(true, said, labels=labels).tolist()


def test_unknown_labels_count_as_wrong_and_leave_no_log_loss():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    found = metrics.score(["a", "b", "never seen"], p, ["a", "b"])
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["macro_f1"] == pytest.approx(
        f1_score(["a", "b", "never seen"], ["a", "b", "a"], labels=["a", "b"], average="macro")
    )
    assert found["log_loss"] is None
    assert "does not know" in found["unavailable"]["log_loss"]


def test_two_unknown_answers_never_agree():
    found = metrics.score_said(["x", "a"], ["x", "a"], ["a", "b"])
    assert found["accuracy"] == 0.5


def test_absent_classes_count_in_the_macro_mean_like_scikit_learn():
    p = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    assert metrics.score(["a", "b"], p, ["a", "b", "c"])["macro_f1"] == pytest.approx(2 / 3)


def test_a_class_that_never_occurs_has_no_recall_rather_than_zero():
    counts = metrics.cells(["a", "a", "b"], ["a", "a", "a"], ["a", "b", "c"])
    a, b, c = metrics.per_class(counts, ["a", "b", "c"])
    assert (a["recall"], a["support"]) == (1.0, 2)
    assert (b["precision"], b["recall"], b["f1"]) == (None, 0.0, 0.0)
    assert (c["precision"], c["recall"], c["f1"], c["support"]) == (None, None, None, 0)


def test_no_rows_give_no_numbers():
    found = metrics.score([], np.empty((0, 2)), ["a", "b"])
    assert all(found[name] is None for name in metrics.METRICS)
    assert set(found["unavailable"]) == set(metrics.METRICS)


def test_all_wrong_is_a_true_zero():
    found = metrics.score(["a", "b"], np.array([[0.1, 0.9], [0.9, 0.1]]), ["a", "b"])
    assert found["accuracy"] == 0.0 and found["macro_f1"] == 0.0 and found["log_loss"] > 2


def test_one_class_in_all_has_no_log_loss():
    found = metrics.score(["a"], np.ones((1, 1)), ["a"])
    assert found["accuracy"] == 1.0 and found["log_loss"] is None


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.array([[np.nan, 0.5], [0.5, 0.5]]), "1 of 2 rows"),
        (np.array([[np.inf, 0.5], [0.5, 0.5]]), "1 of 2 rows"),
        (np.array([[3.0, 1.0], [0.5, 0.5]]), "add up"),
        (np.array([[-0.5, 1.5], [0.5, 0.5]]), "add up"),
        (np.ones((3, 2)) / 2, "shape"),
    ],
)
def test_what_is_no_probability_is_refused(bad, words):
    with pytest.raises(DataError, match=words):
        metrics.score(["a", "b"], bad, ["a", "b"])
