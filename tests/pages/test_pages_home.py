import re

import pytest
from pages_words import words_of
from run_material import finished_run, submit_run
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.errors import DiskFullError
from sft_core.jobs import store
from sft_core.records import read_json, write_json
from sft_core.workspace import RunFolder


def test_an_empty_home_shows_three_doors(open_page):
    app = open_page()
    assert not app.exception and not app.error
    assert {"Start", "Choose a file", "Choose a model"} <= {button.label for button in app.button}
    assert "Everything stays on this machine" in words_of(app)


def test_a_disk_too_full_for_the_register_is_said_in_words(open_page, monkeypatch):
    def full(_workspace):
        raise DiskFullError

    monkeypatch.setattr(store, "ensure_register", full)
    app = open_page()
    assert not app.exception
    (error,) = app.error
    assert "Make room" in error.value


def test_a_bug_gets_an_id_on_the_screen_and_its_trace_goes_to_the_log(open_page, monkeypatch, caplog):
    def broken(_workspace):
        raise ZeroDivisionError("<b>secret rows</b>")

    monkeypatch.setattr(store, "ensure_register", broken)
    app = open_page()
    assert not app.exception
    (error,) = app.error
    shown = f"{error.proto.title} {error.value}"
    number = re.search(r"under ([0-9a-f]{6})\.", shown).group(1)
    assert "secret" not in shown and "Traceback" not in shown
    (record,) = [one for one in caplog.records if one.name == "tuneboard.pages"]
    assert number in record.getMessage() and record.exc_info[0] is ZeroDivisionError


def test_home_lists_a_dataset_with_the_next_thing_to_do(open_page, dataset):
    app = open_page()
    assert "Messages" in words_of(app) and "110 rows · 4 classes" in words_of(app)
    assert app.button(key=f"next_{dataset}").label == "Train"


def test_while_the_next_run_waits_the_result_of_the_one_before_is_shown(open_page, dataset, workspace):
    submit_run(workspace, dataset, "queued")
    assert "no result yet" in words_of(open_page())
    finished_run(workspace, dataset)
    submit_run(workspace, dataset, "queued")
    words = words_of(open_page())
    assert "no result yet" not in words and ", the run before" in words


def test_scores_that_differ_never_read_alike(open_page, dataset, workspace):
    for share in (0.844, 0.836):
        path = RunFolder(finished_run(workspace, dataset).folder).report
        report = read_json(path)
        report["metrics"]["test"]["accuracy"] = share
        write_json(path, report)
    app = open_page()
    app.session_state[f"runs_of_{dataset}"] = True
    words = words_of(app.run())
    assert "**84.4 in 100** right" in words and "**83.6 in 100** right" in words


def test_a_dataset_comes_back_from_the_trash(open_page, dataset, workspace):
    thrown = DatasetStore(workspace).delete(dataset)
    app = open_page()
    assert "Messages" not in words_of(app)
    app.session_state["trash"] = True
    app.run()
    app.button(key=f"restore_{thrown.name}").click().run()
    assert not app.error and [info.id for info in DatasetStore(workspace).list()] == [dataset]


def test_deleting_for_good_is_asked_first(open_page, dataset, workspace):
    thrown = DatasetStore(workspace).delete(dataset)
    app = open_page()
    app.session_state["trash"] = True
    app.run()
    app.button(key=f"remove_{thrown.name}").click().run()
    assert app.button(key="for_good_yes").label == "Delete for good"
    assert thrown.exists()


def test_one_click_asks_for_the_sample_once(open_page, workspace, monkeypatch):
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)
    app = open_page()
    app.button(key="door_sample").click().run()
    assert not app.error
    (job,) = store.list_jobs(workspace)
    assert job.kind == "import" and job.title == "Customer messages"
    app.run()
    assert len(store.list_jobs(workspace)) == 1


@pytest.mark.parametrize("address", ["../../etc", ".hidden", "x" * 200])
def test_an_address_that_is_no_id_is_ignored(open_page, address):
    app = open_page(dataset=address)
    assert not app.exception and not app.error and "dataset" not in app.query_params


@pytest.mark.parametrize("address", [{"run": "20200101000000-00000000"}, {"dataset": "nonsense"}])
def test_an_address_that_leads_nowhere_says_so_until_something_is_chosen(open_page, dataset, address):
    app = open_page(**address)
    assert not app.exception and not app.error
    assert "run" not in app.query_params and "dataset" not in app.query_params
    for page in ("evaluation.py", "training.py", "try_it.py", "prepare.py"):
        app.switch_page(page).run()
        assert not app.exception and not app.error
        assert [one.proto.title for one in app.warning] == ["What this address leads to is not here."]
    app = app.switch_page("home.py").run()
    app.button(key=f"next_{dataset}").click().run()
    assert not app.warning


def test_a_run_is_shown_after_its_data_was_deleted(open_page, dataset, workspace):
    job = finished_run(workspace, dataset)
    DatasetStore(workspace).delete(dataset)
    app = open_page("evaluation.py", dataset=dataset, run=job.id)
    assert not app.warning and app.title[0].value == "How good is it?"
    assert "Right" in words_of(app)


THROWING = """
import streamlit as st
from components import confirm, trash, work

confirm.offer_undo()
keep = work.datasets()
if st.button("Throw away", key="throw"):
    def delete():
        thrown = keep.delete("{dataset}")
        return lambda: keep.restore(thrown)
    confirm.ask_delete("Messages", "The rows go.", delete)
trash.show()
"""


@pytest.mark.parametrize("way", ["restored", "deleted for good"])
def test_the_offer_to_undo_goes_with_what_it_is_for(component, dataset, workspace, way):
    component("trash")
    app = AppTest.from_string(THROWING.format(dataset=dataset), default_timeout=60).run()
    app.button(key="throw").click().run()
    app.button(key="throw").click()  # AppTest closes a dialog that is not asked for again
    app.button(key="delete_yes").click().run()
    assert not app.exception and "is in the trash" in words_of(app)
    (thrown,) = workspace.trash.iterdir()
    app.session_state["trash"] = True
    app.run()
    if way == "restored":
        app.button(key=f"restore_{thrown.name}").click().run()
    else:
        DatasetStore(workspace).delete_for_good(thrown)
        app.run()
    assert not app.exception and not app.error
    assert "is in the trash" not in words_of(app)


def test_runs_take_on_the_new_name_of_their_data(component, dataset, workspace):
    own, renamed = (finished_run(workspace, dataset) for _ in range(2))
    store.rename(workspace, own.id, "Messages · quick")
    store.rename(workspace, renamed.id, "My best one")
    component("shelf")._rename(DatasetStore(workspace).get(dataset), "Letters")
    about = {run.id: run.name for run in component("work").runs(dataset)}
    assert about == {own.id: "Letters · quick", renamed.id: "My best one"}
    assert DatasetStore(workspace).get(dataset).name == "Letters"
