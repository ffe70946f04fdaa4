"""What the Data page says of the file itself: its letters, its lines, its header, and where it may lie."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
from arriving import arrive
from pages_words import words_of
from streamlit.testing.v1 import AppTest

from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.workspace import Workspace

Bring = Callable[[str, bytes], AppTest]


@pytest.fixture
def bring(open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> Bring:
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)

    def upload(name: str, content: bytes) -> AppTest:
        app = open_page("data.py", new="data")
        return arrive(app, "upload_train", name, content)

    return upload


def choose(app: AppTest, label: str, value: Any) -> AppTest:
    """Another way to read the file, from the selector with this label."""
    app = next(box for box in app.selectbox if box.label == label).set_value(value).run()
    assert not app.exception and not app.error
    return app


def first_rows(app: AppTest) -> pd.DataFrame:
    """The preview, as it stands on the page."""
    return next(frame.value for frame in app.dataframe if "row" in frame.value.columns).drop(columns="row")


def asked_to_read(app: AppTest, workspace: Workspace) -> dict[str, Any]:
    """How the file is to be read when this is used as it stands."""
    app.button(key="use_data").click().run()
    (job,) = store.list_jobs(workspace)
    return read_order(job.folder).request["read"]


def test_other_quotation_marks_are_followed_by_the_preview(bring: Bring, workspace: Workspace) -> None:
    lines = ["text,label", *(f"'the parcel, number {n}',{'ab'[n % 2]}" for n in range(30))]
    app = bring("quoted.csv", "\n".join(lines).encode())
    assert list(first_rows(app).iloc[0]) == ["the parcel, number 0", "a"]
    choose(app, "Quotation marks", "")
    assert list(first_rows(app).iloc[0]) == ["'the parcel", " number 0'", "a"]
    assert "**column\\_3** is the label, 2 classes" in words_of(app)  # what the columns are for is guessed anew
    assert asked_to_read(app, workspace)["quote"] == ""


@pytest.mark.usefixtures("in_a_child")
def test_another_separator_is_followed_by_the_preview(bring: Bring, workspace: Workspace) -> None:
    lines = ["text;kind,label", *(f"message {n};{'xy'[n % 2]},{'ab'[n % 2]}" for n in range(30))]
    app = bring("odd.csv", "\n".join(lines).encode())
    assert list(first_rows(app).iloc[1]) == ["message 1", "y,b"]
    choose(app, "Separator", ",")
    assert list(first_rows(app).columns) == ["text;kind", "label"]
    assert list(first_rows(app).iloc[1]) == ["message 1;y", "b"]
    assert asked_to_read(app, workspace)["delimiter"] == ","


def test_another_character_set_is_followed_by_the_preview(bring: Bring, workspace: Workspace) -> None:
    lines = ["text,label", *(f"Grüße aus Köln {n},{'ab'[n % 2]}" for n in range(30))]
    app = bring("letters.csv", "\n".join(lines).encode())
    assert first_rows(app)["text"].iloc[0] == "Grüße aus Köln 0"
    choose(app, "Character set", "cp1252")
    assert first_rows(app)["text"].iloc[0] == "GrÃ¼ÃŸe aus KÃ¶ln 0"
    assert asked_to_read(app, workspace)["encoding"] == "cp1252"


def test_another_sheet_has_its_own_columns_rows_and_preview(bring: Bring, workspace: Workspace) -> None:
    book = BytesIO()
    with pd.ExcelWriter(book) as writer:
        for sheet, column, rows in (("March", "message", 12), ("April", "question", 20)):
            texts = [f"{sheet}: where is the parcel {n}?" for n in range(rows)]
            topics = ["Delivery", "Billing"] * (rows // 2)
            pd.DataFrame({column: texts, "topic": topics}).to_excel(writer, sheet_name=sheet, index=False)
    app = bring("months.xlsx", book.getvalue())
    assert "An Excel sheet with **12 rows** and a header row. **message** is the text" in words_of(app)
    choose(app, "Sheet", "April")
    assert "An Excel sheet with **20 rows** and a header row. **question** is the text" in words_of(app)
    assert list(first_rows(app).iloc[0]) == ["April: where is the parcel 0?", "Delivery"]
    assert next(box for box in app.multiselect if box.label == "Text").value == ["question"]
    assert asked_to_read(app, workspace)["sheet"] == "April"


def test_a_workbook_of_one_sheet_asks_for_none(bring: Bring) -> None:
    book = BytesIO()
    table = pd.DataFrame({"message": ["an invoice", "a parcel"] * 6, "topic": ["Billing", "Delivery"] * 6})
    table.to_excel(book, index=False)
    app = bring("one.xlsx", book.getvalue())
    assert "An Excel sheet with **12 rows**" in words_of(app)
    assert "Sheet" not in [box.label for box in app.selectbox]


def test_doubtful_letters_are_never_read_silently(bring: Bring) -> None:
    rows = "\n".join(f"Grüße aus Köln, Nummer {n};{'gut' if n % 2 else 'böse'}" for n in range(40))
    app = bring("alt.csv", f"Text;Urteil\n{rows}\n".encode("cp1252"))
    assert not app.exception
    assert "Which of these reads right?" in words_of(app)
    choices = [one for one in app.button if "_encoding_" in str(one.key)]
    assert len(choices) >= 2
    choices[0].click().run()
    said = words_of(app)
    assert "Which of these reads right?" not in said
    assert app.dataframe[0].value["Text"].iloc[0].startswith("Grüße aus Köln")


def test_rows_that_cannot_be_read_are_counted_and_shown_with_the_reason(bring: Bring) -> None:
    lines = ["text,label", *(f"the message number {n},{'ab'[n % 2]}" for n in range(30)), "one,cell,too,many", "x,y,z"]
    app = bring("torn.csv", "\n".join(lines).encode())
    assert "2 rows could not be read" in words_of(app)
    reasons = next(frame.value for frame in app.dataframe if "reason" in frame.value.columns)
    assert len(reasons) == 2 and reasons["reason"].str.len().min() > 10
    assert list(reasons["row"]) == [31, 32]
    assert list(next(frame.value for frame in app.dataframe if "text" in frame.value.columns)["row"][:2]) == [1, 2]


def test_a_header_row_that_is_none_becomes_data_when_that_is_said(bring: Bring) -> None:
    lines = ["text,label", *(f"the message number {n},{'ab'[n % 2]}" for n in range(30))]
    app = bring("headed.csv", "\n".join(lines).encode())
    assert "with **30 rows** and a header row" in words_of(app)
    next(box for box in app.selectbox if box.label == "First row").set_value(False).run()
    assert "with **31 rows** and no header row" in words_of(app)
    assert list(app.dataframe[0].value.iloc[0])[1:] == ["text", "label"]


def test_rows_above_the_table_can_be_named_and_the_preview_follows(bring: Bring, workspace: Workspace) -> None:
    lines = ["Week 12,all teams", "Anliegen,Bereich", *(f"message {n},{'ab'[n % 2]}" for n in range(30))]
    app = bring("titled.csv", "\n".join(lines).encode())
    assert list(first_rows(app).columns) == ["Week 12 Anliegen", "all teams Bereich"]
    assert "The names of the columns take 2 lines, which are joined." in words_of(app).replace("\\", "")
    next(box for box in app.number_input if box.label == "Rows above the table").set_value(1).run()
    assert not app.exception and list(first_rows(app).columns) == ["Anliegen", "Bereich"]
    assert "1 line above the table was left out." in words_of(app).replace("\\", "")
    assert asked_to_read(app, workspace)["skip"] == 1


def test_the_line_in_which_excel_names_the_separator_is_said(bring: Bring) -> None:
    lines = ["sep=;", "text;label", *(f"message, {n};{'ab'[n % 2]}" for n in range(30))]
    app = bring("excel.csv", "\n".join(lines).encode())
    assert list(first_rows(app).columns) == ["text", "label"]
    assert "as the separator, as Excel writes it" in words_of(app).replace("\\", "")


@pytest.mark.parametrize("ending", ["../outside.csv", "/etc/hostname", "link.csv", "nowhere.csv"])
def test_only_files_under_the_folder_that_is_open_are_read(
    component: Callable[..., object], tmp_path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    root = tmp_path / "open"
    root.mkdir()
    (tmp_path / "outside.csv").write_text("text,label\n")
    (root / "link.csv").symlink_to(tmp_path / "outside.csv")
    monkeypatch.setenv("TUNEBOARD_DATA_ROOT", str(root))
    with pytest.raises(Exception, match="no such file in the folder that is open"):
        component("data_upload").checked_path(ending)


def test_a_file_on_this_machine_is_brought_by_its_name(
    open_page: Callable[..., AppTest], tmp_path, messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [box for box in open_page("data.py").text_input if "on this machine" in box.label]
    monkeypatch.setenv("TUNEBOARD_DATA_ROOT", str(tmp_path))
    app = open_page("data.py", new="data")
    next(box for box in app.text_input if "on this machine" in box.label).set_value("messages.csv")
    next(one for one in app.button if one.label == "Read this file").click().run()
    assert not app.exception and not app.error
    assert "with **110 rows**" in words_of(app)


def test_a_disk_without_room_is_said_in_words(bring: Bring, component, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(component("drafts"), "write_json", full)
    app = bring("messages.csv", b"text,label\na text,b\n")
    assert not app.exception
    (error,) = app.error
    assert "Make room" in error.value


def selector(app: AppTest, label: str) -> Any:
    return next(box for box in app.selectbox if box.label == label)


def test_a_choice_made_while_the_file_is_read_again_is_kept(bring: Bring) -> None:
    lines = ["text;kind,label", *(f"message {n};{'xy'[n % 2]},{'ab'[n % 2]}" for n in range(30))]
    app = bring("odd.csv", "\n".join(lines).encode())
    selector(app, "Separator").set_value(",")  # what a browser sends when the second comes before the page is drawn
    selector(app, "First row").set_value(False)
    app.run()
    assert not app.exception and not app.error
    assert (selector(app, "Separator").value, selector(app, "First row").value) == (",", False)
    assert "with **31 rows** and no header row" in words_of(app)


def test_a_choice_that_is_taken_back_leaves_the_others_as_they_were(bring: Bring) -> None:
    lines = ["text;kind,label", *(f"message {n};{'xy'[n % 2]},{'ab'[n % 2]}" for n in range(30))]
    app = bring("odd.csv", "\n".join(lines).encode())
    for separator in (",", ";"):
        choose(app, "Separator", separator)
    assert selector(app, "First row").value is True
    assert list(first_rows(app).iloc[1]) == ["message 1", "y,b"]
    together = selector(app, "Rows belong together by")
    assert together.value is not None  # a browser shows "Choose an option" for it
    assert together.format_func(together.value) == "nothing"


def test_character_sets_that_read_alike_are_not_offered_side_by_side(bring: Bring) -> None:
    rows = "\n".join(f"Grüße aus Köln, Nummer {n};{'gut' if n % 2 else 'böse'}" for n in range(40))
    app = bring("alt.csv", f"Text;Urteil\n{rows}\n".encode("cp1252"))
    offered = [one for one in app.button if "_encoding_" in str(one.key)]
    said = [caption.value for caption in app.caption]
    samples = [line for line in said if line.startswith(("Gr", "Text", "GR"))]
    per_choice = len(samples) // len(offered)
    shown = [tuple(samples[n * per_choice : (n + 1) * per_choice]) for n in range(len(offered))]
    assert len(set(shown)) == len(offered) > 1


def test_without_a_label_the_page_says_what_to_choose(bring: Bring) -> None:
    lines = ["message,note", *(f"the message number {n},{'ab'[n % 2]}" for n in range(30))]
    app = bring("plain.csv", "\n".join(lines).encode())
    choose(app, "Label", "")
    assert "Choose a label column first." in words_of(app)
    assert "no classes to learn" not in words_of(app)


def test_missing_labels_are_said_once(bring: Bring) -> None:
    lines = ["message,topic", *(f"the message number {n},{'ab'[n % 2]}" for n in range(30)), "one,", "two,"]
    said = words_of(bring("gaps.csv", "\n".join(lines).encode()))
    assert "2 rows that have no label" in said
    assert "2 rows have no label" not in said


@pytest.mark.parametrize(
    ("name", "content", "helps"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), False),
        ("empty.csv", b"", False),
        ("rows.json", b'[{"text": "a"', True),
    ],
)
def test_another_way_to_read_is_offered_only_where_it_could_help(
    bring: Bring, name: str, content: bytes, helps: bool
) -> None:
    app = bring(name, content)
    assert not app.exception and app.error and ("Read it in another way" in words_of(app)) == helps


def test_texts_alone_can_be_given_to_a_model_that_is_there(bring: Bring, run: Job) -> None:
    app = bring("letters.csv", b"message\nwhere is my parcel\nthe invoice is wrong\nthanks a lot\n")
    app.button(key="answer_instead").click().run()
    assert not app.exception and app.title[0].value == "Test it on a new file"
    assert "letters" in words_of(app) and "upload" not in app.query_params
