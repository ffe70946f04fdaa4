"""Evaluate: what a test on a later file has found, and choosing among tests."""

from collections.abc import Callable

import pandas as pd
import pytest
from evaluation_page import address, later_file, words_of
from run_material import labels_of, set_state
from streamlit.testing.v1 import AppTest

from sft_core.jobs.store import Job
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


def test_a_later_file_has_its_own_report_and_its_unknown_classes(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    job = later_file(workspace, run, dataset, labelled=True)
    app = open_page("evaluation.py", run=run.id, answers=job.id)
    assert not app.exception
    said = words_of(app)
    assert " now, " in said
    assert "1 class that it does not know" in said
    assert "10 messages are of a class that it never learnt (Returns)" in said


def test_a_file_without_labels_is_answered_and_estimated(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    job = later_file(workspace, run, dataset, labelled=False)
    app = open_page("evaluation.py", run=run.id, answers=job.id)
    assert not app.exception
    said = words_of(app)
    assert "It feels right" in said and "nobody has checked" in said
    assert "How often it says each class" in said
    assert "least sure first" in said
    assert "most sure and wrong" not in said


def shares_of(app: AppTest) -> pd.DataFrame:
    """The table of how often each class is said."""
    return next(one.value for one in app.dataframe if "here" in one.value)


def test_how_often_a_class_stood_in_training_is_only_shown_where_it_is_known(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    unknown = later_file(workspace, run, dataset, labelled=False)
    app = open_page("evaluation.py", run=run.id, answers=unknown.id)
    assert list(shares_of(app).columns) == ["class", "here"]
    assert "this model came without that" in words_of(app)
    config = RunFolder(run.folder).config
    counts = {label: 10 for label in labels_of(workspace, dataset)}
    write_json(config, {**read_json(config), "data": {"classes": counts}})
    known = later_file(workspace, run, dataset, labelled=False)
    app = open_page("evaluation.py", run=run.id, answers=known.id)
    assert list(shares_of(app)["in training"]) == [100 / len(counts)] * len(counts)
    assert "this model came without that" not in words_of(app)


def test_both_tests_of_a_run_can_be_chosen(open_page: Open, workspace: Workspace, run: Job, dataset: str) -> None:
    later_file(workspace, run, dataset, labelled=True)
    app = open_page("evaluation.py", run=run.id)
    choice = app.get("button_group")[0]
    assert len(choice.options) == 2
    assert "48 in 100" in str(choice.options[1])


@pytest.mark.parametrize("labelled", [True, False])
def test_the_result_of_a_test_that_was_just_started_is_what_is_shown(
    open_page: Open, workspace: Workspace, run: Job, dataset: str, labelled: bool
) -> None:
    later_file(workspace, run, dataset, labelled=True)
    second = later_file(workspace, run, dataset, labelled=labelled)
    set_state(workspace, second, "running")
    app = open_page("evaluation.py", run=run.id, answers=second.id)
    app.run()
    assert address(app, "answers") == second.id
    set_state(workspace, second, "finished")
    app.run()
    assert not app.exception
    assert address(app, "answers") == second.id
    choice = next(one for one in app.get("button_group") if str(one.key).startswith("answers_"))
    assert choice.value == second.id


def test_tests_on_files_of_the_same_name_are_told_apart(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    for _ in range(3):
        later_file(workspace, run, dataset, labelled=True)
    said = list(open_page("evaluation.py", run=run.id).get("button_group")[0].options)
    assert len(said) == len(set(map(str, said))) == 4
    assert sum("just now" in str(one) for one in said) == 3
