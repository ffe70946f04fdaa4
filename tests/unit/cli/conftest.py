"""One real run over the command line, for all tests that look at what it left."""

from pathlib import Path

import pandas as pd
import pytest
from command_line import CLASSES, ROWS_A_CLASS, Journey, call, some_classes

from sft_core.records import read_json, write_json


@pytest.fixture(scope="session")
def journey(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Six classes of banking77, preset quick, the test file given."""
    folder = tmp_path_factory.mktemp("journey")
    source = shared_data / "text" / "banking77"
    train = some_classes(source / "train.csv", folder / "train.csv", CLASSES, ROWS_A_CLASS)
    test = some_classes(source / "test.csv", folder / "test.csv", CLASSES, 40)
    home, run = folder / "home", folder / "run"
    asked = ["train", "--data", train, "--test", test, "--preset", "quick"]
    ended = call(home, *asked, "--out", run, "--json")
    assert ended.returncode == 0, ended.stderr
    report = read_json(run / "report.json")
    return Journey(home, run, asked, test, report, pd.read_parquet(run / "predictions.parquet"), ended.stdout)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The folder of a finished run with one text column and two classes, as far as the command line looks into it."""
    folder = tmp_path / "finished"
    (folder / "model").mkdir(parents=True)
    write_json(folder / "config.json", {"roles": {"text": ["text"], "label": "label"}})
    write_json(folder / "report.json", {"labels": ["x", "y"]})
    return folder
