from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pages_words
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st
from run_material import finish_run, finished_run, guesses, labels_of, set_state, submit_run, write_config
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.predictions import read_predictions, write_predictions
from sft_core.evaluation.test_file import evaluate_on, load_tuned_run
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No supervisor: a job stays in the state that the test gives it."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda workspace: None)


@pytest.fixture
def run(workspace: Workspace, dataset: str) -> Job:
    """A finished run of the test dataset."""
    return finished_run(workspace, dataset)


def words_of(app: AppTest) -> str:
    """What a reader sees: without the marks that keep data from being read as Markdown."""
    return pages_words.words_of(app).replace("\\", "")


def button(app: AppTest, key: str) -> object:
    return next(one for one in app.button if str(one.key).startswith(key))


def box(app: AppTest, start: str) -> object:
    """The select box whose key (or label) begins so."""
    return next(one for one in app.selectbox if str(one.key).startswith(start) or one.label == start)


def address(app: AppTest, name: str) -> str:
    """A part of the address of the page."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def later_file(workspace: Workspace, run: Job, dataset: str, *, labelled: bool) -> Job:
    """A finished test on a later file, judged by the real function, with one class that is not known."""
    order = {"run": str(run.folder), "data": "later.csv", "name": "later.csv"}
    job = store.submit(workspace, "evaluate", order, title="later.csv", parent=run.id)
    labels, roles = labels_of(workspace, dataset), DatasetStore(workspace).get(dataset).roles
    topics = ["Billing", "Delivery", "Praise", "Returns"] * 10
    table = pd.DataFrame({"message": [f"a new question {n}" for n in range(40)], "topic": topics if labelled else ""})
    table = table.assign(_source="test", _row=np.arange(40))
    known = [label if label in labels else "Billing" for label in topics]
    shares = guesses(known, labels, 0.6, 3)
    report = evaluate_on(load_tuned_run(RunFolder(run.folder)), table, roles, {}, frozenset(), shares)
    report["test_file"]["columns"] = {"message": "message", "topic": "topic"}
    write_predictions(job.folder / "predictions.parquet", Answers(table, list(table["topic"]), shares), labels)
    write_json(job.folder / "report.json", report)
    with workspace.writing() as connection:
        connection.execute("UPDATE jobs SET state = 'finished' WHERE id = ?", (job.id,))
    return job


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


def test_the_mistakes_come_first_and_the_surest_above(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    mistakes = read_predictions(RunFolder(run.folder).predictions).mistakes()
    assert f"All mistakes** · {len(mistakes)} messages" in words_of(app)
    sure = [one.value for one in app.caption if "sure · row" in str(one.value)]
    assert sure[0] == f"{mistakes['confidence'].iloc[0]:.0%} sure · row {mistakes['row'].iloc[0] + 1}"


def test_nothing_is_called_100_percent_sure(open_page: Open, run: Job) -> None:
    path = RunFolder(run.folder).predictions
    table = pq.read_table(path)
    place = table.column_names.index("confidence")
    pq.write_table(table.set_column(place, "confidence", pa.array([0.9999] * len(table), pa.float64())), path)
    app = open_page("evaluation.py", run=run.id)
    sure = [one.value for one in app.caption if "sure · row" in str(one.value)]
    assert sure and all(said.startswith("over 99% sure") for said in sure)


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


def test_the_matrix_is_also_a_table(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    next(one for one in app.toggle if str(one.key).startswith("matrix_table")).set_value(True).run()
    assert not app.exception
    assert any("it really was" in frame.value.columns for frame in app.dataframe)


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
    assert class_table._on_sizes([entry, seldom], ("message", "messages")) == [
        "1 class has under 30 messages in the test: too few to tell small differences.",
        "1 class is not in the test: nothing can be said of how well it does.",
    ]


def test_answering_only_when_sure_says_what_happens(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    slider = next(one for one in app.slider if str(one.key).startswith("threshold"))
    slider.set_value(0).run()
    assert next(one.value for one in app.metric if one.label == "It answers") == "100%"


def test_the_audit_stands_at_the_end(open_page: Open, run: Job) -> None:
    said = words_of(open_page("evaluation.py", run=run.id))
    assert "Checked: none of the" in said or "stand both in training and in the test" in said


def test_downloads_open_in_their_kinds(open_page: Open, run: Job, component: Open) -> None:
    open_page("evaluation.py", run=run.id)
    takeaway, answered = component("takeaway"), component("answered")
    own = answered.own_test(component("work").as_run(run))
    rows = len(read_predictions(RunFolder(run.folder).predictions).table)
    assert len(pd.read_csv(BytesIO(takeaway._answers(own, "csv")()))) == rows
    assert len(pd.read_excel(BytesIO(takeaway._answers(own, "xlsx")()))) == rows
    assert len(pd.read_parquet(BytesIO(takeaway._answers(own, "parquet")()))) == rows


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


def test_a_later_file_is_mapped_and_asked_for(
    open_page: Open, workspace: Workspace, run: Job, dataset: str, tmp_path: Path
) -> None:
    app = open_page("evaluation.py", run=run.id, test_file="new")
    table = "text,Category\na question about an invoice,Biling\nwhere is it,Delivery\nback with it,Returns\n"
    app.file_uploader(key="later_file").upload("later.csv", table.encode()).run()
    assert not app.exception
    box(app, "column_topic").set_value("Category").run()
    said = words_of(app)
    assert "Returns" in said
    assert "Not in this file" in said
    box(app, "label_Biling").set_value("Billing").run()
    button(app, "test_go").click().run()
    job = store.list_jobs(workspace, kinds=["evaluate"])[0]
    request = read_order(job.folder).request
    assert request["label_map"] == {"Biling": "Billing"}
    assert request["columns"] == {"message": "text", "topic": "Category"}
    assert request["read"]["delimiter"] == ","
    assert Path(request["data"]).read_text() == table
    assert job.folder.parent.parent == run.folder


def bring(open_page: Open, run: Job, name: str, content: bytes) -> AppTest:
    """The screen for a later file that was just brought."""
    app = open_page("evaluation.py", run=run.id, test_file="new")
    return app.file_uploader(key="later_file").upload(name, content).run()


def request_of(workspace: Workspace) -> dict:
    """What was asked of the newest test."""
    newest = max(store.list_jobs(workspace, kinds=["evaluate"]), key=lambda job: job.submitted)
    return read_order(newest.folder).request


def test_a_file_with_other_columns_is_not_tested_before_the_text_is_chosen(open_page: Open, run: Job) -> None:
    app = bring(open_page, run, "other.csv", b"foo,bar\n" + b"".join(b"%d,Praise\n" % n for n in range(50)))
    assert box(app, "column_message").value is None and button(app, "test_go").disabled
    said = [warning.value.replace("\\", "") for warning in app.warning]
    assert said == ["This file has no column like “message”. Choose the column that holds the text."]
    box(app, "column_message").set_value("foo").run()
    assert not button(app, "test_go").disabled
    said = [warning.value.replace("\\", "") for warning in app.warning]
    assert said == ["“foo” holds hardly anything but numbers. Is that really the text?"]


def test_the_samples_second_file_is_offered_for_its_runs_only(
    open_page: Open,
    workspace: Workspace,
    run: Job,
    messages: Path,
    component: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_page("evaluation.py", run=run.id, test_file="new")
    assert not [one for one in app.button if one.key == "later_sample"]
    (tmp_path / "next_month.csv").write_text("message,topic\nthe next invoice question,Billing\n")
    files = {"train": messages, "next_month": tmp_path / "next_month.csv"}
    for name in ("samples", "test_file"):
        monkeypatch.setattr(component(name), "sample_files", lambda: files)
    component("samples")._fingerprint.cache_clear()
    app = open_page("evaluation.py", run=run.id, test_file="new")
    button(app, "later_sample").click().run()
    component("samples")._fingerprint.cache_clear()
    assert not app.exception and not app.error
    assert "next_month.csv" in words_of(app).replace("\\", "")
    assert not button(app, "test_go").disabled


def test_the_preview_of_a_later_file_follows_another_separator(open_page: Open, workspace: Workspace, run: Job) -> None:
    app = bring(open_page, run, "odd.csv", b"message;a,topic\nfirst;one,Billing\nsecond;one,Praise\n")
    assert "A table with **2 rows** and a header row" in words_of(app)
    other = ";" if box(app, "Separator").value == "," else ","
    box(app, "Separator").set_value(other).run()
    assert not app.exception and not app.error
    columns = ["message", "a,topic"] if other == ";" else ["message;a", "topic"]
    assert [name for name in box(app, "column_message").options] == columns
    button(app, "test_go").click().run()
    assert request_of(workspace)["read"]["delimiter"] == other


def test_a_later_file_without_a_header_row_can_be_read_so(open_page: Open, run: Job) -> None:
    app = bring(open_page, run, "later.csv", b"message,topic\nan invoice,Billing\n")
    assert "1 row" in words_of(app)
    box(app, "First row").set_value(False).run()
    assert not app.exception
    assert "2 rows" in words_of(app) and "no header row" in words_of(app)


def test_where_letters_are_doubtful_a_person_chooses(open_page: Open, workspace: Workspace, run: Job) -> None:
    rows = "message,topic\n" + "Die Rechnung für das Gerät ist größer,Billing\n" * 9
    app = bring(open_page, run, "später.csv", rows.encode("cp1252"))
    assert "Which of these reads right?" in words_of(app)
    next(one for one in app.button if "_encoding_1" in str(one.key)).click().run()
    assert not app.exception
    button(app, "test_go").click().run()
    assert request_of(workspace)["read"]["encoding"] not in (None, "utf-8")


def test_the_sheet_of_a_later_workbook_can_be_chosen(open_page: Open, workspace: Workspace, run: Job) -> None:
    book = BytesIO()
    with pd.ExcelWriter(book) as writer:
        for sheet, rows in (("March", 1), ("April", 2)):
            table = pd.DataFrame({"message": ["an invoice"] * rows, "topic": ["Billing"] * rows})
            table.to_excel(writer, sheet_name=sheet, index=False)
    app = bring(open_page, run, "later.xlsx", book.getvalue())
    assert "An Excel sheet with **1 row**" in words_of(app)
    box(app, "Sheet").set_value("April").run()
    assert "An Excel sheet with **2 rows**" in words_of(app)
    button(app, "test_go").click().run()
    assert request_of(workspace)["read"]["sheet"] == "April"


def test_rows_of_a_later_file_that_cannot_be_read_are_counted_and_shown(open_page: Open, run: Job) -> None:
    app = bring(open_page, run, "later.csv", b"message,topic\nan invoice,Billing\none,two,three,four\nthanks,Praise\n")
    assert "1 row could not be read" in words_of(app)
    assert any("reason" in table.value.columns for table in app.dataframe)


def test_a_later_file_that_cannot_be_read_gets_a_sentence_and_another_way(open_page: Open, run: Job) -> None:
    app = bring(open_page, run, "empty.csv", b"")
    assert len(app.error) == 1 and not app.exception
    assert any(one.label == "Format" for one in app.selectbox)


def test_what_was_chosen_for_a_later_file_outlives_the_session(open_page: Open, run: Job) -> None:
    app = bring(open_page, run, "later.csv", b"text,kind,other\nan invoice,Biling,x\nthanks,Praise,y\n")
    box(app, "column_topic").set_value("kind").run()
    box(app, "label_Biling").select_index(0).run()
    again = open_page("evaluation.py", run=run.id, test_file=address(app, "test_file"))
    assert box(again, "column_topic").value == "kind"
    assert box(again, "label_Biling").value is None


def test_another_mapping_of_the_same_file_is_another_test(open_page: Open, workspace: Workspace, run: Job) -> None:
    app = bring(open_page, run, "later.csv", b"message,topic\nan invoice,Biling\nthanks,Praise\n")
    upload = address(app, "test_file")
    button(app, "test_go").click().run()
    again = open_page("evaluation.py", run=run.id, test_file=upload)
    button(again, "test_go").click().run()
    assert len(store.list_jobs(workspace, kinds=["evaluate"])) == 1
    changed = open_page("evaluation.py", run=run.id, test_file=upload)
    box(changed, "label_Biling").select_index(0).run()
    button(changed, "test_go").click().run()
    assert request_of(workspace)["label_map"] == {}
    assert len(store.list_jobs(workspace, kinds=["evaluate"])) == 2


def test_the_answers_of_today_can_be_named_as_a_rival(open_page: Open, workspace: Workspace, run: Job) -> None:
    app = bring(open_page, run, "later.csv", b"message,topic,now\nan invoice,Billing,Praise\nthanks,Praise,Praise\n")
    assert box(app, "column_today").value is None
    box(app, "column_today").set_value("now").run()
    button(app, "test_go").click().run()
    assert request_of(workspace)["rival"] == "now"


def test_a_class_with_spaces_at_its_end_is_asked_about_not_swallowed(
    open_page: Open, workspace: Workspace, run: Job
) -> None:
    app = bring(open_page, run, "later.csv", b'message,topic\nan invoice,"Praise "\nthanks,Praise\n')
    assert box(app, "label_Praise ").value == "Praise"
    button(app, "test_go").click().run()
    assert request_of(workspace)["label_map"] == {"Praise ": "Praise"}


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


def test_many_classes_are_shown_as_pairs(component: Open) -> None:
    view = component("confusion_view")
    labels = [f"class {n:02}" for n in range(30)]
    matrix = [[5 if a == b else int(b == (a + 1) % 30) * (a % 3) for b in range(30)] for a in range(30)]
    found = view.pairs({"labels": labels, "matrix": matrix})
    assert found[0].rows == max(pair.rows for pair in found) == 2
    assert sum(pair.rows for pair in found) == sum(map(sum, matrix)) - 150


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
