"""One real run over the command line, for all tests that look at what it left; and commands without processes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pandas as pd
import pytest
import torch
from command_line import CLASSES, ROWS_A_CLASS, Journey, call, some_classes
from working_here import supervise_here

from sft_core.cli.main import exit_code
from sft_core.jobs import store
from sft_core.records import read_json, write_json


@pytest.fixture(scope="session")
def journey(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Five classes of banking77, preset quick, the test file given."""
    folder = tmp_path_factory.mktemp("journey")
    source = shared_data / "text" / "banking77"
    train = some_classes(source / "train.csv", folder / "train.csv", CLASSES, ROWS_A_CLASS)
    test = some_classes(source / "test.csv", folder / "test.csv", CLASSES, 40)
    home, run = folder / "home", folder / "run"
    ended = call(home, "train", "--data", train, "--test", test, "--preset", "quick", "--out", run, "--json")
    assert ended.returncode == 0, ended.stderr
    report = read_json(run / "report.json")
    return Journey(home, run, test, report, pd.read_parquet(run / "predictions.parquet"), ended.stdout)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The folder of a finished run with one text column and two classes, as far as the command line looks into it."""
    folder = tmp_path / "finished"
    (folder / "model").mkdir(parents=True)
    write_json(folder / "config.json", {"roles": {"text": ["text"], "label": "label"}})
    write_json(folder / "report.json", {"labels": ["x", "y"]})
    return folder


@pytest.fixture
def call_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., "CompletedProcess[str]"]]:
    """Runs a command in this process, its job too, and says what `call` says."""
    monkeypatch.setattr(store, "ensure_supervisor", supervise_here())
    threads = torch.get_num_threads()

    def called(*arguments: object) -> "CompletedProcess[str]":
        capsys.readouterr()
        code = exit_code([str(word) for word in arguments])
        said = capsys.readouterr()
        return CompletedProcess([], code, said.out, said.err)

    yield called
    torch.set_num_threads(threads)
