"""How sure it is: the picture and its numbers, what a threshold does, and today's answer beside the verdict."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from pages_words import words_of
from run_material import finished_run
from streamlit.testing.v1 import AppTest

from sft_core.evaluation.answers import Answers
from sft_core.evaluation.judging import plain
from sft_core.evaluation.report import add_rival
from sft_core.evaluation.wording import in_100, percent, span
from sft_core.jobs.store import Job
from sft_core.records import read_json, write_json
from sft_core.scoring.uncertainty import wilson
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
Numbers = NDArray[np.float64]


@pytest.fixture
def run(workspace: Workspace, dataset: str) -> Job:
    """A finished run of the test dataset."""
    return finished_run(workspace, dataset)


def answers_of(run: Job) -> pd.DataFrame:
    """The answers row by row, as they are stored."""
    return pd.read_parquet(RunFolder(run.folder).predictions)


def probabilities(run: Job, temperature: float = 1.0) -> Numbers:
    """Those of the answers, as they would be at this temperature."""
    found = answers_of(run).filter(regex=r"^p\(").to_numpy() ** (1 / temperature)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def bins(confidence: Numbers, right: NDArray[np.bool_]) -> list[tuple[int, float, float]]:
    """How many rows lie in each tenth of sureness, how sure they are on average, and how often right."""
    place = np.ceil(confidence * 10).astype(int)
    return [
        (int((place == n).sum()), confidence[place == n].mean(), right[place == n].mean())
        for n in range(1, 11)
        if (place == n).any()
    ]


def off_by(found: list[tuple[int, float, float]]) -> str:
    """How far sureness and truth are apart on average, in points."""
    rows = sum(n for n, _sure, _right in found)
    return f"{100 * sum(n * abs(sure - right) for n, sure, right in found) / rows:.1f}"


def chart(app: AppTest, about: str) -> Any:
    """The picture whose words begin so."""
    return next(one.proto for one in app.get("vega_lite_chart") if one.proto.alt.startswith(about))


def numbers(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def test_the_reliability_picture_holds_the_answers_before_and_after_the_temperature(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    assert not app.exception
    answers, temperature = answers_of(run), read_json(RunFolder(run.folder).report)["calibration"]["temperature"]
    right = (answers["true"] == answers["prediction"]).to_numpy()
    after = bins(probabilities(run).max(axis=1), right)
    before = bins(probabilities(run, 1 / temperature).max(axis=1), right)
    layers = [layer["data"]["values"] for layer in json.loads(chart(app, "How sure it was").spec)["layer"]]
    drawn = [[(p["rows"], p["confidence"], p["accuracy"]) for p in rows] for rows in layers if "rows" in rows[0]]
    rings, bars, dots = [np.array(rows) for rows in drawn]
    assert rings == pytest.approx(np.array(before)) and bars == pytest.approx(np.array(after)) == dots
    assert f"It is off by {off_by(after)} points on average." in words_of(app)
    assert f"Before it was corrected (grey rings) it was {off_by(before)}." in words_of(app)
    assert off_by(before) != off_by(after)


def test_the_slider_says_what_the_stored_answers_give(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    answers = answers_of(run)
    right, said = answers["true"] == answers["prediction"], []
    for least in (0, 0.97, 0.98, 0.99):
        app.select_slider(key=f"threshold_own_{run.id}").set_value(least).run()
        assert not app.exception
        given = answers["confidence"] >= least
        share, hits = percent(given.mean()), percent(right[given].mean())
        assert numbers(app) == {"It answers": share, "Of these right": hits, "For a person": percent(1 - given.mean())}
        assert f"answers {share}, right {hits}" in chart(app, "The share that it answers").spec
        said.append((share, hits))
    assert len(set(said)) == 4


def test_where_nothing_is_sure_enough_a_person_gets_all(open_page: Open, run: Job) -> None:
    assert answers_of(run)["confidence"].max() < 0.9999
    path = RunFolder(run.folder).report
    write_json(path, {**read_json(path), "threshold": 0.9999})
    app = open_page("evaluation.py", run=run.id)
    assert "It is never that sure here" in words_of(app)
    assert numbers(app) == {"It answers": "0%", "Of these right": "–", "For a person": "100%"}


def test_the_slider_begins_at_the_threshold_that_was_learnt(open_page: Open, run: Job) -> None:
    learnt = read_json(RunFolder(run.folder).report)["threshold"]
    app = open_page("evaluation.py", run=run.id)
    assert app.select_slider(key=f"threshold_own_{run.id}").value == learnt != 0.5
    assert f"Recommended: {percent(learnt)}, from the rows kept for checking." in words_of(app)


def test_a_threshold_near_certainty_is_not_called_certain(open_page: Open, run: Job) -> None:
    report = RunFolder(run.folder).report
    write_json(report, {**read_json(report), "threshold": 0.999996})
    app = open_page("evaluation.py", run=run.id)
    assert "Recommended: over 99.9%, from the rows kept for checking." in words_of(app)
    assert app.select_slider(key=f"threshold_own_{run.id}").value == 0.999996
    given = answers_of(run)["confidence"] >= 0.999996
    assert numbers(app)["It answers"] == percent(given.mean())


@pytest.mark.parametrize("learnt", [None, 0.0, 0.3724, 0.953, 0.99, 0.9985, 0.999996, 1.0])
def test_each_step_of_the_slider_reads_differently_and_none_is_called_certain(
    component: Open, learnt: float | None
) -> None:
    threshold = component("threshold")
    steps = threshold.steps(learnt)
    assert steps == sorted(steps) and (learnt is None or learnt in steps)
    said = [threshold.said(step) for step in steps]
    assert len(set(said)) == len(said) >= 19 and "100%" not in said


@pytest.mark.parametrize(
    ("right", "answered", "words"),
    [
        (0.96, 0.43, "This does not help on this file: it is right in 96% of what it answers, and in 98% if it"),
        (None, 0.0, "It is never that sure on this file"),
        (0.99, 0.43, ""),
        (0.98, 1.0, ""),
    ],
)
def test_a_threshold_that_does_not_help_is_said_to(
    component: Open, right: float | None, answered: float, words: str
) -> None:
    at, later = SimpleNamespace(right=right, answered=answered), SimpleNamespace(own=False)
    said = component("sureness")._no_help(at, 0.98, later)
    assert said.startswith(words) and bool(said) == bool(words)


def test_the_present_answer_stands_beside_the_simple_methods(open_page: Open, run: Job) -> None:
    assert "present answer" not in words_of(open_page("evaluation.py", run=run.id))
    answers, path = answers_of(run), RunFolder(run.folder).report
    report = read_json(path)
    today = [name if n % 4 else "Praise" for n, name in enumerate(answers["true"])]
    tested = Answers(answers, list(answers["true"]), probabilities(run))
    add_rival(report, tested, today, report["labels"])
    write_json(path, plain(report))
    app = open_page("evaluation.py", run=run.id)
    assert not app.exception
    ours, theirs = answers["true"] == answers["prediction"], answers["true"] == pd.Series(today)
    low, high = wilson(int(theirs.sum()), len(theirs))
    bars = chart(app, "Share right").alt.removeprefix("Share right: ").split("; ")
    names = ("This model", "The present answer", "Without training (probe)", "Always the commonest class")
    assert [bar.startswith(f"{name} ") for name, bar in zip(names, bars, strict=True)] == [True] * 4
    ends = span((low, high)).replace("–", "% to ")
    assert bars[1] == f"The present answer {percent(theirs.mean(), ours.mean())}, likely {ends}%"
    said = words_of(app).replace("\\", "")
    changes = f"{(ours & ~theirs).sum()} fixed, {(theirs & ~ours).sum()} broken"
    assert (
        f"The present answer gets {in_100(theirs.mean(), ours.mean())}: the difference may be luck ({changes}, p = "
        in said
    )
