"""A step that is opened without a choice shows the newest data and result, says so, and offers the others."""

import pytest
from arriving import fields
from evaluation_page import address
from pages_words import words_of
from run_material import finished_run, submit_run

from sft_core.data.store import DatasetStore

OF_DATA = ["data.py", "prepare.py", "model.py", "training.py"]


@pytest.fixture
def later(workspace, messages, import_once):
    """A function that makes one more dataset of this name, newer than all others."""
    return lambda name: import_once(workspace, name, messages)


def offered(app):
    return [one for one in app.selectbox if one.label == "Another one"]


@pytest.mark.parametrize("page", OF_DATA)
def test_a_step_takes_the_newest_data_and_offers_the_others(open_page, dataset, later, page):
    newest = later("Letters")
    app = open_page(page)
    assert not app.exception and not app.error and "No data yet" not in words_of(app)
    assert address(app, "dataset") == newest and "This is the newest data, **Letters**." in words_of(app)
    (choice,) = offered(app)
    choice.set_value(dataset).run()
    assert address(app, "dataset") == dataset and not app.exception
    assert not offered(app), "it was chosen"


def test_one_dataset_needs_no_choice(open_page, dataset):
    app = open_page("prepare.py")
    assert address(app, "dataset") == dataset and not offered(app)


def test_what_was_thrown_away_is_not_taken(open_page, dataset, later, workspace):
    newest = later("Letters")
    app = open_page("prepare.py")
    DatasetStore(workspace).delete(newest)
    assert address(open_page("prepare.py"), "dataset") == dataset
    DatasetStore(workspace).delete(dataset)
    assert "No data yet" in words_of(open_page("prepare.py"))
    app.run()
    assert not app.exception and [one.proto.title for one in app.warning], "the one in sight was thrown away elsewhere"


@pytest.mark.parametrize("page", ["evaluation.py", "try_it.py"])
def test_a_result_is_preferred_to_newer_data_without_one(open_page, dataset, later, workspace, page):
    first, second = finished_run(workspace, dataset), finished_run(workspace, dataset)
    later("Letters")
    app = open_page(page)
    assert not app.exception and "No finished run yet" not in words_of(app)
    assert address(app, "dataset") == dataset and address(app, "run") == second.id
    if page == "evaluation.py":
        (choice,) = offered(app)
        choice.set_value(first.id).run()
        assert address(app, "run") == first.id and not offered(app)


def test_a_run_that_still_learns_does_not_hide_a_result(open_page, dataset, workspace):
    done = finished_run(workspace, dataset)
    submit_run(workspace, dataset, "running")
    assert address(open_page("evaluation.py", dataset=dataset), "run") == done.id


def test_a_model_without_data_gives_way_where_data_is_needed(open_page, dataset, workspace):
    alone = finished_run(workspace, dataset)
    DatasetStore(workspace).delete(dataset)
    app = open_page("prepare.py", run=alone.id)
    assert "No data yet" in words_of(app) and address(app, "run") == alone.id


def test_home_and_a_new_file_are_not_forced_upon_the_newest(open_page, dataset):
    app = open_page()
    assert "dataset" not in app.query_params
    app.button(key="door_bring").click().run()
    assert app.title[0].value == "Bring your data" and fields(app) == ["upload_train"]


def test_new_data_is_asked_for_in_the_address(open_page, dataset):
    app = open_page("data.py", dataset=dataset)
    app.button(key="new_data").click().run()
    assert app.title[0].value == "Bring your data" and address(app, "new") == "data"
