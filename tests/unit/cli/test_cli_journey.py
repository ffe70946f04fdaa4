"""The command line from the file to the model taken home, on real rows: every command, one run."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pandas as pd
import pytest
from command_line import CLASSES, Journey, call
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss, precision_recall_fscore_support

from sft_core.records import JOB, RESULT, read_json

Call = Callable[..., "CompletedProcess[str]"]
REPORT_KEYS = {
    "schema_version", "task", "model", "preset", "seed", "rows", "labels", "metrics", "intervals", "baselines",
    "versus_baseline", "confusion", "per_class", "calibration", "threshold", "audit", "unavailable", "timing",
    "environment", "warnings",
}  # fmt: skip


def probabilities(journey: Journey) -> np.ndarray:
    return journey.predictions[[f"p({label})" for label in journey.report["labels"]]].to_numpy()


def test_train_prints_its_report(journey: Journey) -> None:
    assert json.loads(journey.printed) == journey.report
    assert set(journey.report) >= REPORT_KEYS
    assert set(journey.report["baselines"]) == {"majority", "tfidf_logreg", "probe"}
    assert journey.report["rows"]["test"] == CLASSES * 40
    assert journey.report["metrics"]["test"]["accuracy"] > 0.8


def test_the_time_of_the_report_is_that_of_the_whole_command(journey: Journey) -> None:
    order, result = read_json(journey.run / JOB), read_json(journey.run / RESULT)
    assert order["began"] < order["submitted"]
    unreported = result["ended"] - order["began"] - journey.report["timing"]["total_seconds"]
    assert 0 <= unreported < 5  # the model card, and the end of the worker


def test_scikit_learn_finds_the_same_numbers_in_the_stored_predictions(journey: Journey) -> None:
    metrics, labels = journey.report["metrics"]["test"], journey.report["labels"]
    true, said = journey.predictions["true"], journey.predictions["prediction"]
    p = probabilities(journey)
    assert list(said) == [labels[place] for place in p.argmax(axis=1)]
    assert metrics["accuracy"] == pytest.approx(accuracy_score(true, said), abs=1e-9)
    for kind in ("macro", "weighted"):
        expected = f1_score(true, said, labels=labels, average=kind, zero_division=0)
        assert metrics[f"{kind}_f1"] == pytest.approx(expected, abs=1e-9)
    with pytest.warns(UserWarning, match="do not sum to one"):  # to the last digit of fp32 they do
        assert metrics["log_loss"] == pytest.approx(log_loss(true, p.astype(float), labels=labels), abs=1e-9)
    assert journey.report["confusion"]["matrix"] == confusion_matrix(true, said, labels=labels).tolist()
    precision, recall, f1, support = precision_recall_fscore_support(true, said, labels=labels, zero_division=0)
    for place, entry in enumerate(journey.report["per_class"]):
        found = (entry["precision"], entry["recall"], entry["f1"], entry["support"])
        assert found == pytest.approx((precision[place], recall[place], f1[place], support[place]), abs=1e-9)


def test_the_pipeline_of_transformers_gives_the_same_answers_on_200_rows(journey: Journey) -> None:
    from transformers import pipeline

    rows = journey.predictions.head(200)
    assert len(rows) == 200
    classify = pipeline("text-classification", model=str(journey.run / "model"), device="cpu", batch_size=20)
    for (_, row), answer in zip(rows.iterrows(), classify(list(rows["text"]), truncation=True), strict=True):
        assert answer["label"] == row["prediction"]
        assert answer["score"] == pytest.approx(row["confidence"], abs=1e-3)


def test_a_second_training_does_not_overwrite_the_first(journey: Journey, call_here: Call) -> None:
    ended = call_here("train", "--data", journey.test_file, "--out", journey.run)
    assert ended.returncode == 2
    assert "is not empty" in ended.stderr and "resume --run" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_later_file_is_scored_and_its_strangers_are_named(journey: Journey, tmp_path: Path, call_here: Call) -> None:
    table = pd.read_csv(journey.test_file, dtype=str).head(30)
    theirs = table.rename(columns={"text": "Message", "category": "Topic"})
    first = journey.report["labels"][0]
    known = table["category"].iloc[0]
    theirs["Topic"] = theirs["Topic"].replace({known: "card (new name)"})
    theirs.loc[len(theirs)] = ["I want a pony", "ponies"]
    trained_on = pd.read_parquet(journey.run / "rows.parquet").query("_split == 'train'").iloc[0]
    theirs.loc[len(theirs)] = [trained_on["text"], trained_on["category"]]
    theirs.to_csv(tmp_path / "later.csv", index=False)
    out = tmp_path / "report.json"
    ended = call_here(
        "evaluate", "--run", journey.run, "--data", tmp_path / "later.csv",
        "--text", "Message", "--label", "Topic", "--map-label", f"card (new name)={known}", "--out", out,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    report = read_json(out)
    assert report["test_file"]["unknown_labels"] == {"ponies": 1}
    assert report["test_file"]["seen_rows"] == [31]
    assert first == known or first in report["test_file"]["missing_labels"]
    assert report["metrics"]["test"]["log_loss"] is None and report["unavailable"]["log_loss"]
    assert report["rows"]["test"] == 31


def test_predict_keeps_the_columns_and_gives_way_to_their_names(journey: Journey, tmp_path: Path) -> None:
    rows = pd.DataFrame({"text": ["my card has not come", "=1+1"], "prediction": ["mine", "007"]})
    rows.to_csv(tmp_path / "rows.csv", index=False)
    ended = call(
        journey.home, "predict", "--run", journey.run, "--data", tmp_path / "rows.csv", "--out", tmp_path / "out.csv"
    )
    assert ended.returncode == 0, ended.stderr
    answers = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)
    assert list(answers["prediction"]) == ["mine", "007"]
    assert set(answers["prediction_output"]) <= set(journey.report["labels"])
    assert answers["text"][1] == "'=1+1"  # a spreadsheet would calculate it
    p = answers[[f"p({label})" for label in journey.report["labels"]]].astype(float)
    assert np.allclose(p.sum(axis=1), 1, atol=1e-4)
    assert answers["known_score"].astype(float).between(0, 1).all()


def test_export_is_a_zip_that_stands_alone(journey: Journey, tmp_path: Path, call_here: Call) -> None:
    out = tmp_path / "model.zip"
    assert call_here("export", "--run", journey.run, "--format", "zip", "--out", out).returncode == 0
    names = {Path(name).name for name in zipfile.ZipFile(out).namelist()}
    assert {"model.safetensors", "config.json", "README.md", "report.json", "row_hashes.txt"} <= names
    refused = call_here("export", "--run", journey.run, "--format", "onnx", "--out", tmp_path / "m.onnx")
    assert refused.returncode == 2 and "cannot be made yet" in refused.stderr


def test_status_lists_the_run_as_finished(journey: Journey) -> None:
    listed = call(journey.home, "status")
    assert listed.returncode == 0
    assert "finished" in listed.stdout


def test_inspect_says_what_the_file_is(journey: Journey) -> None:
    ended = call(journey.home, "inspect", "--data", journey.test_file)
    found = json.loads(ended.stdout)
    assert ended.returncode == 0
    assert (found["rows"], found["columns"]) == (CLASSES * 40, ["text", "category"])
    assert found["format"]["kind"] == "csv" and found["format"]["header"] is True
    assert (found["roles"]["text"], found["roles"]["label"]) == (["text"], "category")
    assert sum(found["classes"].values()) == CLASSES * 40


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff\xfe" * 400, b"PK\x03\x04 no zip at all"])
def test_inspect_refuses_what_is_no_table(content: bytes, tmp_path: Path, call_here: Call) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(content)
    ended = call_here("inspect", "--data", bad)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert 1 <= len(ended.stderr.strip().splitlines()) <= 3 and "Traceback" not in ended.stderr


def test_inspect_refuses_a_file_over_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEBOARD_MAX_FILE_MB", "1")
    large = tmp_path / "large.csv"
    large.write_text("text,label\n" + "a line of words,x\n" * 70_000)
    ended = call(tmp_path / "home", "inspect", "--data", large)
    assert (ended.returncode, ended.stdout) == (2, "")
    said = ended.stderr.strip().splitlines()
    assert len(said) == 2 and "1 MB" in ended.stderr and "Traceback" not in ended.stderr


def refused(call_here: Call, folder: Path, content: str, *more: str, code: int = 2) -> str:
    """What a training on this file says, which cannot begin: one sentence, one hint, nothing left behind."""
    bad, run = folder / "bad.csv", folder / "run"
    bad.write_text(content, encoding="utf-8")
    ended = call_here("train", "--data", bad, "--out", run, *more)
    assert ended.returncode == code, ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 2
    assert not run.exists()
    return ended.stderr


def test_a_file_that_cannot_be_trained_on_is_bad_input(tmp_path: Path, call_here: Call) -> None:
    said = refused(call_here, tmp_path, "text,label\nhello there,x\nhow are you,x\n")
    assert said.startswith("All rows have the same label")


def test_a_model_of_the_hub_is_asked_for_and_no_network_is_one_sentence(tmp_path: Path, call_here: Call) -> None:
    said = refused(call_here, tmp_path, "text,label\na b,x\nc d,y\n", "--model", "nobody/nothing", code=1)
    assert "cannot reach the Hugging Face hub" in said
