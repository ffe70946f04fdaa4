"""A later file: unknown and missing classes, rows seen before, no labels at all, and never a crash."""

import json

import numpy as np
import pytest
from evaluation_cases import LABELS, answers, one_class, report, table

from sft_core.config import Roles
from sft_core.data.duplicates import row_hashes
from sft_core.errors import DataError
from sft_core.evaluation.seen import read_row_hashes
from sft_core.evaluation.test_file import evaluate_on
from sft_core.evaluation.tuned_run import TunedRun
from sft_core.evaluation.verdict import verdict

ROLES = Roles(text=("message",), label="topic", group="not in this file")
COUNTS = {"Billing": 300, "Complaint": 200, "Delivery": 200}


def judged(true: list[str], given=None, *, seen: frozenset[str] | None = frozenset(), label_map=None, **more) -> dict:
    given = given if given is not None else answers(len(true), seed=7)
    rows = table(len(true), start=1000).assign(topic=true)
    return evaluate_on(TunedRun(report(), COUNTS), rows, ROLES, label_map or {}, seen, given.probabilities, **more)


def test_a_labelled_file_has_the_keys_of_a_run_and_its_own():
    found = judged(answers(150, seed=7).true)
    assert set(found) == {*report(), "test_file"}
    assert found["rows"] == {"train": 700, "validation": 100, "test": 150}
    assert found["metrics"]["test"]["accuracy"] > 0.8
    assert {"unknown_labels", "missing_labels", "seen_rows"} <= set(found["test_file"])
    assert "may be luck" in found["test_file"]["difference"]
    json.dumps(found, allow_nan=False)


def test_unknown_and_missing_classes_are_listed():
    true = ["Billing"] * 60 + ["Refund"] * 5 + ["Complaint"] * 35
    found = judged(true)
    assert found["test_file"]["unknown_labels"] == {"Refund": 5}
    assert found["test_file"]["missing_labels"] == ["Delivery"]
    assert found["metrics"]["test"]["log_loss"] is None


def test_a_class_that_it_never_learnt_is_no_drop_on_those_that_it_knows():
    """The rows of a new class are all wrong; the others are answered as well as ever."""
    given = answers(300, seed=7)
    found = judged([*given.true[:200], *["Return"] * 100], given)
    versus = found["test_file"]["versus_run"]
    assert versus["p"] < 0.001
    assert versus["known"]["rows"] == 200 and versus["known"]["unlearnt"] == {"Return": 100}
    assert versus["known"]["accuracy"] == given.take(np.arange(300) < 200).right(LABELS).mean()
    assert versus["known"]["p"] > 0.05
    said = verdict(found, ("message", "messages")).detail
    assert "a real drop" not in said
    assert "100 messages are of a class that it never learnt (Return)." in said
    assert judged(given.true, given)["test_file"]["versus_run"]["known"] is None


def test_mapped_labels_are_scored_as_ours():
    given = answers(100, seed=7)
    theirs = [label.lower() for label in given.true]
    mapping = {label.lower(): label for label in LABELS}
    assert judged(theirs, given, label_map=mapping)["test_file"]["unknown_labels"] == {}
    assert judged(theirs, given)["metrics"]["test"]["accuracy"] == 0.0


def test_a_mapping_to_a_class_that_is_none_is_refused():
    with pytest.raises(DataError, match="no class Biling") as error:
        judged(["Billing"] * 10, label_map={"x": "Biling"})
    assert "Billing" in error.value.hint


def test_rows_seen_in_training_are_reported_apart():
    given = answers(100, seed=7)
    given.probabilities[:20] = np.eye(3, dtype=np.float32)[[LABELS.index(label) for label in given.true[:20]]]
    seen = frozenset(row_hashes([f"Message number {i}!" for i in range(1000, 1020)]))
    found = judged(given.true, given, seen=seen)
    assert found["test_file"]["seen_rows"] == list(range(1000, 1020))
    assert found["test_file"]["seen_accuracy"] == 1.0
    assert found["rows"]["test"] == sum(map(sum, found["confusion"]["matrix"])) == 80
    assert found["metrics"]["test"]["accuracy"] == given.take(np.arange(100) >= 20).right(LABELS).mean()
    assert any("20 rows stand also in the training data" in warning for warning in found["warnings"])
    assert found["test_file"]["seen_accuracy"] == 1.0


def test_seen_rows_do_not_hide_a_missing_class():
    true = ["Delivery"] * 10 + ["Billing"] * 45 + ["Complaint"] * 45
    seen = frozenset(row_hashes([f"message number {i}" for i in range(1000, 1010)]))
    assert judged(true, seen=seen)["test_file"]["missing_labels"] == ["Delivery"]


