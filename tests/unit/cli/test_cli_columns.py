"""Trainings of a model of two layers that really run: columns with a meaning, and a run that is stopped and killed."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pandas as pd
import pytest
from command_line import SECONDS, call, started, wait_for_steps
from tiny_base import WORDS, write_base

from sft_core.records import PROC, RESULT, read_json
from sft_core.workspace import RunFolder

Call = Callable[..., "CompletedProcess[str]"]
SAYS = {"good": ("good", "very"), "bad": ("bad", "not"), "lost": ("lost", "where")}


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    """Twelve people who wrote ten times each: a question, what they answered later, and an own split."""
    dice = random.Random(0)
    rows = []
    for number in range(120):
        label = list(SAYS)[number % 3]
        filler = dice.choices(WORDS[5:], k=5)
        row = {"asked": " ".join(dice.sample([*filler, SAYS[label][0]], 6)), "said": f"{SAYS[label][1]} {filler[0]}"}
        part = ("train", "train", "train", "dev", "test")[number // 3 % 5]
        rows.append({**row, "kind": label, "person": f"p{number // 10}", "part": part})
    return pd.DataFrame(rows)


@pytest.fixture
def asked(table: pd.DataFrame, tmp_path: Path) -> list[object]:
    """The beginning of a command."""
    table.to_csv(tmp_path / "rows.csv", index=False)
    model = write_base(tmp_path / "model")
    return ["train", "--data", tmp_path / "rows.csv", "--model", model, "--preset", "quick", "--label", "kind"]


def test_pairs_are_read_as_pairs_and_a_person_stays_on_one_side(
    asked: list[object], tmp_path: Path, call_here: Call
) -> None:
    run = RunFolder(tmp_path / "run")
    ended = call_here(*asked, "--text", "asked", "--text-pair", "said", "--group", "person", "--out", run.root)
    assert ended.returncode == 0, ended.stderr
    rows = pd.read_parquet(run.rows)
    assert (rows.groupby("person")["_split"].nunique() == 1).all() and set(rows["_split"]) == {
        "train",
        "validation",
        "test",
    }
    roles = read_json(run.config)["roles"]
    assert (roles["text"], roles["text_pair"], roles["group"]) == (["asked"], "said", "person")

    later = tmp_path / "later.csv"
    pd.DataFrame({"asked": ["my card is"] * 2, "said": ["good", "bad"]}).to_csv(later, index=False)
    answered = call_here("predict", "--run", run.root, "--data", later, "--out", tmp_path / "answers.parquet")
    assert answered.returncode == 0, answered.stderr
    answers = pd.read_parquet(tmp_path / "answers.parquet")
    sure = [name for name in answers.columns if name.startswith("p(")]
    assert len(answers) == 2 and sure
    assert (answers[sure].iloc[0] != answers[sure].iloc[1]).any(), "the second text of a pair counts"

    other = tmp_path / "other.csv"
    pd.DataFrame({"asked": ["my card is"] * 2, "foo": ["1", "2"]}).to_csv(other, index=False)
    refused = call_here("predict", "--run", run.root, "--data", other, "--out", tmp_path / "other.parquet")
    assert refused.returncode == 2 and not (tmp_path / "other.parquet").exists()
    assert "The file has no column “said”." in refused.stderr
    assert "for example: --text asked --text-pair foo" in refused.stderr
    named = call_here(
        "evaluate", "--run", run.root, "--data", other, "--out", tmp_path / "o.json", "--text-pair", "foo"
    )
    assert named.returncode == 0, named.stderr


def test_a_run_may_be_stopped_killed_and_left_alone_and_ends_as_if_nothing_had_been(
    table: pd.DataFrame, asked: list[object], tmp_path: Path, call_here: Call
) -> None:
    home, run, calm = tmp_path / "home", RunFolder(tmp_path / "run"), RunFolder(tmp_path / "calm")
    asked += ["--text", "asked", "--split-column", "part", "--set", "epochs=60", "--set", "patience=0", "--threads", 1]
    with started(home, *asked, "--out", run.root) as first:
        wait_for_steps(run.root, 1)
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=SECONDS)
    assert first.returncode == 130
    assert f"resume --run {run.root}" in said and "Traceback" not in said
    assert read_json(run.root / RESULT)["state"] == "stopped"
    assert any(path.name != "step-000000" for path in run.checkpoints.glob("step-*")), "a stop saves first"
    rows = pd.read_parquet(run.rows)
    assert set(zip(rows["part"], rows["_split"], strict=True)) == {
        ("train", "train"),
        ("dev", "validation"),
        ("test", "test"),
    }

    with started(home, "resume", "--run", run.root) as second:
        wait_for_steps(run.root, 2)
        stopped = call(home, "stop", "--run", run.root)
        assert stopped.returncode == 0, stopped.stderr
        _, said = second.communicate(timeout=SECONDS)
    assert second.returncode == 130
    assert f"resume --run {run.root}" in said and "Traceback" not in said
    assert read_json(run.root / RESULT)["state"] == "stopped"

    with started(home, "resume", "--run", run.root) as third:
        wait_for_steps(run.root, 3)
        os.kill(read_json(run.root / PROC)["pid"], signal.SIGKILL)
        _, said = third.communicate(timeout=SECONDS)
    assert third.returncode == 1
    assert f"resume --run {run.root}" in said and "Traceback" not in said

    with started(home, "resume", "--run", run.root) as fourth:
        wait_for_steps(run.root, 4)
        fourth.kill()
    end = time.monotonic() + SECONDS
    while not ((run.root / RESULT).exists() and read_json(run.root / RESULT)["attempt"] == 4):
        assert time.monotonic() < end, "the run did not go on after the death of the command"
        time.sleep(0.1)
    assert read_json(run.root / RESULT)["state"] == "finished"

    assert call_here(*asked, "--out", calm.root).returncode == 0
    pd.testing.assert_frame_equal(pd.read_parquet(run.predictions), pd.read_parquet(calm.predictions))
    assert read_json(run.report)["metrics"] == read_json(calm.report)["metrics"]
