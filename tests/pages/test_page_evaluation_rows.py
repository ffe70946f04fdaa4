"""Evaluate: the rows behind a square, and what can be done with each."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st
from evaluation_page import button, later_file, words_of
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.evaluation import wording
from sft_core.evaluation.predictions import read_predictions
from sft_core.jobs.store import Job
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


def test_the_mistakes_come_first_and_the_surest_above(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    mistakes = read_predictions(RunFolder(run.folder).predictions).mistakes()
    assert f"All mistakes** · {len(mistakes)} messages" in words_of(app)
    sure = [one.value for one in app.caption if "sure · row" in str(one.value)]
    assert sure[0] == f"{wording.sure(mistakes['confidence'].iloc[0])} sure · row {mistakes['row'].iloc[0] + 1}"


def test_nothing_is_called_100_percent_sure(open_page: Open, run: Job) -> None:
    path = RunFolder(run.folder).predictions
    table = pq.read_table(path)
    place = table.column_names.index("confidence")
    pq.write_table(table.set_column(place, "confidence", pa.array([0.9999] * len(table), pa.float64())), path)
    app = open_page("evaluation.py", run=run.id)
    sure = [one.value for one in app.caption if "sure · row" in str(one.value)]
    assert sure and all(said.startswith("over 99.9% sure") for said in sure)


def test_a_square_shows_its_rows(open_page: Open, run: Job, component: Open) -> None:
    open_page("evaluation.py", run=run.id)
    rows_list, matrix, answered = component("rows_list"), component("matrix"), component("answered")
    own = answered.own_test(component("work").as_run(run))
    confusion = own.confusion
    for at, true in enumerate(confusion["labels"]):
        for to, said in enumerate(confusion["labels"]):
            rows = rows_list._rows(own.predictions(), matrix.Cell(true, said), own)
            assert len(rows) == confusion["matrix"][at][to]


def test_a_click_on_a_square_filters_the_rows(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    found = read_predictions(RunFolder(run.folder).predictions)
    wrong = found.mistakes().iloc[0]
    app.session_state[f"matrix_own_{run.id}_counts_size"] = {
        "selection": {"cell": [{"true": wrong["true"], "predicted": wrong["prediction"]}]}
    }
    said = words_of(app.run())
    assert f"{wrong['true']} taken for {wrong['prediction']}" in said


def test_a_wrong_label_is_asked_about(open_page: Open, run: Job, dataset: str) -> None:
    app = open_page("evaluation.py", dataset=dataset, run=run.id)
    mistake = read_predictions(RunFolder(run.folder).predictions).mistakes().iloc[0]
    button(app, "wrong_").click().run()
    assert not app.exception
    assert f"In the data it is **{mistake['true']}**" in words_of(app)
    assert next(one.value for one in app.selectbox if one.key == "right_class") == mistake["prediction"]


def test_a_correction_makes_a_new_version_and_the_page_says_so(
    open_page: Open, workspace: Workspace, run: Job, dataset: str, component: Open
) -> None:
    app = open_page("evaluation.py", dataset=dataset, run=run.id)
    corrections, keep = component("corrections"), DatasetStore(workspace)
    corrections.correct(keep.get(dataset), corrections.Row("train", 4, "", "Delivery", "Praise"), "Praise")
    rows = keep.read_rows(dataset)
    assert list(rows.loc[rows["_row"] == 4, "topic"]) == ["Praise"]
    assert keep.version(dataset, 1).steps[0]["fix"] == "relabel_rows"
    corrections.leave_out(keep.get(dataset), corrections.Row("train", 5, "", "", ""))
    assert len(keep.read_rows(dataset)) == len(rows) - 1
    assert "The data has changed since this run" in words_of(app.run())


def test_a_corrected_row_is_marked_at_once_and_can_be_taken_back(
    open_page: Open,
    workspace: Workspace,
    run: Job,
    dataset: str,
    component: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, keep = open_page("evaluation.py", dataset=dataset, run=run.id), DatasetStore(workspace)
    corrections, said = component("corrections"), []
    monkeypatch.setattr(st, "toast", lambda message, **_: said.append(message))
    mistake = read_predictions(RunFolder(run.folder).predictions).mistakes().iloc[0]
    questions = [one.key for one in app.button if str(one.key).startswith("wrong_")]
    row = corrections.Row("train", int(mistake["row"]), "", mistake["true"], mistake["prediction"])
    corrections.correct(keep.get(dataset), row, row.said)
    assert len(said) == 1
    app.run()
    assert not app.exception
    assert f"corrected to {mistake['prediction']}" in words_of(app)
    assert len([one for one in app.button if str(one.key).startswith("wrong_")]) == len(questions) - 1
    button(app, "undo_").click().run()
    assert "corrected to" not in words_of(app)
    assert keep.version(dataset, keep.get(dataset).current).steps == []


def test_a_second_click_on_a_correction_makes_no_second_step(
    open_page: Open, workspace: Workspace, run: Job, dataset: str, component: Open
) -> None:
    open_page("evaluation.py", dataset=dataset, run=run.id)
    corrections, keep = component("corrections"), DatasetStore(workspace)
    for _ in range(2):
        corrections.correct(keep.get(dataset), corrections.Row("train", 4, "", "Delivery", "Praise"), "Praise")
    corrections.leave_out(keep.get(dataset), corrections.Row("train", 5, "", "", ""))
    corrections.leave_out(keep.get(dataset), corrections.Row("train", 5, "", "", ""))
    assert len(keep.version(dataset, keep.get(dataset).current).steps) == 2


def test_rows_of_classes_that_it_never_learnt_can_be_found(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    job = later_file(workspace, run, dataset, labelled=True)
    app = open_page("evaluation.py", run=run.id, answers=job.id)
    pills = next(group for group in app.get("button_group") if "strangers" in str(group.key))
    pills.set_value("10 messages of classes that it never learnt").run()
    assert not app.exception
    assert "Of classes that it never learnt** · 10 messages" in words_of(app)
    assert all("was **Returns**" in line for line in words_of(app).splitlines() if "it said **" in line)


def test_a_row_is_left_out_with_one_click_and_comes_back_with_another(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    app, keep = open_page("evaluation.py", dataset=dataset, run=run.id), DatasetStore(workspace)
    rows = len(keep.read_rows(dataset))
    buttons = len([one for one in app.button if str(one.key).startswith("out_")])
    button(app, "out_").click().run()
    assert not app.exception
    assert len(keep.read_rows(dataset)) == rows - 1
    assert "left out" in words_of(app)
    assert len([one for one in app.button if str(one.key).startswith("out_")]) == buttons - 1
    button(app, "undo_").click().run()
    assert len(keep.read_rows(dataset)) == rows and "left out" not in words_of(app)


def test_rows_that_lie_in_no_data_here_say_what_to_do_instead(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    job = later_file(workspace, run, dataset, labelled=True)
    app = open_page("evaluation.py", run=run.id, answers=job.id)
    assert "Correct it in the file and test that again" in words_of(app)
    assert not [one for one in app.button if str(one.key).startswith(("out_", "wrong_"))]
    DatasetStore(workspace).delete(dataset)
    said = words_of(open_page("evaluation.py", run=run.id))
    assert "The data of this run is not here" in said
