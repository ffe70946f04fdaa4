"""Baselines that learn from a part of the rows: it is counted, said while the run goes on, and told in its report."""

from pathlib import Path

import numpy as np
import pytest

from sft_core.config import TrainRequest
from sft_core.data.gathering import gather
from sft_core.evaluation import baselines
from sft_core.evaluation.baselines import Baseline, learnt_from_part, of_probe, part_warnings, simple_baselines
from sft_core.features import words
from sft_core.features.material import Part
from sft_core.features.probe import fit_probe
from sft_core.records import EVENTS, EventLog, Work, read_events
from sft_core.workspace import Workspace


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path, {}, 1, EventLog(tmp_path / EVENTS, 1))


def warnings_of(work: Work) -> list[str]:
    return [event["message"] for event in read_events(work.folder / EVENTS, 0)[0] if event["kind"] == "warning"]


def test_words_say_from_how_many_rows_they_learnt(
    workspace: Workspace, tmp_path: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_sample", lambda y, _classes, _seed: np.arange(len(y) // 2))
    rows = [f"the {animal} number {n} says {sound},{animal}" for n in range(50) for animal, sound in SAYS]
    (tmp_path / "a.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    gathered = gather(TrainRequest(train=str(tmp_path / "a.csv")), workspace, tmp_path, work.progress)
    learnt = gathered.counts()["train"]
    found = simple_baselines(gathered, "text-classification", 0, work)
    assert learnt_from_part(found, learnt) == {"tfidf_logreg": learnt // 2}
    baselines.tell_parts(found, learnt, work)
    assert warnings_of(work) == [
        f"To save time, not all {learnt} training rows were used for the comparisons: "
        f"the simple method (words) learnt from {learnt // 2}. With all of them the comparison might be closer."
    ]


def test_the_probe_counts_the_rows_it_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    features = np.eye(4, dtype=np.float32)
    y = np.array([0, 1, 0, 1])
    train = Part(["a", "b", "c", "d"], None, ["x", "y", "x", "y"], y)
    probe = fit_probe(features, y, ("x", "y"))
    assert of_probe(probe, features, features, train).rows_used == 4
    monkeypatch.setattr(baselines, "MOST_ROWS", 3)
    assert of_probe(probe, features, features, train).rows_used == 3


def test_nothing_is_said_where_all_rows_were_used() -> None:
    none = np.zeros((0, 2), dtype=np.float32)
    assert learnt_from_part({"majority": Baseline(none, none, 7)}, 7) == {} and part_warnings({}, 7) == []


SAYS = (("cat", "meow"), ("dog", "woof"))
