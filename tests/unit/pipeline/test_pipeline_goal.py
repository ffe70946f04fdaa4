"""A class to judge by that the rows do not have is found right after they were read."""

from pathlib import Path

import pytest

from sft_core.config import TrainRequest
from sft_core.data.gathering import kept
from sft_core.errors import ConfigError
from sft_core.pipeline import rows_of_run
from sft_core.records import EVENTS, EventLog, Work
from sft_core.training.goal import check_goal
from sft_core.workspace import RunFolder, Workspace


@pytest.mark.parametrize("kind", ["recall", "precision"])
def test_it_is_said_before_anything_is_kept(kind: str, workspace: Workspace, tmp_path: Path) -> None:
    rows = [f"the {animal} number {n} says {sound},{animal}" for n in range(9) for animal, sound in SAYS]
    (tmp_path / "a.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    run = RunFolder(tmp_path / "run")
    run.root.mkdir()
    work = Work(run.root, {}, 1, EventLog(run.root / EVENTS, 1))

    def asked(label: str) -> TrainRequest:
        return TrainRequest(train=str(tmp_path / "a.csv"), settings={"goal": {"kind": kind, "label": label}})

    with pytest.raises(ConfigError, match="There is no class 'nope' to judge by"):
        rows_of_run(asked("nope"), run, workspace, work)
    assert kept(run) is None
    assert rows_of_run(asked("cat"), run, workspace, work).labels == ("cat", "dog")


@pytest.mark.parametrize("kind", ["recall", "precision"])
def test_a_class_without_a_validation_row_is_none_to_judge_by(kind: str) -> None:
    settings = {"goal": {"kind": kind, "label": "cat"}}
    with pytest.raises(ConfigError, match="No validation row is of the class 'cat'") as refused:
        check_goal(settings, ("cat", "dog"), {"dog"})
    assert "What matters most" in refused.value.hint
    check_goal(settings, ("cat", "dog"), {"cat", "dog"})
    check_goal({"goal": {"kind": "macro_f1"}}, ("cat", "dog"), {"dog"})


SAYS = (("cat", "meow"), ("dog", "woof"))
