"""Changes made before, offered for a file with the same columns."""

import pytest
from arriving import arrive
from pages_words import words_of

from sft_core.data.preparing import apply_step
from sft_core.data.steps import step
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.folders import read_order

ROWS = ("first,Billing", "second,billing", "third,Praise", "fourth,Praise", "fifth,billing", "sixth,Billing")
NEXT = "\n".join(["message,topic", *(row.replace(",", " long text,") for row in ROWS), ""]).encode()


@pytest.fixture
def cleaned(dataset, workspace, monkeypatch):
    """The dataset with two rules and one change by hand, and nobody who would start jobs."""
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)
    kept = DatasetStore(workspace)
    for one in (
        step("drop_duplicates"),
        step("drop_rows", rows=[["train", 3]]),
        step("merge_labels", mapping={"billing": "Billing"}),
    ):
        apply_step(kept, dataset, one)
    return dataset


def bring(app, content):
    return arrive(app, "upload_train", "november.csv", content)


def choice(app):
    return next((box for box in app.selectbox if box.label == "Make the same changes as before"), None)


def test_the_changes_lead_to_a_new_file_and_the_import_is_asked_for_them(open_page, cleaned, workspace):
    app = open_page("prepare.py", dataset=cleaned)
    app.button(key="replay").click().run()
    assert not app.exception and "Bring a file to clean like" in app.title[0].value
    assert app.query_params["like"] in (cleaned, [cleaned])
    app = bring(open_page("data.py", like=cleaned), NEXT)
    assert not app.exception and choice(app).value == cleaned
    said = words_of(app).replace("\\", "")
    assert "1 change made by hand on single rows will be left out" in said and "“billing” renamed" in said
    app.button(key="use_data").click().run()
    (job,) = store.list_jobs(workspace)
    assert read_order(job.folder).request["like"] == {"dataset": cleaned, "version": 3}


def test_known_columns_are_offered_without_being_asked_and_nothing_is_the_default(open_page, cleaned, workspace):
    app = bring(open_page("data.py", new="data"), NEXT)
    assert choice(app).value == "" and len(choice(app).options) == 2
    app.button(key="use_data").click().run()
    (job,) = store.list_jobs(workspace)
    assert read_order(job.folder).request["like"] is None


def test_a_no_to_the_wish_of_the_address_stays_a_no(open_page, cleaned, workspace):
    app = bring(open_page("data.py", like=cleaned), NEXT)
    app.query_params["like"] = cleaned  # the link again, in the same tab
    app.run()
    assert choice(app).value == cleaned
    choice(app).select_index(0).run()
    assert choice(app).value == "" and "like" not in app.query_params


def test_a_file_with_other_columns_is_told_what_it_lacks(open_page, cleaned, workspace):
    app = bring(open_page("data.py", like=cleaned), b"text,label\nfirst long text,x\nsecond long text,y\nthird,x\n")
    assert not app.exception
    assert "there is no column “message” and “topic”" in app.warning[0].proto.title.replace("\\", "")
    app.button(key="use_data").click().run()
    (job,) = store.list_jobs(workspace)
    assert read_order(job.folder).request["like"] is None
    fresh = bring(open_page("data.py", new="data"), b"text,label\nfirst long text,x\nsecond long text,y\nthird,x\n")
    assert choice(fresh) is None


def test_what_was_taken_over_and_what_was_not_is_said(open_page, cleaned, workspace, tmp_path):
    from sft_core.data.importing import import_files
    from sft_core.data.replaying import replay_like

    path = tmp_path / "november.csv"
    path.write_bytes(NEXT)
    kept = DatasetStore(workspace)
    november = import_files(workspace, "November", {"train": path})
    replay_like(kept, november, cleaned, 3)
    app = open_page("prepare.py", dataset=november)
    said = words_of(app).replace("\\", "")
    assert "Changed like" in said and "1 change of it could not be made here" in said
    assert "Not made: 1 row dropped by hand" in said and "2 rows changed." in said
    app.button(key="undo_1_1").click().run()
    assert [one["fix"] for one in kept.version(november, kept.get(november).current).steps] == ["drop_duplicates"]


def test_a_rule_can_be_made_earlier(open_page, dataset, workspace):
    kept = DatasetStore(workspace)
    for one in (step("drop_duplicates"), step("strip_markup")):
        apply_step(kept, dataset, one)
    app = open_page("prepare.py", dataset=dataset)
    app.button(key="up_2_1").click().run()
    assert not app.exception and not app.error
    assert [one["fix"] for one in kept.version(dataset, kept.get(dataset).current).steps] == [
        "strip_markup",
        "drop_duplicates",
    ]
