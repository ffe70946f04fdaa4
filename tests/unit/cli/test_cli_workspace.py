"""`stop`, `status`, `rebuild`, and what `train` makes of the columns that are named."""

from pathlib import Path
from typing import Any

import pytest
from run_material import set_state

from sft_core.cli import run as run_commands
from sft_core.cli.follow import _Screen
from sft_core.cli.main import exit_code
from sft_core.errors import DataError
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.rows import State
from sft_core.training.checkpoints import Checkpoints
from sft_core.workspace import RunFolder, Workspace

FILE = "title,body,reply,topic,person,part\nhello,a long text,an answer,a,p1,train\nbye,another text,no,b,p2,test\n"


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)


@pytest.fixture
def request_of(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What `train` with these words asks for; nothing is waited for."""
    (tmp_path / "rows.csv").write_text(FILE)
    monkeypatch.setattr(run_commands, "_follow_run", lambda *_: None)

    def ask(*words: str) -> dict[str, Any]:
        out = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        assert exit_code(["train", "--data", str(tmp_path / "rows.csv"), "--out", str(out), *words]) == 0
        return read_order(out).request

    return ask


def test_columns_that_are_named_are_asked_for(request_of: Any) -> None:
    words = ["--text", "title", "--text", "body", "--text-pair", "reply", "--label", "topic"]
    roles = request_of(*words, "--group", "person", "--split-column", "part")["roles"]
    assert (roles["text"], roles["text_pair"], roles["label"]) == (["title", "body"], "reply", "topic")
    assert (roles["group"], roles["split"]) == ("person", "part")


def test_seed_threads_and_settings_are_asked_for(request_of: Any) -> None:
    request = request_of("--seed", "7", "--threads", "1", "--set", "epochs=2", "--preset", "best", "--sheet", "May")
    assert (request["seed"], request["preset"], request["read"]["sheet"]) == (7, "best", "May")
    assert request["settings"] == {"epochs": 2, "threads": 1}
    assert request["split"]["seed"] == 0, "runs of several seeds are judged on the same rows"
    assert request_of("--split-seed", "3")["split"]["seed"] == 3


@pytest.mark.parametrize(
    ("yaml", "words", "seed"),
    [("seed: 0", ["--seed", "5"], 5), ("seed: 4", [], 4), ("epochs: 1", [], 0), ("seed: 4", ["--set", "seed=9"], 9)],
)
def test_there_is_one_seed_and_what_was_said_last_wins(
    request_of: Any, tmp_path: Path, yaml: str, words: list[str], seed: int
) -> None:
    (tmp_path / "settings.yaml").write_text(yaml)
    request = request_of("--config", str(tmp_path / "settings.yaml"), *words)
    assert request["seed"] == seed and "seed" not in request["settings"], "one value for split, baselines and training"


def test_a_yaml_file_may_name_preset_and_model_and_words_win(request_of: Any, tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text("preset: quick\nmodel: owner/name\nepochs: 3\n")
    words = ("--config", str(tmp_path / "run.yaml"))
    request = request_of(*words, "--model", "bundled")
    assert (request["preset"], request["model"], request["settings"]) == ("quick", "bundled", {"epochs": 3})
    assert request_of(*words, "--preset", "best", "--model", "bundled")["preset"] == "best"


def test_stop_all_stops_what_waits_and_status_says_so(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    job = store.submit(workspace, "export", {"run": "x"}, title="An export")
    assert exit_code(["stop", "--all"]) == 0
    assert store.get(workspace, job.id).state == "stopped"
    assert exit_code(["status"]) == 0
    said = capsys.readouterr().out
    assert "An export" in said and "stopped" in said


def test_rebuild_finds_the_jobs_again(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    job = store.submit(workspace, "export", {"run": "x"})
    for path in workspace.root.glob("app.db*"):
        path.unlink()
    assert exit_code(["rebuild"]) == 0
    assert "Added 1 job. There are now 1 job and 0 datasets." in capsys.readouterr().out
    assert [one.id for one in store.list_jobs(workspace)] == [job.id]


def test_a_damaged_folder_is_said_in_a_sentence(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        store.submit(workspace, "export", {"run": "x"})
    (workspace.jobs / "broken").mkdir()
    assert exit_code(["rebuild"]) == 0
    said = capsys.readouterr()
    assert said.out == "Added 0 jobs. There are now 2 jobs and 0 datasets.\n"
    assert said.err.startswith("The folder ") and "broken holds no job that can be read" in said.err


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_stopping_what_has_ended_says_so(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], state: State
) -> None:
    job = store.submit(workspace, "train", {})
    set_state(workspace, job, state)
    assert exit_code(["stop", "--run", job.id]) == 0
    assert capsys.readouterr().out.startswith("It is not running: it has f")
    assert exit_code(["stop", "--all"]) == 0
    assert capsys.readouterr().out == "Nothing runs or waits.\n"


def test_status_in_a_pipe_is_not_cut(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    job = store.submit(workspace, "train", {}, title="A name " * 10)
    set_state(workspace, job, "failed", message="This is why it did not work. " * 5)
    assert exit_code(["status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and ("A name " * 10).strip() in lines[1] and lines[1].endswith("work.")


@pytest.mark.parametrize("learnt", [False, True])
def test_bad_input_leaves_no_folder_behind_but_never_takes_what_was_learnt(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learnt: bool
) -> None:
    def fails(here: Workspace, job: store.Job, _as_json: bool) -> None:
        store.stop(here, job.id)
        states = Checkpoints(RunFolder(job.folder).checkpoints)  # makes the folder, as each training does at its start
        if learnt:
            states.save(0, lambda aside: (aside / "weights").touch(), best=None)
        else:
            states.path(0).mkdir()  # began, and never became whole
        raise DataError("The input is no good.", "Bring another.")

    (tmp_path / "rows.csv").write_text(FILE)
    monkeypatch.setattr(run_commands, "_follow_run", fails)
    assert exit_code(["train", "--data", str(tmp_path / "rows.csv"), "--out", str(tmp_path / "run")]) == 2
    assert (tmp_path / "run").exists() == learnt
    assert len(store.list_jobs(workspace)) == learnt


def test_names_in_brackets_are_shown_on_a_terminal_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with _Screen(quiet=False) as screen:
        screen.passing("“[/b]” renamed to “[red]” (50%)")


def test_a_run_of_the_dashboard_is_named_by_its_id(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    job = store.submit(workspace, "train", {"train": "rows.csv"}, title="October, a rather long name for a run")
    assert exit_code(["status"]) == 0
    assert job.id in capsys.readouterr().out, "whole, to be copied"
    assert exit_code(["stop", "--run", job.id]) == 0
    assert store.get(workspace, job.id).state == "stopped"
    assert exit_code(["stop", "--run", "20200101000000-00000000"]) == 2
    assert exit_code(["stop", "--run", f"../{job.id}"]) == 2


ODD = "May [/bold]\x1b[2J\u202etsv.csv"


def test_names_from_data_move_no_cursor_and_are_no_markup(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    store.submit(workspace, "train", {}, title=ODD)
    assert exit_code(["status"]) == 0
    assert "May [/bold]␛[2J⍽tsv.csv" in capsys.readouterr().out
    screen = _Screen(quiet=True)
    screen.lasting(f"Fewer than 10 test rows: “{ODD}”.")
    assert "“May [/bold]␛[2J⍽tsv.csv”." in capsys.readouterr().err
    assert exit_code(["export", "--run", ODD, "--out", "x.zip"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said and "\u202e" not in said


def test_a_run_is_known_by_its_id_wherever_it_lies(workspace: Workspace, tmp_path: Path) -> None:
    job = store.submit(workspace, "train", {}, title="Elsewhere", folder=tmp_path / "elsewhere")
    assert run_commands.run_folder(Path(job.id)).root == tmp_path / "elsewhere"
    inside = store.submit(workspace, "train", {}, title="Inside")
    assert run_commands.run_folder(Path(inside.id)).root == inside.folder
