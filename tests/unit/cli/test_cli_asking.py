"""Settings, presets and models that cannot be are refused before a job is submitted."""

from pathlib import Path

import pytest

from sft_core.cli.main import exit_code
from sft_core.jobs import store
from sft_core.workspace import Workspace


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], workspace: Workspace):
    """What is said to a `train` with these words, of which nothing stays."""
    (tmp_path / "rows.csv").write_text("text,label\na b,x\nc d,y\n")

    def ask(*words: str) -> str:
        arguments = ["train", "--data", str(tmp_path / "rows.csv"), "--out", str(tmp_path / "run"), *words]
        assert exit_code(arguments) == 2
        said = capsys.readouterr()
        assert said.out == "" and len(said.err.strip().splitlines()) == 2, said
        assert store.list_jobs(workspace) == [] and not (tmp_path / "run").exists()
        return said.err

    return ask


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--set epochs=abc", "epochs: input should be a valid integer"),
        ("--set epochs=0", "epochs: input should be greater than or equal to 1"),
        ("--set foo=1", "There is no setting 'foo'"),
        ("--set a.b=1", "There is no setting 'a'"),
        ("--set loss=foo", "There is no loss 'foo'; known are cross_entropy"),
        ("--set loss=[1]", "loss: input should be a valid string"),
        ("--set optimizer=foo", "There is no optimizer 'foo'"),
        ("--set goal=5", "goal: "),
        ("--set goal.kind=recall", "name it in goal.label"),
        ("--set max_length=1024", "this model reads no more"),
        ("--preset tiny", "There is no preset 'tiny'"),
        ("--model nowhere", "There is no model 'nowhere'"),
        ("--model /proc", "This folder holds no model"),
        ("--model ~nobody-of-this-name/model", "There is no home folder for"),
    ],
)
def test_what_no_data_could_make_right_is_said_at_once(refused, words: str, sentence: str) -> None:
    assert sentence in refused(*words.split(" "))


@pytest.mark.parametrize(
    ("yaml", "sentence"),
    [
        ("model: 5", "model: input should be a valid string"),
        ("preset: [quick]", "preset: input should be a valid string"),
        ("bogus: 1", "There is no setting 'bogus'"),
        ("7: 1", "should be"),
        ("goal: {kind: recall, label: 5}", "goal.label: input should be a valid string"),
    ],
)
def test_a_yaml_file_is_looked_at_as_closely(refused, tmp_path: Path, yaml: str, sentence: str) -> None:
    (tmp_path / "run.yaml").write_text(yaml)
    assert sentence in refused("--config", str(tmp_path / "run.yaml"))
