"""`demo`: the sample from the file to the report, and how long one waits for the first and the last matrix."""

import subprocess
import time
from pathlib import Path

import pytest
from command_line import command

from sft_core.records import EVENTS, read_events, read_json


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_sample_shows_a_matrix_in_20_seconds_and_is_learnt_in_90(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNEBOARD_HOME", str(tmp_path / "home"))
    began = time.time()
    ended = subprocess.run(command("demo", "--out", tmp_path / "run"), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "Right " in ended.stdout and str(tmp_path / "run") in ended.stdout

    events = read_events(tmp_path / "run" / EVENTS)[0]
    looks = [event for event in events if event["kind"] in ("baseline", "evaluation") and event.get("confusion")]
    probe = next(event for event in looks if event.get("name") == "probe")
    assert 0.80 <= probe["metrics"]["accuracy"] <= 0.92
    finished = next(event for event in events if event["kind"] == "finished")
    report = read_json(tmp_path / "run" / "report.json")
    assert 0.80 <= report["baselines"]["probe"]["accuracy"] <= 0.92
    assert report["metrics"]["test"]["accuracy"] > report["baselines"]["probe"]["accuracy"]
    waited = probe["t"] - began, finished["t"] - began
    assert waited[0] <= 20 and waited[1] <= 90, waited
