"""The adapter gives our numbers in the library's own way, without a network."""

import socket

import pytest
from sklearn.metrics import f1_score


@pytest.fixture
def offline(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_scores_are_ours_batch_by_batch(offline, tmp_path):
    from sft_core.scoring.hub_metric import ClassificationScores  # imports torch: only here

    true, said, labels = ["a", "b", "c", "a"], ["a", "b", "b", "c"], ["a", "b", "c", "d"]
    metric = ClassificationScores(keep_in_memory=True, cache_dir=str(tmp_path))
    metric.add_batch(predictions=said[:2], references=true[:2])
    metric.add_batch(predictions=said[2:], references=true[2:])
    found = metric.compute(labels=labels)
    assert found["accuracy"] == 0.5
    assert found["macro_f1"] == pytest.approx(f1_score(true, said, labels=labels, average="macro", zero_division=0))
    assert "log_loss" not in found
