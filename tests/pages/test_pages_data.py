import pytest
from arriving import arrive
from pages_words import words_of

from sft_core.config import Roles
from sft_core.data import examples
from sft_core.data.importing import import_job
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.records import EventLog, Work

HOSTILE = "<script>alert(1)</script> :tada: [x](http://evil.example)"


@pytest.fixture
def upload(open_page, monkeypatch):
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)

    return lambda name, content: arrive(open_page("data.py"), "upload_train", name, content)


@pytest.mark.usefixtures("in_a_child")
def test_a_file_is_read_and_described_at_once(upload, messages):
    app = upload("messages.csv", messages.read_bytes())
    assert not app.exception and not app.error
    said = words_of(app).replace("\\", "")
    assert "A table with **110 rows** and a header row" in said
    assert "**message** is the text, **topic** is the label, 4 classes" in said


def test_the_preview_follows_a_changed_separator(upload):
    app = upload("odd.csv", b"title;body,label\nfirst one;the text,x\nsecond one;a text,y\n")
    separator = next(box for box in app.selectbox if box.label == "Separator")
    separator.set_value(";" if separator.value == "," else ",").run()
    assert not app.exception
    label = next(box for box in app.selectbox if box.label == "Label")
    assert label.options in (["nothing", "title", "body,label"], ["nothing", "title;body", "label"])


def test_a_label_of_measured_numbers_is_refused_with_the_reason(upload):
    rows = "\n".join(f"this is the text number {n},{n * 1.37:.2f}" for n in range(300))
    app = upload("measured.csv", f"text,score\n{rows}\n".encode())
    assert "a number is not possible" in app.warning[0].proto.title
    assert app.button(key="use_data").disabled


@pytest.mark.usefixtures("in_a_child")
def test_a_broken_file_gets_a_sentence_and_another_way_to_read_it(upload):
    app = upload("rows.json", b'[{"text": "a"')
    assert len(app.error) == 1 and not app.exception
    assert any(box.label == "Format" for box in app.selectbox)


def test_use_this_data_asks_for_one_import(upload, messages, workspace):
    app = upload("messages.csv", messages.read_bytes())
    app.button(key="use_data").click().run()
    assert not app.exception and not app.error
    (job,) = store.list_jobs(workspace)
    assert job.kind == "import" and job.state == "queued"


def test_several_text_columns_are_said_and_are_the_roles_of_the_dataset(upload, workspace):
    rows = "\n".join(f"A parcel {n},it never came to me {n},{'ab'[n % 2]}" for n in range(30))
    app = upload("two.csv", f"heading,message,label\n{rows}\n".encode())
    text = next(box for box in app.multiselect if box.label == "Text")
    text.set_value(["message"]).run()
    assert "**message** is the text, **label** is the label, 2 classes" in words_of(app)
    next(box for box in app.multiselect if box.label == "Text").set_value(["heading", "message"]).run()
    assert not app.exception and not app.error
    assert "**heading** and **message** together are the text, **label** is the label, 2 classes" in words_of(app)
    app.button(key="use_data").click().run()
    (job,) = store.list_jobs(workspace)
    import_job(Work(job.folder, read_order(job.folder).request, 1, EventLog(job.folder / "told.jsonl", 1)))
    (made,) = DatasetStore(workspace).list()
    assert made.roles == Roles(text=("heading", "message"), label="label")
    joined, _pairs = examples.texts(DatasetStore(workspace).read_rows(made.id), made.roles)
    assert joined[0] == "heading: A parcel 0\nmessage: it never came to me 0"


def test_a_draft_outlives_the_session(upload, messages, open_page):
    app = upload("messages.csv", messages.read_bytes())
    draft = app.query_params["upload"]
    again = open_page("data.py", upload=draft[0] if isinstance(draft, list) else draft)
    assert again.title[0].value.replace("\\", "") == "messages.csv"


def test_a_draft_that_was_used_in_another_window_shows_its_rows(open_page, dataset):
    app = open_page("data.py", upload="20260101000000-00000000", new="data")
    assert "new" not in app.query_params and "upload" not in app.query_params
    assert app.title[0].value == "Messages"


def test_hostile_names_are_shown_as_plain_text(upload):
    app = upload(f"{HOSTILE}.csv", b"message,topic\nfirst long text,a\nsecond long text,b\nthird long text,a\n")
    assert not app.exception
    title = app.title[0].value
    assert "<script>" not in title and ":tada:" not in title and "](http" not in title


def test_the_rows_can_be_searched(open_page, dataset):
    app = open_page("data.py", dataset=dataset)
    assert not app.exception and not app.error
    app.text_input(key=f"rows_{dataset}_search").set_value("courier").run()
    assert "12 rows of 110" in words_of(app)
    assert app.dataframe[0].value["message"].str.contains("courier").all()


def test_roles_can_be_changed_later(open_page, dataset, workspace):
    app = open_page("data.py", dataset=dataset)
    group = next(box for box in app.selectbox if box.label == "Rows belong together by")
    group.set_value("topic").run()
    assert not app.exception
    assert DatasetStore(workspace).get(dataset).roles == Roles(text=("message",), label="topic", group="topic")


def test_a_label_of_measured_numbers_is_refused_before_a_large_file_is_imported(upload, component, monkeypatch):
    monkeypatch.setattr(component("reading"), "WHOLE_UP_TO", 1_000)
    monkeypatch.setattr(component("reading"), "AT_ONCE", 0)
    rows = "\n".join(f"this is the text number {n},{n * 1.37:.2f}" for n in range(30_000))
    app = upload("measured.csv", f"text,score\n{rows}\n".encode())
    assert "a number is not possible" in app.warning[0].proto.title and app.button(key="use_data").disabled


@pytest.mark.usefixtures("in_a_child")
def test_a_large_file_sorted_by_class_is_not_judged_by_its_beginning(upload, component, monkeypatch):
    monkeypatch.setattr(component("reading"), "WHOLE_UP_TO", 1_000)
    monkeypatch.setattr(component("reading"), "AT_ONCE", 0)
    rows = "\n".join(f"this is the text number {n},{'early' if n < 25_000 else 'late'}" for n in range(30_000))
    app = upload("sorted.csv", f"text,label\n{rows}\n".encode())
    assert not app.warning and not app.button(key="use_data").disabled
