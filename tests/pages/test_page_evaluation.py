"""Evaluate: the verdict, the matrix, the classes, and what can be taken home."""

from collections.abc import Callable
from io import BytesIO

import pandas as pd
import pytest
from evaluation_page import button, words_of
from run_material import finish_run, submit_run, write_config
from streamlit.testing.v1 import AppTest

from sft_core.evaluation.predictions import read_predictions
from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


def test_without_a_run_the_page_says_what_is_missing(open_page: Open) -> None:
    app = open_page("evaluation.py")
    assert not app.exception
    assert "No finished run yet" in words_of(app)


def test_a_run_that_still_learns_has_no_result(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    assert "It is still learning" in words_of(open_page("evaluation.py", dataset=dataset, run=job.id))


def test_the_verdict_stands_above_with_its_interval(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    assert not app.exception
    said = words_of(app)
    assert "Right " in said
    assert "the true rate is likely" in said
    assert len(app.get("vega_lite_chart")) == 4  # bars, matrix, reliability, the trade of answering for being right


def test_it_says_where_fine_tuning_did_not_help(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    finish_run(workspace, job, dataset, right=0.3)
    said = words_of(open_page("evaluation.py", run=job.id))
    assert "may be luck" in said or "which is better, and no luck" in said


def useless_run(workspace: Workspace, dataset: str) -> Job:
    """A run whose model has learnt nothing."""
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    finish_run(workspace, job, dataset, right=0.0)
    report = read_json(RunFolder(job.folder).report)
    report["baselines"]["majority"]["accuracy"] = 0.5
    write_json(RunFolder(job.folder).report, {**report, "commonest": "Billing"})
    return job


def test_a_useless_model_is_called_so_and_led_back_to_the_data(
    open_page: Open, workspace: Workspace, run: Job, dataset: str
) -> None:
    assert button(open_page("evaluation.py", run=run.id), "test_new").proto.type == "primary"
    app = open_page("evaluation.py", run=useless_run(workspace, dataset).id)
    said = words_of(app)
    assert "than always saying “Billing” (50): do not use it like this." in said
    assert "Prepare" in app.warning[0].value
    assert button(app, "to_prepare").proto.type == "primary"
    assert button(app, "test_new").proto.type == "secondary"


def test_the_matrix_is_also_a_table(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    next(one for one in app.toggle if str(one.key).startswith("matrix_table")).set_value(True).run()
    assert not app.exception
    assert any("it really was" in frame.value.columns for frame in app.dataframe)


def test_classes_stand_with_intervals_and_a_note_on_small_ones(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    table = next(frame.value for frame in app.dataframe if "found" in frame.value.columns)
    assert set(table["class"]) >= {"Billing", "Delivery", "Praise"}
    assert table["likely"].str.contains("–").any()
    assert "few rows" in set(table["note"])


def test_a_class_without_rows_has_no_none_and_is_not_called_small(component: Open) -> None:
    class_table = component("class_table")
    entry = {"precision": None, "recall": None, "f1": None, "support": 0, "label": "Refund"}
    seldom = {"precision": None, "recall": 0.0, "f1": 0.0, "support": 3, "label": "Praise"}
    table = class_table.frame([entry, seldom], ("message", "messages"))
    assert list(table["both (F1)"]) == ["0.00", "–"]
    assert list(table["note"]) == ["few rows, never said", "not in the test, never said"]
    assert class_table.on_sizes([entry, seldom], ("message", "messages")) == [
        "1 class has under 30 messages in the test: too few to tell small differences.",
        "1 class is not in the test: nothing can be said of how well it does.",
    ]


def test_answering_only_when_sure_says_what_happens(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    slider = next(one for one in app.select_slider if str(one.key).startswith("threshold"))
    slider.set_value(0).run()
    assert next(one.value for one in app.metric if one.label == "It answers") == "100%"


def audited(workspace: Workspace, run: Job, **audit: int) -> None:
    """The run's report with other findings in its audit."""
    path = RunFolder(run.folder).report
    report = read_json(path)
    write_json(path, {**report, "audit": {**report["audit"], **audit}})


def test_the_audit_stands_at_the_end(open_page: Open, run: Job, workspace: Workspace) -> None:
    none = {"duplicates_across_splits": 0, "test_rows_met": 0}
    audited(workspace, run, **none)
    said = words_of(open_page("evaluation.py", run=run.id))
    assert "Checked: none of the" in said and "copies included." in said
    audited(workspace, run, **none, groups_across_splits=0)
    assert "none belongs to one of their groups" in words_of(open_page("evaluation.py", run=run.id))


def test_a_test_that_was_met_in_training_is_doubted_beside_the_verdict(
    open_page: Open, run: Job, workspace: Workspace
) -> None:
    audited(workspace, run, duplicates_across_splits=142, test_rows_met=3, groups_across_splits=2)
    app = open_page("evaluation.py", run=run.id)
    doubts = [one.value for one in app.warning]
    assert any(one.startswith("3 of the") and "also stood in training or validation" in one for one in doubts)
    assert any("2 groups lie on more than one side" in one for one in doubts)
    said = words_of(app)
    assert "of which it had met 3 before" in said and "Checked: none" not in said and "142" not in said


def test_downloads_open_in_their_kinds(open_page: Open, run: Job, component: Open) -> None:
    open_page("evaluation.py", run=run.id)
    takeaway, answered = component("takeaway"), component("answered")
    own = answered.own_test(component("work").as_run(run))
    stored = read_predictions(RunFolder(run.folder).predictions).table
    readers = {"csv": pd.read_csv, "xlsx": pd.read_excel, "parquet": pd.read_parquet}
    for ending, read in readers.items():
        table = read(BytesIO(takeaway._answers(own, ending)()))
        assert list(table)[:3] == ["row (1 = the first)", "message", "topic"] and "true" not in table
        assert list(table["row (1 = the first)"]) == [n + 1 for n in stored["row"]]
        assert list(table["topic"]) == list(stored["true"]) and not {"_source", "_split"} & set(table)


def test_the_matrix_comes_as_a_picture(open_page: Open, run: Job, component: Open) -> None:
    open_page("evaluation.py", run=run.id)
    takeaway, answered = component("takeaway"), component("answered")
    own = answered.own_test(component("work").as_run(run))
    assert takeaway._picture(own, "png")().startswith(b"\x89PNG")
    assert "<svg" in takeaway._picture(own, "svg")()


def test_the_model_zip_is_made_by_a_job(open_page: Open, workspace: Workspace, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    app.session_state[f"take_own_{run.id}"] = True
    app.run()
    button(app, "zip_").click().run()
    assert [job.kind for job in store.list_jobs(workspace, parent=run.id)] == ["export"]


def test_many_classes_are_shown_as_pairs(component: Open) -> None:
    view = component("confusion_view")
    labels = [f"class {n:02}" for n in range(30)]
    matrix = [[5 if a == b else int(b == (a + 1) % 30) * (a % 3) for b in range(30)] for a in range(30)]
    found = view.pairs({"labels": labels, "matrix": matrix})
    assert found[0].rows == max(pair.rows for pair in found) == 2
    assert sum(pair.rows for pair in found) == sum(map(sum, matrix)) - 150


def test_the_matrix_in_words_counts_in_right_words(component: Open) -> None:
    said = component("confusion_view").described({"labels": ["ham", "spam"], "matrix": [[1962, 3], [1, 145]]})
    assert said.startswith("Confusion matrix: 2,107 of 2,111 right.")
    assert said.endswith("Most mixed up: ham taken for spam 3 times; spam taken for ham 1 time.")


def test_sorting_keeps_every_count(component: Open) -> None:
    view = component("confusion_view")
    confusion = {"labels": ["a", "b", "c"], "matrix": [[1, 2, 0], [0, 9, 1], [3, 0, 4]]}
    for by in ("size", "confusion"):
        shown = view.ordered(confusion, by)
        for at, true in enumerate(shown["labels"]):
            for to, said in enumerate(shown["labels"]):
                before = confusion["matrix"][confusion["labels"].index(true)][confusion["labels"].index(said)]
                assert shown["matrix"][at][to] == before
    assert view.ordered(confusion, "size")["labels"] == ["b", "c", "a"]


def test_the_report_is_only_shown_never_changed(open_page: Open, run: Job) -> None:
    before = read_json(RunFolder(run.folder).report)
    open_page("evaluation.py", run=run.id)
    assert read_json(RunFolder(run.folder).report) == before


def test_classes_that_differ_by_an_unseen_letter_have_columns_of_their_own(component) -> None:
    headings = component("matrix")._headings(["Billing", "Billing ", "Billing\u00a0"])
    assert headings[0] == "said Billing" and len(set(headings)) == 3


def test_on_a_phone_no_column_of_the_class_table_is_cut_off(
    open_page: Open, run: Job, component: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page("evaluation.py", run=run.id)
    monkeypatch.setattr(component("viewport"), "is_narrow", lambda: True)
    app = open_page("evaluation.py", run=run.id)
    assert not app.exception
    table = next(one.value for one in app.table if "both (F1)" in one.value)
    assert list(table) == ["class", "found (recall)", "right when said (precision)", "both (F1)"]
    assert all("messages" in name for name in table["class"])
    assert any("%" in said and "–" in said for said in table["found (recall)"])
