import pytest
from pages_words import words_of

from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.folders import read_order


@pytest.fixture
def prepare(open_page, dataset, workspace):
    return open_page("prepare.py", dataset=dataset), DatasetStore(workspace)


def button(app, label):
    return next(one for one in app.button if one.label.replace("\\", "") == label)


def test_without_data_the_page_says_what_is_missing(open_page):
    app = open_page("prepare.py")
    assert not app.exception and "No data yet" in words_of(app)


def test_a_finding_is_mended_with_one_click_and_taken_back(prepare, dataset):
    app, kept = prepare
    assert not app.exception and not app.error
    button(app, "Write all as Billing").click().run()
    assert not app.error and kept.get(dataset).classes == 3
    button(app, "Undo").click().run()
    assert kept.get(dataset).current == 0 and kept.get(dataset).classes == 4
    button(app, "Redo").click().run()
    assert kept.get(dataset).classes == 3


def test_an_early_change_is_taken_back_and_the_later_one_stays(prepare, dataset):
    app, kept = prepare
    button(app, "Write all as Billing").click().run()
    button(app, "Drop duplicates").click().run()
    assert kept.get(dataset).rows == 109
    app.button(key="undo_2_0").click().run()
    steps = kept.version(dataset, kept.get(dataset).current).steps
    assert [step["fix"] for step in steps] == ["drop_duplicates"]


def test_the_split_is_seen_before_it_is_made_and_proven_after(prepare, dataset):
    app, kept = prepare
    assert "This gives" in app.expander[0].label or any("This gives" in box.label for box in app.expander)
    app.button(key="make_split").click().run()
    assert not app.error and "no row lies on two sides" in words_of(app)
    assert set(kept.facts(dataset)["splits"]) == {"train", "validation", "test"}


def test_what_belongs_together_is_not_dealt_row_by_row(open_page, dataset, workspace):
    kept = DatasetStore(workspace)
    kept.set_roles(dataset, kept.get(dataset).roles.model_copy(update={"group": "topic"}))
    app = open_page("prepare.py", dataset=dataset)
    ways = app.selectbox(key=f"split_{dataset}_0_method")
    assert ways.options == ["By what belongs together", "A separate test file"] and ways.value == "group"


def test_a_split_that_is_not_honest_says_what_crosses(open_page, dataset, workspace):
    kept = DatasetStore(workspace)
    rows = kept.read_rows(dataset).assign(_split="train")
    rows.loc[rows["_row"] % 3 == 0, "_split"] = "test"
    rows.loc[rows["_row"] % 3 == 1, "_split"] = "validation"
    rows.loc[rows["_row"] < 2, "message"] = "the same twice"
    kept.set_roles(dataset, kept.get(dataset).roles.model_copy(update={"group": "topic"}))
    kept.set_current(dataset, kept.add_version(dataset, rows, [], parent=0, did=[]))
    said = words_of(open_page("prepare.py", dataset=dataset))
    assert "groups lie on more than one side: “By what belongs together” keeps them together." in said
    assert "make the split anew, or a training leaves out those that are not tested" in said
    assert "Checked: no row" not in said


def test_selected_rows_are_dropped(prepare, dataset):
    app, kept = prepare
    app.session_state["find_and_edit"] = True
    app.run()
    assert app.button(key="drop_rows").disabled
    app.session_state[f"edit_{dataset}_0_table_1"] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    app.run()
    assert "2 rows selected" in words_of(app)
    app.session_state[f"edit_{dataset}_0_table_1"] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    app.button(key="drop_rows").click().run()
    assert not app.error and kept.get(dataset).rows == 108


def test_a_large_table_is_changed_by_a_job(open_page, dataset, workspace, monkeypatch, component):
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)
    monkeypatch.setattr(component("changes"), "AT_ONCE", 10)
    app = open_page("prepare.py", dataset=dataset)
    app.button(key="ask_split_preview").click().run()
    (job,) = store.list_jobs(workspace)
    assert not app.error and job.kind == "prepare"


def test_a_large_table_without_findings_is_looked_through_on_a_click(
    open_page, dataset, workspace, monkeypatch, component
):
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)
    monkeypatch.setattr(component("changes"), "AT_ONCE", 10)
    (workspace.dataset(dataset) / "versions" / "0" / "findings.json").unlink(missing_ok=True)
    app = open_page("prepare.py", dataset=dataset)
    app.button(key=f"look_through_{dataset}_0").click().run()
    (job,) = store.list_jobs(workspace)
    assert not app.error and read_order(job.folder).request == {"dataset": dataset, "parent": 0}
    assert "Looking for problems" in words_of(app)


