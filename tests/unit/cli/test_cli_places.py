"""`--out` and the workspace: nothing of the user's is overwritten, no bad place gives a trace."""

import errno
from pathlib import Path

import pytest

from sft_core.cli.main import exit_code
from sft_core.cli.places import deliver
from sft_core.jobs import store
from sft_core.workspace import Workspace

NOWHERE = "/proc/foo/bar"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("text,label\na b,x\nc d,y\n")
    return path


@pytest.fixture(autouse=True)
def _no_work_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def begun(*_: object, **__: object) -> None:
        pytest.fail("refused before the work, not after it")

    monkeypatch.setattr(store, "submit", begun)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What is said to a call that is refused: a sentence and a hint."""
    assert exit_code([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 2, said
    return said.err


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_the_file_with_the_rows_is_never_overwritten(
    command: str, finished: Path, rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows.read_bytes()
    (tmp_path / "other-name.csv").symlink_to(rows)
    for out in (rows, tmp_path / "other-name.csv", tmp_path / "." / "x" / ".." / "rows.csv"):
        said = refusal(capsys, command, "--run", finished, "--data", rows, "--out", out)
        assert "is the file with the rows itself" in said
    assert rows.read_bytes() == before


@pytest.mark.parametrize("command", ["evaluate", "predict", "export"])
def test_a_folder_the_run_itself_and_what_cannot_be_written_are_no_place_for_a_result(
    command: str, finished: Path, rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [command, "--run", finished, *([] if command == "export" else ["--data", rows])]
    assert "is a folder" in refusal(capsys, *words, "--out", tmp_path)
    assert "lies in the folder of the run" in refusal(capsys, *words, "--out", finished / "report.json")
    assert "Nothing can be written to" in refusal(capsys, *words, "--out", NOWHERE)
    assert "Nothing can be written to" in refusal(capsys, *words, "--out", rows / "below" / "x.csv")
    assert not list(tmp_path.glob("below"))


@pytest.mark.parametrize("out", [NOWHERE, "rows.csv/run", "~nobody-of-this-name/run"])
def test_a_run_is_refused_a_place_that_cannot_be_written(
    out: str, rows: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(rows.parent)
    refusal(capsys, "train", "--data", rows, "--out", out)
    refusal(capsys, "demo", "--out", out)


@pytest.mark.parametrize("command", ["inspect", "train"])
def test_the_home_of_nobody_is_a_sentence(command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    more = ["--out", tmp_path / "run"] if command == "train" else []
    said = refusal(capsys, command, "--data", "~nobody-of-this-name/x.csv", *more)
    assert said.startswith("There is no home folder for ~nobody-of-this-name.")


@pytest.mark.parametrize("home", ["a file", "/proc", NOWHERE, "~nobody-of-this-name"])
@pytest.mark.parametrize("command", ["status", "demo"])
def test_a_workspace_that_cannot_be_is_a_sentence(
    command: str, home: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a file").touch()
    monkeypatch.setenv("TUNEBOARD_HOME", home)
    said = refusal(capsys, command)
    assert "cannot be used for the workspace" in said and "TUNEBOARD_HOME" in said


def test_a_register_that_may_only_be_read_is_a_sentence(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in workspace.root.glob("app.db*"):
        path.unlink()
    workspace.database.mkdir()  # SQLite cannot open it, whoever asks
    assert "cannot be used for the workspace" in refusal(capsys, "status")


def test_a_folder_or_a_zip_without_pictures_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pictures.ZIP").touch()
    (tmp_path / "pictures").mkdir()
    for name in ("pictures.ZIP", "pictures"):
        assert refusal(capsys, "inspect", "--data", tmp_path / name)


def test_a_place_that_is_taken_away_later_is_a_sentence_too(
    finished: Path, rows: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/somewhere")

    monkeypatch.setattr(store, "submit", gone)
    assert exit_code(["export", "--run", str(finished), "--out", str(rows.parent / "m.zip")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "This machine refused: Permission denied (/somewhere)." and len(said) == 2


def test_a_result_replaces_an_older_one_whole(tmp_path: Path) -> None:
    made, place = tmp_path / "made", tmp_path / "new" / "report.json"
    for content in ("first", "second"):
        made.write_text(content)
        deliver(made, place)
        assert place.read_text() == content
    assert [path.name for path in place.parent.iterdir()] == ["report.json"], "nothing beside it"
