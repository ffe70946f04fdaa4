"""Evaluate: a later file that is brought, how it is read, and what is which in it."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from arriving import arrive
from evaluation_page import address, box, bring, button, request_of, words_of
from streamlit.testing.v1 import AppTest

from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.workspace import Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


@pytest.mark.usefixtures("in_a_child")
def test_a_later_file_is_mapped_and_asked_for(
    open_page: Open, workspace: Workspace, run: Job, dataset: str, tmp_path: Path
) -> None:
    app = open_page("evaluation.py", run=run.id, test_file="new")
    table = "text,Category\na question about an invoice,Biling\nwhere is it,Delivery\nback with it,Returns\n"
    arrive(app, "later_file", "later.csv", table.encode())
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