def select(app, dataset, *places):
    """Rows of the table as a click at their left edge selects them; a run forgets it, so before each click."""
    chosen = {"selection": {"rows": list(places), "columns": [], "cells": []}}
    app.session_state[f"edit_{dataset}_0_table_1"] = chosen
    return app


def test_a_selected_row_gets_another_label_and_that_is_undone(prepare, dataset):
    app, kept = prepare
    app.session_state["find_and_edit"] = True
    select(app.run(), dataset, 3).run()
    select(app, dataset, 3).button(key="relabel").click().run()
    next(box for box in app.selectbox if box.label == "Label").set_value("Praise")
    select(app, dataset, 3).button(key="relabel").click().run()  # AppTest closes a dialog that is not asked for again
    select(app, dataset, 3).button(key="relabel").click()
    app.button(key="relabel_yes").click().run()
    assert not app.exception and not app.error
    rows = kept.read_rows(dataset)
    assert rows.loc[rows["_row"] == 3, "topic"].item() == "Praise"
    button(app, "Undo").click().run()
    assert kept.read_rows(dataset).loc[3, "topic"] != "Praise"


def test_one_text_is_edited_in_a_new_version_and_undo_brings_it_back(prepare, dataset):
    app, kept = prepare
    app.session_state["find_and_edit"] = True
    app.run()
    assert app.button(key="edit_text").disabled
    select(app, dataset, 3).run()
    select(app, dataset, 3).button(key="edit_text").click().run()
    (area,) = app.text_area
    assert area.label == "message" and area.value == "Delivery: the parcel number 0"
    area.set_value("Delivery: the parcel never came")
    select(app, dataset, 3).button(key="edit_text").click()  # AppTest closes a dialog that is not asked for again
    button(app, "Save").click().run()
    assert not app.exception and not app.error
    before = kept.read_rows(dataset, 0)
    assert kept.get(dataset).current == 1 and "Row 4 edited by hand" in words_of(app)
    assert list(kept.read_rows(dataset)["message"].compare(before["message"]).index) == [3]
    assert kept.read_rows(dataset).loc[3, "message"] == "Delivery: the parcel never came"
    button(app, "Undo").click().run()
    assert kept.get(dataset).current == 0 and kept.read_rows(dataset).equals(before)


def test_two_selected_rows_are_not_one_text(prepare, dataset):
    app, _kept = prepare
    app.session_state["find_and_edit"] = True
    select(app.run(), dataset, 3, 4).run()
    assert app.button(key="edit_text").disabled and not app.button(key="drop_rows").disabled


def notes(app):
    """How many test rows the split gives each class, and whether they are called too few."""
    given = next(frame.value for frame in app.dataframe if "note" in frame.value.columns)
    return {row["class"]: (row["test"], row["note"]) for row in given.to_dict("records")}


def test_classes_with_under_ten_test_rows_are_called_too_few_to_trust(prepare, dataset):
    app, _kept = prepare
    topics, few = ("Billing", "Delivery", "Praise"), "too few test rows to trust"
    app.number_input(key=f"split_{dataset}_0_test").set_value(25).run()
    assert [notes(app)[topic] for topic in topics] == [(9, few)] * 3
    assert "Fewer than 10 test rows: Billing, Delivery, Praise. Too few to trust" in words_of(app).replace("\\", "")
    app.number_input(key=f"split_{dataset}_0_test").set_value(28).run()
    assert [notes(app)[topic] for topic in topics] == [(10, "")] * 3
    assert "Too few to trust" not in words_of(app)


def test_rows_are_numbered_from_one_and_the_first_is_the_first_row_of_data(prepare, dataset):
    app, kept = prepare
    app.session_state["find_and_edit"] = True
    app.run()
    table = next(frame.value for frame in app.dataframe if "_row" in frame.value.columns)
    assert list(table["_row"][:3]) == [1, 2, 3]
    assert table["message"].iloc[0] == kept.read_rows(dataset).loc[0, "message"]
    next(one for one in app.button if str(one.key).startswith("look_")).click().run()
    shown = [frame.value for frame in app.dataframe]
    rows = next(frame for frame in shown if "_row" in frame.columns and set(frame["topic"]) == {"billing"})
    assert list(rows["_row"]) == [110]  # stored as 109: the last of 110 rows
    example = next(frame for frame in shown if "before" in frame.columns)
    assert list(example["row"]) == [110]
    assert kept.read_rows(dataset)["_row"].iloc[0] == 0