def test_a_file_of_nothing_but_seen_rows_has_no_score_and_says_why():
    seen = frozenset(row_hashes([f"message number {i}" for i in range(1000, 1030)]))
    found = judged(answers(30).true, seen=seen)
    assert found["metrics"]["test"]["accuracy"] is None
    assert "seen all labelled rows" in found["unavailable"]["accuracy"]
    assert found["confusion"]["matrix"] is None


def test_a_real_drop_is_said_with_its_p():
    given = answers(300, skill=0.3, seed=7)
    found = judged(given.true, given)
    assert found["test_file"]["versus_run"]["p"] < 0.001
    assert "a real drop, p < 0.001" in found["test_file"]["difference"]
    assert found["test_file"]["difference"] in str(verdict(found))


def test_without_labels_the_accuracy_is_estimated_with_a_warning():
    given = answers(400, seed=7)
    found = judged([""] * 400, given)
    assert found["metrics"]["test"]["accuracy"] is None
    low, high = found["test_file"]["estimated_interval"]
    estimate = found["test_file"]["estimated_accuracy"]
    assert low < estimate < high
    assert estimate == pytest.approx(given.confidence.mean(), abs=1e-6)
    assert found["test_file"]["unknown_labels"] == {} and found["test_file"]["missing_labels"] == []
    said = verdict(found)
    assert said.headline.startswith("It feels right ")
    assert said.detail.startswith("There are no labels, so nobody has checked. This is only how sure the model itself")


def test_a_file_without_a_label_column_is_a_file_without_labels():
    given = answers(20, seed=7)
    found = evaluate_on(TunedRun(report()), table(20), ROLES, {}, None, given.probabilities)
    assert found["metrics"]["test"]["accuracy"] is None
    assert any("not known which rows" in warning for warning in found["warnings"])
    assert found["test_file"]["class_shares"][0]["training"] is None


def test_rows_without_a_label_are_left_out_of_the_score():
    given = answers(50, seed=7)
    found = judged(["", *given.true[1:]], given)
    assert found["rows"]["test"] == 49
    assert found["test_file"]["rows"] == {"file": 50, "scored": 49, "unlabelled": 1}
    assert any("1 row has no label" in warning for warning in found["warnings"])


def test_shifted_classes_are_named():
    given = one_class(answers(100, seed=7), 2)
    found = judged(given.true, given)
    share = found["test_file"]["class_shares"][2]
    assert share == {"label": "Delivery", "now": 1.0, "training": pytest.approx(2 / 7)}
    assert any("Delivery is said 100 times in 100, in training it was 29" in warning for warning in found["warnings"])


def test_baselines_are_judged_on_the_same_unseen_rows():
    given = answers(100, seed=7)
    found = judged(given.true, given, baselines={"probe": answers(100, skill=0.5, seed=7).probabilities})
    assert found["baselines"]["probe"]["accuracy"] < found["metrics"]["test"]["accuracy"]
    assert found["versus_baseline"]["name"] == "probe"
    assert "baselines.majority" in found["unavailable"]


@pytest.mark.parametrize("rows", [0, 1])
def test_tiny_files_never_crash(rows):
    json.dumps(judged(["Billing"] * rows), allow_nan=False)


def test_row_hashes_are_read_and_none_where_there_are_none(tmp_path):
    (tmp_path / "row_hashes.txt").write_text("a\nb\n\n")
    assert read_row_hashes(tmp_path / "row_hashes.txt") == {"a", "b"}
    assert read_row_hashes(tmp_path / "absent.txt") is None


def test_what_is_not_known_of_a_later_file_has_a_reason():
    found = judged(answers(60, seed=7).true, seen=None, timing={"total_seconds": 4.5})
    assert found["audit"]["duplicates_across_splits"] is None
    assert "not known" in found["unavailable"]["audit.duplicates_across_splits"]
    assert found["timing"]["total_seconds"] == 4.5
    for name in ("train_seconds", "examples", "samples_per_second"):
        assert found["timing"][name] is None
        assert "Nothing is trained" in found["unavailable"][f"timing.{name}"]


def test_rows_that_also_stand_in_training_are_counted_in_the_audit():
    rows = table(40, start=1000)
    hashes = frozenset(row_hashes(list(rows["message"][:3]), None))
    found = judged(answers(40, seed=7).true, seen=hashes)
    assert found["audit"]["duplicates_across_splits"] == 3 == len(found["test_file"]["seen_rows"])
    assert "audit.duplicates_across_splits" not in found["unavailable"]
    assert judged(answers(40, seed=7).true)["audit"]["duplicates_across_splits"] == 0
