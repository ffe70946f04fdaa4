"""Two runs are compared on the same rows or not at all."""

import json

import pytest
from evaluation_cases import LABELS, answers

from sft_core.errors import StateError
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.comparison import compare
from sft_core.evaluation.predictions import Predictions, read_predictions, write_predictions


@pytest.fixture
def stored(tmp_path):
    def store(given: Answers, name: str, labels=LABELS) -> Predictions:
        write_predictions(tmp_path / name, given, labels)
        return read_predictions(tmp_path / name)

    return store


def test_fixed_and_broken_rows_are_counted_and_shown(stored):
    a, b = stored(answers(200, skill=1.0), "a"), stored(answers(200, skill=3.0), "b")
    found = compare(a, b)
    assert found.rows == 200
    assert len(found.fixed) == found.versus.fixed > found.versus.broken == len(found.broken)
    assert found.difference == pytest.approx((found.versus.fixed - found.versus.broken) / 200)
    assert found.interval[0] < found.difference < found.interval[1]
    assert list(found.fixed.columns) == ["_source", "row", "true", "a", "confidence_a", "message", "b", "confidence_b"]
    assert (found.fixed["b"] == found.fixed["true"]).all() and (found.fixed["a"] != found.fixed["true"]).all()
    assert "the second is better" in found.sentence
    json.dumps(found.as_dict(), allow_nan=False)


def test_a_small_difference_is_not_proven(stored):
    a, b = stored(answers(60, skill=2.0), "a"), stored(answers(60, skill=2.2), "b")
    assert compare(a, b).sentence.endswith("may be luck (p = 0.61).")


def test_a_run_against_itself_is_the_same(stored):
    a = stored(answers(60), "a")
    found = compare(a, a)
    assert found.sentence == "Both are right and wrong on the same rows, on 60 rows."
    assert found.interval is None and found.versus.p == 1.0


def test_only_common_rows_with_the_same_content_and_label_count(stored):
    given = answers(50)
    changed = given.rows.copy()
    changed.loc[0, "message"] = "another text"
    true = list(given.true)
    true[1] = next(label for label in LABELS if label != true[1])
    found = compare(stored(given, "a"), stored(Answers(changed, true, given.probabilities), "b"))
    assert (found.rows, found.only_a, found.only_b) == (48, 2, 2)


def test_runs_with_labels_in_another_order_can_be_compared(stored):
    given = answers(50)
    turned = Answers(given.rows, given.true, given.probabilities[:, ::-1])
    found = compare(stored(given, "a"), stored(turned, "b", LABELS[::-1]))
    assert found.versus.fixed == found.versus.broken == 0
    assert found.a.scores["accuracy"] == found.b.scores["accuracy"]


def test_runs_without_a_common_row_or_class_are_refused(stored):
    a = stored(answers(20), "a")
    shifted = answers(20)
    shifted.rows["_row"] += 100
    with pytest.raises(StateError, match="no test row in common"):
        compare(a, stored(shifted, "b"))
    with pytest.raises(StateError, match="different classes"):
        compare(a, stored(answers(20), "c", ["x", "y", "z"]))
