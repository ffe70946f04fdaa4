"""More classes than fit as squares: the pairs that are mixed up, with a search among them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from once_imported import Importer
from pages_words import words_of
from run_material import finish_run, submit_run, write_config
from streamlit.testing.v1 import AppTest

from sft_core.jobs.store import Job
from sft_core.workspace import RunFolder, Workspace

CLASSES = [f"Topic {n:02}" for n in range(26)]
Pairs = dict[tuple[str, str], int]


@pytest.fixture
def run(workspace: Workspace, tmp_path: Path, import_once: Importer) -> Job:
    """A finished run on 26 classes that is often wrong."""
    table = pd.DataFrame({"message": [f"a question, number {n}" for n in range(1040)], "topic": CLASSES * 40})
    table.sort_values("topic", kind="stable").to_csv(tmp_path / "many.csv", index=False)
    dataset = import_once(workspace, "Many", tmp_path / "many.csv")
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    finish_run(workspace, job, dataset, right=0.3)
    return job


def mixed_up(run: Job) -> Pairs:
    """How often each class was taken for which other one, counted from the answers row by row."""
    answers = pd.read_parquet(RunFolder(run.folder).predictions)
    wrong = answers[answers["true"] != answers["prediction"]]
    return dict(Counter(zip(wrong["true"], wrong["prediction"], strict=True)))


def shown(app: AppTest) -> Pairs:
    """The pairs on the page, the first line first."""
    table = next(frame.value for frame in app.dataframe if "times" in frame.value.columns)
    places = zip(table["it really was"], table["it said"], strict=True)
    return dict(zip(places, table["times"], strict=True))


def search(app: AppTest, run: Job, words: str) -> AppTest:
    app.text_input(key=f"pairs_search_own_{run.id}").set_value(words).run()
    assert not app.exception and not app.error
    return app


def test_all_pairs_stand_there_the_most_frequent_first(open_page: Callable[..., AppTest], run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    assert not app.exception
    pairs = shown(app)
    assert pairs == mixed_up(run)
    assert list(pairs.values()) == sorted(pairs.values(), reverse=True) and max(pairs.values()) > 1
    said = f"26 classes are too many for squares: here are the pairs that it mixes up. {sum(pairs.values())} mistakes"
    assert f"{said} in {len(pairs)} pairs." in words_of(app)


def test_the_name_of_a_class_leaves_only_its_pairs(open_page: Callable[..., AppTest], run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    everything = mixed_up(run)
    wanted = {pair: n for pair, n in everything.items() if "Topic 07" in pair}
    assert {pair.index("Topic 07") for pair in wanted} == {0, 1}  # it was taken for others, and others for it
    assert shown(search(app, run, " topic 07")) == wanted
    assert shown(search(app, run, "no such class")) == {}
    assert shown(search(app, run, "")) == everything


def test_a_pair_that_was_searched_for_shows_its_own_rows(open_page: Callable[..., AppTest], run: Job) -> None:
    app = search(open_page("evaluation.py", run=run.id), run, "Topic 07")
    (true, said), times = list(shown(app).items())[1]
    chosen = {"selection": {"rows": [], "columns": [], "cells": [(1, "times")]}}
    app.session_state[f"pairs_own_{run.id}_Topic 07"] = chosen
    app.run()
    assert f"**{true} taken for {said}** · {times} message" in words_of(app)
