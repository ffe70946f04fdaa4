"""What the Data page says of the file itself: its letters, its lines, its header, and where it may lie."""

from collections.abc import Callable

import pytest
from pages_words import words_of
from streamlit.testing.v1 import AppTest

from sft_core.jobs import store

Bring = Callable[[str, bytes], AppTest]


@pytest.fixture
def bring(open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> Bring:
    monkeypatch.setattr(store, "ensure_supervisor", lambda _workspace: None)

    def upload(name: str, content: bytes) -> AppTest:
        app = open_page("data.py")
        return app.file_uploader(key="upload_train").upload(name, content).run()

    return upload


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


def test_a_header_row_that_is_none_becomes_data_when_that_is_said(bring: Bring) -> None:
    lines = ["text,label", *(f"the message number {n},{'ab'[n % 2]}" for n in range(30))]
    app = bring("headed.csv", "\n".join(lines).encode())
    assert "with **30 rows** and a header row" in words_of(app)
    next(box for box in app.selectbox if box.label == "First row").set_value(False).run()
    assert "with **31 rows** and no header row" in words_of(app)
    assert list(app.dataframe[0].value.iloc[0])[1:] == ["text", "label"]


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
    app = open_page("data.py")
    next(box for box in app.text_input if "on this machine" in box.label).set_value("messages.csv")
    next(one for one in app.button if one.label == "Read this file").click().run()
    assert not app.exception and not app.error
    assert "with **110 rows**" in words_of(app)


def test_a_disk_without_room_is_said_in_words(bring: Bring, component, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(component("drafts").shutil, "copyfileobj", full)
    app = bring("messages.csv", b"text,label\na text,b\n")
    assert not app.exception
    (error,) = app.error
    assert "Make room" in error.value
