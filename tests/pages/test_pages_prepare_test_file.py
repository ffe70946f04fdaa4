"""The separate test file in the split designer, and what a large table shows before it is changed."""

from types import SimpleNamespace

import pytest
from arriving import arrive, fields
from pages_words import words_of
from run_material import set_state

from sft_core.data import preparing
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.records import EventLog, Work, write_json

LINES = [f"a new {topic.lower()} question {n},{topic}" for n in range(4) for topic in ("Billing", "Delivery")]
LINES += ["Billing: the INVOICE number 0!,Billing", "never heard of it,Gossip"]
TEST = "\n".join(["message,topic", *LINES, ""]).encode()


@pytest.fixture(autouse=True)
def _nobody_starts_jobs(monkeypatch):
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)


def words(app):
    return words_of(app).replace("\\", "")


def work_off(workspace):
    """Do what the newest job asks for, as its worker would."""
    job = store.list_jobs(workspace)[-1]
    request = read_order(job.folder).request
    preparing.prepare_job(Work(job.folder, request, 1, EventLog(job.folder / "events.jsonl", 1)))
    set_state(workspace, job, "finished")
    return request


def bring(app, dataset, content=TEST, name="later.csv", version=0):
    app.selectbox(key=f"split_{dataset}_{version}_method").set_value("file").run()
    return arrive(app, f"given_test_file_{dataset}_{version}", name, content)


def use(app, workspace, dataset, content=TEST, name="later.csv", version=0):
    bring(app, dataset, content, name, version).button(key="make_split").click().run()
    work_off(workspace)
    return app.run()


def test_the_file_is_looked_at_then_used_then_taken_back(open_page, dataset, workspace):
    kept = DatasetStore(workspace)
    app = bring(open_page("prepare.py", dataset=dataset), dataset)
    said = words(app)
    assert not app.exception and not app.error
    assert "later.csv" in said and "A table with" in said and "10 rows" in said
    assert any("10 test" in box.label for box in app.expander)
    assert "2 rows" in said and "also stand in the test file" in said  # the invoice stands twice in these messages
    assert any("Not in training: Gossip" in one.value.replace("\\", "") for one in app.warning)
    assert "Not in the test: Praise" in said
    assert app.button(key="make_split").label == "Use this test file" and kept.get(dataset).current == 0
    app.button(key="make_split").click().run()
    assert "Changing the rows" in words(app)
    work_off(workspace)
    app.run()
    assert kept.facts(dataset)["splits"]["test"] == 10 and "“later.csv” used as the test file" in words(app)
    assert "no row lies on two sides" in words(app) and "given_test" not in app.query_params
    next(one for one in app.button if one.label == "Undo").click().run()
    assert kept.get(dataset).current == 0 and set(kept.about(dataset)["files"]) == {"train"}


def test_another_file_takes_its_place_and_going_without_gives_a_random_split(open_page, dataset, workspace):
    kept = DatasetStore(workspace)
    app = use(open_page("prepare.py", dataset=dataset), workspace, dataset)
    assert app.selectbox(key=f"split_{dataset}_1_method").value == "file" and "later.csv" in words(app)
    arrive(app, f"given_test_file_{dataset}_1", "second.csv", b"message,topic\nonly one,Praise\n")
    assert app.button(key="make_split").label == "Use it in place of the present one"
    app.button(key="make_split").click().run()
    work_off(workspace)
    app.run()
    assert kept.about(dataset)["files"]["test"]["name"] == "second.csv"
    app.button(key="leave_test_file").click().run()
    assert app.selectbox(key=f"split_{dataset}_2_method").value == "random" and "are left out then" in words(app)
    app.button(key="make_split").click().run()
    assert not app.error and kept.facts(dataset)["sources"] == {"train": 110}
    assert "test" not in kept.about(dataset)["files"]


def test_the_validation_share_changes_beside_a_file_that_stays(open_page, dataset, workspace):
    kept = DatasetStore(workspace)
    app = use(open_page("prepare.py", dataset=dataset), workspace, dataset)
    app.number_input(key=f"split_{dataset}_1_validation").set_value(30).run()
    app.button(key="make_split").click().run()
    assert kept.facts(dataset)["splits"] == {"train": 76, "validation": 32, "test": 10, "": 2}


