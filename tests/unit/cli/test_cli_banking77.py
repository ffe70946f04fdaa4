"""The bar of the project: banking77 whole, all defaults, over the command line."""

from pathlib import Path

import pytest
from command_line import call

from sft_core.records import read_events, read_json


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_defaults_reach_the_bar_on_the_whole_of_banking77(shared_data: Path, tmp_path: Path) -> None:
    source, run = shared_data / "text" / "banking77", tmp_path / "run"
    asked = ("train", "--data", source / "train.csv", "--test", source / "test.csv", "--out", run)
    ended = call(tmp_path / "home", *asked, seconds=3500)
    assert ended.returncode == 0, ended.stderr
    report = read_json(run / "report.json")
    assert report["rows"]["test"] == 3080
    assert report["metrics"]["test"]["accuracy"] >= 0.925
    assert report["timing"]["examples"] <= 60_000
    evaluations = [event for event in read_events(run / "events.jsonl")[0] if event["kind"] == "evaluation"]
    first_pass = next(event for event in evaluations if event["epoch"] == 1)
    assert first_pass["metrics"]["accuracy"] >= 0.86
