"""Data, Prepare, Home and Model with a small dataset of pictures."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from arriving import arrive
from once_imported import Importer
from pages_words import words_of
from picture_data import drawn, png, signs
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.workspace import Workspace

Open = Callable[..., AppTest]


@pytest.fixture
def pictures(workspace: Workspace, tmp_path: Path, import_once: Importer) -> str:
    """The id of a dataset made of a zip of pictures."""
    return import_once(workspace, "Signs", signs(tmp_path / "signs.zip"))


def html(app: AppTest) -> str:
    """All that is written as HTML: the walls of pictures."""
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.usefixtures("in_a_child")
def test_a_zip_is_read_as_pictures_with_a_class_for_each_folder(open_page: Open, tmp_path: Path) -> None:
    app = arrive(open_page("data.py", new="data"), "upload_train", "s.zip", signs(tmp_path / "s.zip").read_bytes())
    said = words_of(app)
    assert not app.exception
    assert "**20 pictures**: each folder is a class" in said and "1 file could not be read" in said
    assert {box.label for box in app.selectbox} >= {"The class is said by", "Label"}
    assert not {box.label for box in app.selectbox} & {"Format", "Separator", "Character set", "Second text"}
    assert html(app).count("<img ") == 8  # four of each class
    assert not app.button(key="use_data").disabled


def test_the_data_page_shows_some_of_each_class_and_a_table_with_pictures(open_page: Open, pictures: str) -> None:
    app = open_page("data.py", dataset=pictures)
    assert not app.exception
    said = words_of(app)
    assert "**20 pictures**" in said and "Pictures in each class" in said
    assert "All are 72 × 72 pixels." in said and "How long the texts are" not in said
    assert html(app).count("data:image/jpeg;base64,") == 20  # all of both classes
    table = app.dataframe[0].value
    assert table["__picture"].str.startswith("data:image/jpeg;base64,").all() and "_phash" not in table.columns


def test_one_class_can_be_looked_at(open_page: Open, pictures: str) -> None:
    app = open_page("data.py", dataset=pictures)
    next(box for box in app.selectbox if "all classes" in box.options).set_value("disc").run()
    assert not app.exception and html(app).count("<img ") == 11


def test_what_is_wrong_with_pictures_is_found_and_fixed_with_undo(
    open_page: Open, pictures: str, workspace: Workspace
) -> None:
    app = open_page("prepare.py", dataset=pictures)
    assert not app.exception
    said = words_of(app)
    for words in (
        "2 pictures are the same as others",
        "1 picture repeats an earlier one",
        "1 picture is blurred",
        "1 picture is nearly black",
    ):
        assert words in said
    next(button for button in app.button if button.label == "Drop dark ones").click().run()
    assert DatasetStore(workspace).get(pictures).rows == 19
    assert "nearly black" not in [line.value for line in app.markdown][2]
    app.button(key="undo_1_0").click().run()
    assert DatasetStore(workspace).get(pictures).rows == 20


def test_copies_are_shown_side_by_side(open_page: Open, pictures: str) -> None:
    app = open_page("prepare.py", dataset=pictures)
    next(button for button in app.button if button.label == "Pictures").click().run()
    assert not app.exception
    assert html(app).count("<figure") == 2 and "other.png" in html(app)


def test_pictures_are_found_by_name_and_given_another_class_but_not_edited(open_page: Open, pictures: str) -> None:
    app = open_page("prepare.py", dataset=pictures)
    app.session_state["find_and_edit"] = True
    app.run()
    labels = {button.label for button in app.button}
    assert {"Drop", "Other label"} <= labels and "Edit text" not in labels
    assert not {field.label for field in app.number_input} & {"Characters from", "Characters to"}
    next(field for field in app.text_input if field.label == "Search").set_value("night").run()
    assert "1 picture of 20" in words_of(app)


def test_home_counts_pictures(open_page: Open, pictures: str) -> None:
    assert "20 pictures · 2 classes" in words_of(open_page("home.py"))


def test_the_model_page_offers_models_for_pictures(open_page: Open, pictures: str) -> None:
    app = open_page("model.py", dataset=pictures)
    assert not app.exception
    said = words_of(app)
    assert "It starts from EfficientNet" in said and "DINOv2" in said and "ConvNeXt" in said
    assert "MiniLM" not in said and "BERT" not in said


def test_of_a_large_zip_only_names_are_read_until_it_is_used(
    open_page: Open, tmp_path: Path, component, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component("reading"), "OPENED_UP_TO", {"pictures": 0})
    monkeypatch.setattr(component("reading"), "AT_ONCE", 0)
    zipped = signs(tmp_path / "large.zip", flawed=False)
    app = arrive(open_page("data.py", new="data"), "upload_train", "large.zip", zipped.read_bytes())
    said = words_of(app)
    assert not app.exception
    assert "**16 pictures**: each folder is a class" in said and "opened when you use this data" in said
    assert "<img" not in html(app) and not app.button(key="use_data").disabled


def test_a_class_in_the_names_is_offered_and_the_preview_follows(open_page: Open, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        for n in range(4):
            archive.writestr(f"cat.{n}.png", png(drawn(n, round_=True)))
            archive.writestr(f"dog.{n}.png", png(drawn(n, round_=False)))
    content = (tmp_path / "pets.zip").read_bytes()
    app = arrive(open_page("data.py", new="data"), "upload_train", "pets.zip", content)
    assert not app.exception and "seem to carry a class" in words_of(app)
    assert app.button(key="use_data").disabled
    next(box for box in app.selectbox if box.label == "The class is said by").set_value("names").run()
    assert not app.exception and "the class stands in the name of each file" in words_of(app)
    assert "is the class, 2 classes" in words_of(app) and not app.button(key="use_data").disabled
