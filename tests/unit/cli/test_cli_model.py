"""`evaluate`, `predict`, `export`: what is refused before the work, what is said after it, and what is left behind."""

from pathlib import Path
from typing import Any

import pytest

from sft_core.cli import model as commands
from sft_core.cli.main import exit_code
from sft_core.errors import DataError, SFTError, Stopped
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.records import write_json
from sft_core.workspace import Workspace

REPORT = {
    "labels": ["x", "y"],
    "metrics": {"test": {"accuracy": 0.9}},
    "rows": {"test": 100},
    "intervals": {"test": {"accuracy": [0.82, 0.95]}},
}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("text,label\na b,x\nc d,y\n")
    return path


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> list[store.Job]:
    """The work is done at once; the jobs that were followed."""
    followed: list[store.Job] = []

    def done(here: Workspace, job: store.Job, **_: object) -> store.Job:
        followed.append(job)
        store.stop(here, job.id)  # it has ended
        write_json(job.folder / "report.json", REPORT)
        for name in ("predictions.csv", "model.zip"):
            (job.folder / name).write_text(name)
        return job

    monkeypatch.setattr(commands, "follow", done)
    return followed


def breaks(monkeypatch: pytest.MonkeyPatch, error: SFTError) -> None:
    def broken(here: Workspace, job: store.Job, **_: object) -> store.Job:
        store.stop(here, job.id)
        raise error

    monkeypatch.setattr(commands, "follow", broken)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--text a --text b", "2 columns are given as --text, and this run learnt from “text” alone."),
        ("--text a --text-pair b", "This run learnt from no text pairs."),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_columns_that_the_model_does_not_read_are_not_dropped_without_a_word(
    command: str, words: str, sentence: str, finished: Path, rows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = rows.parent / "out.csv"
    arguments = [command, "--run", str(finished), "--data", str(rows), "--out", str(out), *words.split()]
    assert exit_code(arguments) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == sentence and len(said) == 2


def test_a_label_is_mapped_to_a_class_of_the_run_only(
    finished: Path, rows: Path, works: list[store.Job], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", "--run", str(finished), "--data", str(rows), "--out", str(rows.parent / "r.json")]
    assert exit_code([*words, "--map-label", "x=nope"]) == 2
    said = capsys.readouterr().err
    assert "The model knows no class nope." in said and not works
    assert exit_code([*words, "--map-label", "x=y"]) == 0
    assert works[0].kind == "evaluate"


def test_evaluate_prints_its_verdict_as_train_does(
    finished: Path, rows: Path, works: list[store.Job], capsys: pytest.CaptureFixture[str], workspace: Workspace
) -> None:
    out = rows.parent / "report.json"
    assert exit_code(["evaluate", "--run", str(finished), "--data", str(rows), "--out", str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Right 90 times in 100; with 100 rows") and said[1] == f"The report is in {out}"
    assert [job.id for job in store.list_jobs(workspace)] == [works[0].id], "it is an evaluation of the run"
    assert works[0].folder.parent == finished / "evaluations" and works[0].folder.is_dir()


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_a_later_file_is_read_as_it_is_told(
    finished: Path, rows: Path, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def refused(here: Workspace, job: store.Job, **_: object) -> store.Job:
        asked.append(read_order(job.folder).request["read"])
        store.stop(here, job.id)
        raise DataError("That is enough.", "")

    monkeypatch.setattr(commands, "follow", refused)
    words = [command, "--run", str(finished), "--data", str(rows), "--out", str(rows.parent / "out.csv")]
    assert exit_code([*words, "--read", "delimiter=tab", "--read", "skip=1"]) == 2
    assert [(read["delimiter"], read["skip"], read["sheet"]) for read in asked] == [("\t", 1, None)]
    assert exit_code([*words, "--read", "tab"]) == 2
    assert "not of the form key=value" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["predict", "export"])
def test_nothing_of_a_delivered_file_stays_in_the_workspace(
    command: str, finished: Path, rows: Path, works: list[store.Job], workspace: Workspace
) -> None:
    out = rows.parent / "out.csv"
    more = ["--data", str(rows)] if command == "predict" else []
    assert exit_code([command, "--run", str(finished), "--out", str(out), *more]) == 0
    assert out.read_text() == ("predictions.csv" if command == "predict" else "model.zip")
    assert works and store.list_jobs(workspace) == []
    assert list(workspace.jobs.iterdir()) == [] and list(workspace.trash.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "left", "code"),
    [
        (DataError("No good.", "Bring another."), 0, 2),
        (Stopped("Stopped."), 0, 130),
        (SFTError("It broke.", "See the log."), 1, 1),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_bad_input_and_stop_leave_nothing_behind_but_what_broke_keeps_its_log(
    command: str, error: SFTError, left: int, code: int, finished: Path, rows: Path,
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    breaks(monkeypatch, error)
    out = rows.parent / "out.json"
    assert exit_code([command, "--run", str(finished), "--data", str(rows), "--out", str(out)]) == code
    assert len(store.list_jobs(workspace)) == left and not out.exists()
    assert list(workspace.trash.iterdir()) == []
    if command == "evaluate":
        assert (finished / "evaluations").exists() == bool(left)
    else:
        assert len(list(workspace.jobs.iterdir())) == left