def test_a_missing_column_is_named_and_nothing_is_lost(open_page, dataset):
    app = bring(open_page("prepare.py", dataset=dataset), dataset, b"message,colour\none,red\ntwo,blue\n")
    (warning,) = app.warning
    assert not app.exception and "no column “topic”" in warning.proto.title.replace("\\", "")
    assert not any(one.key == "make_split" for one in app.button)
    app.button(key="other_given_test").click().run()
    assert f"given_test_file_{dataset}_0" in fields(app)


def test_a_refresh_keeps_the_file_that_was_brought(open_page, dataset):
    app = bring(open_page("prepare.py", dataset=dataset), dataset)
    brought = app.query_params["given_test"]
    again = open_page("prepare.py", dataset=dataset, given_test=brought[0] if isinstance(brought, list) else brought)
    assert "later.csv" in words(again) and again.button(key="make_split").label == "Use this test file"


def test_the_command_names_the_test_file(open_page, dataset, workspace):
    app = use(open_page("prepare.py", dataset=dataset), workspace, dataset)
    app.session_state["settings_as_text"] = True
    app.switch_page("training.py").run()
    assert any("--test later.csv" in block.value for block in app.code)


def test_rows_of_an_earlier_test_file_are_not_corrected_in_another(open_page, dataset, workspace, component, tmp_path):
    corrections, kept = component("corrections"), DatasetStore(workspace)
    answered = SimpleNamespace(run=SimpleNamespace(job=SimpleNamespace(folder=tmp_path)))
    use(open_page("prepare.py", dataset=dataset), workspace, dataset)
    for version, same in ((0, False), (1, True)):
        write_json(tmp_path / "config.json", {"data": {"version": version}, "n": "x" * version})
        assert corrections.same_test_file(answered, kept.get(dataset)) is same


def test_a_large_table_sees_the_file_by_a_job(open_page, dataset, workspace, monkeypatch, component):
    monkeypatch.setattr(component("changes"), "AT_ONCE", 10)
    app = bring(open_page("prepare.py", dataset=dataset), dataset)
    app.button(key="ask_split_preview").click().run()
    assert work_off(workspace)["file"]["path"].endswith("later.csv")
    app.run()
    assert any("10 test" in box.label for box in app.expander) and "also stand in the test file" in words(app)
    assert DatasetStore(workspace).get(dataset).current == 0


def test_a_large_table_shows_what_a_fix_does_before_it_is_done(open_page, dataset, workspace, monkeypatch, component):
    monkeypatch.setattr(component("changes"), "AT_ONCE", 10)
    preparing.find_problems(DatasetStore(workspace), dataset, 0)
    app = open_page("prepare.py", dataset=dataset)
    next(one for one in app.button if str(one.key).startswith("look_")).click().run()
    next(one for one in app.button if str(one.key).startswith("look_")).click()  # AppTest closes a dialog
    app.button(key="look_from_dialog").click().run()
    assert work_off(workspace)["step"] == step("merge_labels", mapping={"billing": "Billing"})
    app.run()
    assert not app.exception and "What the button does:" in words(app) and "1 row changed." in words(app)
    example = next(frame.value for frame in app.dataframe if "before" in frame.value.columns)
    assert example[["row", "before", "after"]].values.tolist() == [[110, "billing", "Billing"]]
    assert DatasetStore(workspace).get(dataset).current == 0


def test_rows_are_found_by_a_free_range_of_lengths(open_page, dataset, workspace):
    app = open_page("prepare.py", dataset=dataset)
    app.session_state["find_and_edit"] = True
    app.run()
    key = f"edit_{dataset}_0"
    lengths = DatasetStore(workspace).read_rows(dataset)["message"].str.len()
    app.number_input(key=f"{key}_from").set_value(31).run()
    app.number_input(key=f"{key}_to").set_value(32).run()
    assert f"{lengths.between(31, 32).sum()} rows of 110" in words(app)
    app.number_input(key=f"{key}_to").set_value(5).run()
    assert "No text has 31 characters or more and 5 or fewer" in words(app)


def test_all_classes_are_shown_as_all_not_as_nothing_chosen(open_page, dataset):
    app = open_page("prepare.py", dataset=dataset)
    app.session_state["find_and_edit"] = True
    app.run()
    choice = app.selectbox(key=f"edit_{dataset}_0_class")
    assert choice.options[0] == "all" and choice.index == 0
    choice.set_value("Praise").run()
    app.selectbox(key=f"edit_{dataset}_0_class").select_index(0).run()
    assert app.selectbox(key=f"edit_{dataset}_0_class").index == 0 and "110 rows" in words(app)
