"""Four real data sets through the command line, with nothing but the files named; of one, a few rows on a page."""

from pathlib import Path

import pytest
from command_line import call
from data_sets import BASELINES, DATA_SETS

from sft_core.records import read_json


def train(folder: Path, files: dict[str, Path], *more: str, seconds: float = 300) -> tuple[dict, dict]:
    """Train on these files without a word about columns; report and configuration."""
    others = [word for split in ("validation", "test") if split in files for word in (f"--{split}", files[split])]
    run = folder / "run"
    ended = call(folder / "home", "train", "--data", files["train"], *others, "--out", run, *more, seconds=seconds)
    assert ended.returncode == 0, ended.stderr
    return read_json(run / "report.json"), read_json(run / "config.json")


@pytest.mark.slow
@pytest.mark.parametrize("name", DATA_SETS)
def test_a_whole_data_set_is_learnt_as_well_as_its_probe_or_better(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    data = DATA_SETS[name]
    report, config = train(tmp_path, data.whole(shared_data), seconds=3600)
    assert (config["roles"]["text"], config["roles"]["label"]) == ([data.text], data.label)
    assert set(report["baselines"]) == BASELINES
    scores = {one: found["accuracy"] for one, found in report["baselines"].items()}
    assert report["metrics"]["test"]["accuracy"] >= max(scores["probe"], scores["majority"]) - 0.02
    assert report["audit"]["duplicates_across_splits"] == 0
    assert report["metrics"]["test"]["macro_f1"] > report["baselines"]["majority"]["macro_f1"]
