"""report.json: the keys of the design, scikit-learn's numbers, null and a reason where there is none."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from evaluation_cases import LABELS, answers, one_class, report, table
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, precision_recall_fscore_support

from sft_core.data.split_facts import class_notes
from sft_core.errors import DataError
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.predictions import read_predictions, write_predictions

KEYS = {
    "schema_version task model preset seed rows labels metrics intervals baselines versus_baseline commonest "
    "confusion per_class calibration threshold audit unavailable timing environment warnings"
}


def test_the_report_has_exactly_the_keys_of_the_design():
    found = report()
    assert set(found) == set(next(iter(KEYS)).split())
    assert set(found["rows"]) == {"train", "validation", "test"}
    assert set(found["metrics"]) == {"validation", "test"}
    assert {"accuracy", "macro_f1", "weighted_f1", "log_loss"} <= set(found["metrics"]["test"])
    assert {"accuracy", "macro_f1"} <= set(found["intervals"]["test"])
    assert set(found["baselines"]) == {"majority", "tfidf_logreg", "probe"}
    assert set(found["versus_baseline"]) == {"name", "p", "fixed", "broken"}
    assert set(found["confusion"]) == {"labels", "matrix"}
    assert {"label", "precision", "recall", "f1", "support", "interval"} <= set(found["per_class"][0])
    assert {"ece_before", "ece_after", "temperature"} <= set(found["calibration"])
    assert set(found["timing"]) == {
        "train_seconds",
        "examples",
        "samples_per_second",
        "total_seconds",
        "peak_memory_mb",
    }


def test_baselines_have_the_same_metrics_as_the_model():
    found = report()
    for name in ("majority", "tfidf_logreg", "probe"):
        assert set(found["baselines"][name]) == set(found["metrics"]["test"])


def test_a_baseline_that_learnt_from_a_part_has_the_number_of_its_rows():
    found = report(parts={"probe": 500})
    assert found["baselines"]["probe"]["rows_used"] == 500
    assert "rows_used" not in found["baselines"]["tfidf_logreg"]


def test_what_the_split_said_of_small_classes_is_not_said_twice():
    """The notes of the split come with the rows, those on the test from the test; a class is shown as it is written."""
    counts = {label: {"train": 9, "validation": 2, "test": rows} for label, rows in (("Billing ", 3), ("Refund", 0))}
    notes = class_notes(counts, {"train": 18, "validation": 4, "test": 43}, ["Billing "])
    given = answers(43, labels=["Billing ", "Complaint", "Refund"])
    given.true[:] = ["Billing "] * 3 + ["Complaint"] * 40
    of_it = {"labels": ["Billing ", "Complaint", "Refund"], "test": given, "validation": given, "baselines": {}}
    said = report(**of_it, warnings=[*notes, "Else."])
    assert len(notes) == 2 and "Else." in said["warnings"]
    assert not set(notes) & set(said["warnings"])
    assert [warning for warning in said["warnings"] if "Billing" in warning] == [
        "One class has fewer than 10 test rows, too few to trust: “Billing·”."
    ]
    assert [warning for warning in said["warnings"] if "Refund" in warning] == [
        "One class never occurs in the test: Refund. It counts as 0 in the mean over classes (macro-F1)."
    ]


def test_the_report_is_json_without_nan():
    json.dumps(report(timing={"train_seconds": float("nan")}), allow_nan=False)
    assert report(timing={"train_seconds": float("nan")})["timing"]["train_seconds"] is None


def test_the_report_agrees_with_scikit_learn_from_the_stored_predictions(tmp_path):
    test = answers(500, skill=1.0, labels=[f"class {i:02d}" for i in range(20)])
    labels = [f"class {i:02d}" for i in range(20)]
    found = report(test=test, labels=labels, baselines={}, validation=answers(50, labels=labels))
    write_predictions(tmp_path / "predictions.parquet", test, labels)
    stored = pd.read_parquet(tmp_path / "predictions.parquet")
    true, said = stored["true"], stored["prediction"]
    metrics = found["metrics"]["test"]
    assert metrics["accuracy"] == pytest.approx(accuracy_score(true, said), abs=1e-9)
    for kind in ("macro", "weighted"):
        expected = f1_score(true, said, labels=labels, average=kind, zero_division=0)
        assert metrics[f"{kind}_f1"] == pytest.approx(expected, abs=1e-9)
    p = stored[[f"p({label})" for label in labels]].to_numpy()
    with pytest.warns(UserWarning, match="do not sum to one"):  # to the last digit of fp32 they do
        assert metrics["log_loss"] == pytest.approx(log_loss(true, p, labels=labels), abs=1e-9)
    assert found["confusion"]["matrix"] == confusion_matrix(true, said, labels=labels).tolist()
    rates = precision_recall_fscore_support(true, said, labels=labels, zero_division=0)
    for i, entry in enumerate(found["per_class"]):
        for name, values in zip(("precision", "recall", "f1", "support"), rates, strict=True):
            assert entry[name] == pytest.approx(values[i], abs=1e-9)


def test_unknown_labels_count_as_wrong_and_are_named():
    test = answers(50)
    test.true[:3] = ["Praise"] * 3
    found = report(test=test, baselines={})
    assert found["metrics"]["test"]["log_loss"] is None
    assert "does not know" in found["unavailable"]["log_loss"]
    assert any("3 test rows have a label that the model does not know (Praise)" in w for w in found["warnings"])


def test_absent_and_rare_classes_are_named():
    test = answers(60)
    kept = test.take(np.array([label != "Delivery" for label in test.true]))
    found = report(test=kept, baselines={})
    assert found["intervals"]["test"]["macro_f1"] is None
    assert "fewer than 5 rows" in found["unavailable"]["macro_f1_interval"]
    assert any("never occurs in the test: Delivery" in warning for warning in found["warnings"])
    assert found["per_class"][2]["recall"] is None


def test_the_best_baseline_is_the_opponent_and_the_test_is_paired():
    found = report()
    assert found["versus_baseline"]["name"] == "probe"
    gained = found["versus_baseline"]["fixed"] - found["versus_baseline"]["broken"]
    accuracy = found["metrics"]["test"]["accuracy"] - found["baselines"]["probe"]["accuracy"]
    assert gained == round(200 * accuracy)
    assert found["versus_baseline"]["p"] < 0.05


def test_a_model_that_does_not_beat_the_baseline_says_so():
    test = answers(200)
    found = report(baselines={"majority": one_class(test, 0), "probe": test})
    assert found["versus_baseline"] == {"name": "probe", "p": 1.0, "fixed": 0, "broken": 0}
    assert any("not proven to be better" in warning for warning in found["warnings"])
    assert found["baselines"]["tfidf_logreg"] is None
    assert "baselines.tfidf_logreg" in found["unavailable"]


def test_the_present_answer_is_judged_like_a_baseline():
    test = answers(200)
    rival = [*test.true[:150], *["Billing"] * 50]
    found = report(rival=rival)
    assert 0.75 <= found["baselines"]["rival"]["accuracy"] < 0.9
    assert found["baselines"]["rival"]["log_loss"] is None
    assert found["versus_rival"]["fixed"] > 0


def test_calibration_before_is_found_by_undoing_the_temperature():
    test = answers(300)
    from sft_core.scoring.calibration import soften

    given = report(test=test, uncalibrated=soften(test.probabilities, 1 / 1.4), baselines={})
    found = report(test=test, baselines={})
    assert found["calibration"]["ece_before"] == pytest.approx(given["calibration"]["ece_before"], abs=1e-6)
    assert found["calibration"]["ece_before"] != found["calibration"]["ece_after"]
    assert sum(b["rows"] for b in found["calibration"]["bins"]["after"]) == 300


def test_the_threshold_is_learnt_on_validation_not_on_the_test():
    first, second = report(test=answers(200)), report(test=answers(200, skill=0.1), baselines={})
    assert first["threshold"] == second["threshold"]
    assert 0 < first["threshold"] < 1


@pytest.mark.parametrize(
    "test",
    [
        answers(1),
        answers(5, skill=-20.0),
        one_class(answers(30), 1),
        answers(30).take(np.array([label == "Billing" for label in answers(30).true])),
        answers(0),
    ],
    ids=["one row", "all wrong", "one class said", "one class there", "no row"],
)
def test_degenerate_answers_never_crash(test):
    baselines = {"majority": one_class(test, 0)}
    found = report(test=test, baselines=baselines, validation=answers(0))
    json.dumps(found, allow_nan=False)
    assert found["threshold"] is None and "threshold" in found["unavailable"]
    if not len(test):
        assert found["metrics"]["test"]["accuracy"] is None and found["versus_baseline"] is None


def test_one_label_in_all_never_crashes():
    rows = Answers(table(10), ["only"] * 10, np.ones((10, 1), dtype=np.float32))
    found = report(labels=["only"], test=rows, validation=rows, baselines={"majority": rows}, temperature=1.0)
    assert found["metrics"]["test"]["accuracy"] == 1.0 and found["metrics"]["test"]["log_loss"] is None


def test_nan_probabilities_are_an_error_and_no_score():
    test = answers(10)
    test.probabilities[3] = np.nan
    with pytest.raises(DataError, match="1 of 10 rows"):
        report(test=test, baselines={})


def test_labels_that_stand_twice_are_refused():
    with pytest.raises(DataError, match="twice"):
        report(labels=["Billing", "Billing", "Delivery"])


def test_answers_of_different_length_are_refused():
    with pytest.raises(DataError, match="do not belong together"):
        Answers(table(3), ["a"], np.ones((3, 1), dtype=np.float32))


def test_predictions_keep_input_columns_that_bear_our_names(tmp_path):
    test = answers(5)
    rows = test.rows.assign(prediction="theirs", row="x")
    write_predictions(tmp_path / "p.parquet", Answers(rows, test.true, test.probabilities), LABELS)
    found = read_predictions(tmp_path / "p.parquet")
    assert list(found.table["prediction"]) == ["theirs"] * 5
    assert found.said == test.said(LABELS)
    assert found.inputs == ["message", "prediction", "row"]
    assert list(found.table[found.names.row]) == [0, 1, 2, 3, 4]


def test_predictions_hold_fp32_numbers_in_the_order_of_the_labels(tmp_path):
    test = answers(50)
    write_predictions(tmp_path / "p.parquet", test, LABELS)
    columns = pq.read_schema(tmp_path / "p.parquet").names
    assert columns == ["row", "_source", "message", "true", "prediction", "confidence", *(f"p({x})" for x in LABELS)]
    found = read_predictions(tmp_path / "p.parquet")
    assert (found.probabilities.astype(np.float32) == test.probabilities).all()
    assert found.right.mean() == test.right(LABELS).mean()


def test_predictions_without_rows_can_be_written_and_read(tmp_path):
    write_predictions(tmp_path / "p.parquet", answers(0), LABELS)
    assert len(read_predictions(tmp_path / "p.parquet").table) == 0


def test_predictions_are_written_in_parts_without_a_seam(tmp_path, monkeypatch):
    monkeypatch.setattr("sft_core.evaluation.predictions.ROWS_AT_ONCE", 7)
    test = answers(20)
    write_predictions(tmp_path / "p.parquet", test, LABELS)
    assert read_predictions(tmp_path / "p.parquet").true == test.true
    assert [path.name for path in tmp_path.iterdir()] == ["p.parquet"]


def test_a_square_of_the_matrix_shows_the_most_confidently_wrong_first(tmp_path):
    test = answers(200, skill=0.5)
    write_predictions(tmp_path / "p.parquet", test, LABELS)
    found = read_predictions(tmp_path / "p.parquet")
    cell = found.cell("Complaint", "Delivery")
    assert len(cell) == report(test=test, baselines={})["confusion"]["matrix"][1][2] > 0
    assert cell["confidence"].is_monotonic_decreasing
    assert len(found.mistakes()) == (~test.right(LABELS)).sum()


@pytest.mark.parametrize("content", [b"", b"no parquet"])
def test_a_broken_predictions_file_is_named(tmp_path, content):
    (tmp_path / "p.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"p\.parquet"):
        read_predictions(tmp_path / "p.parquet")


def test_a_foreign_parquet_file_is_named(tmp_path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(DataError, match="does not hold answers"):
        read_predictions(tmp_path / "p.parquet")
