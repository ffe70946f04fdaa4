"""Evaluate, Compare and Train with a run of pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from arriving import arrive_folder
from evaluation_page import bring, request_of
from once_imported import Importer
from pages_words import words_of
from picture_pages import CLASSES, drawn, pictures_dataset, pictures_run, walls, write_zip
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.evaluation import wording
from sft_core.evaluation.predictions import read_predictions
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


@pytest.fixture
def dataset(workspace: Workspace, tmp_path: Path, import_once: Importer) -> str:
    return pictures_dataset(workspace, tmp_path, import_once)


@pytest.fixture
def run(workspace: Workspace, dataset: str) -> Job:
    return pictures_run(workspace, dataset)


@pytest.fixture
def click(component: Open, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes the first wall that is drawn next report a click on this picture."""

    def click_(place: int) -> None:
        wall, left = component("picture_wall"), [place]
        monkeypatch.setattr(wall, "pick", lambda *_, **__: left.pop() if left else None)

    return click_


def test_mistakes_are_small_pictures_with_what_they_were_and_what_was_said(open_page: Open, run: Job) -> None:
    app = open_page("evaluation.py", run=run.id)
    assert not app.exception
    mistakes = read_predictions(RunFolder(run.folder).predictions).mistakes()
    assert f"All mistakes** · {len(mistakes)} pictures" in words_of(app)
    first, tile = mistakes.iloc[0], walls(app)[0][0]
    assert tile["title"] == f"{first['true']}, it said {first['prediction']}"
    assert tile["note"] == f"{wording.sure(first['confidence'])} sure" and tile["tone"] == "wrong"
    assert tile["image"].startswith("data:image/jpeg;base64,")
    assert "Click a square to see its pictures" in words_of(app)


def test_a_class_shows_what_it_is_sure_of_and_what_it_gets_wrong(open_page: Open, run: Job, component: Open) -> None:
    app = open_page("evaluation.py", run=run.id)
    found, shown = read_predictions(RunFolder(run.folder).predictions), walls(app)[1:]
    assert "A class in pictures" in words_of(app) and shown
    for label in found.labels:
        right, wrong = component("kinds.answers_image").of_class(found, label)
        assert set(right["true"]) == set(right["prediction"]) == {label}
        assert all((wrong["true"] == label) != (wrong["prediction"] == label))
        assert list(right["confidence"]) == sorted(right["confidence"], reverse=True)


def test_a_click_shows_the_picture_large_with_what_can_be_done(
    open_page: Open, run: Job, click: Callable[[int], None], workspace: Workspace, dataset: str
) -> None:
    app = open_page("evaluation.py", run=run.id, dataset=dataset)
    mistake = read_predictions(RunFolder(run.folder).predictions).mistakes().iloc[0]
    click(0)
    said = words_of(app.run()).replace("\\", "")
    assert not app.exception
    assert f"It was **{mistake['true']}**. It said **{mistake['prediction']}**" in said
    assert mistake["image"] in said and "What is it really?" in said
    click(0)
    next(one for one in app.button if one.key == "row_correct").click().run()
    rows = DatasetStore(workspace).read_rows(dataset)
    assert rows.loc[rows["_row"] == mistake["row"], "label"].tolist() == [mistake["prediction"]]


def test_a_picture_that_is_gone_is_no_failure(open_page: Open, run: Job) -> None:
    for file in RunFolder(run.folder).pictures.rglob("*.jpg"):
        file.unlink()
    app = open_page("evaluation.py", run=run.id)
    assert not app.exception
    assert {tile["image"] for tile in walls(app)[0]} == {None}


def test_what_only_one_of_two_runs_gets_right_is_a_wall_too(
    open_page: Open, run: Job, workspace: Workspace, dataset: str
) -> None:
    other = pictures_run(workspace, dataset, right=0.1)
    app = open_page("compare.py", first=run.id, second=other.id)
    assert not app.exception and not app.error
    shown = [tile for wall in walls(app) for tile in wall]
    assert shown and all(tile["image"] and ", the other said " in tile["title"] for tile in shown)


def test_before_a_training_variations_are_asked_and_no_sentences(open_page: Open, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset)
    assert not app.exception
    said = words_of(app)
    assert "Would a mirrored picture still be right?" in said and "to watch" not in said
    assert [one.value for one in app.toggle] == [True, True]
    assert not [one for one in app.text_input if str(one.key).startswith("pin_")]


def test_what_is_chosen_of_the_variations_is_what_is_asked_of_the_run(
    open_page: Open, dataset: str, workspace: Workspace
) -> None:
    app = open_page("training.py", dataset=dataset)
    next(one for one in app.toggle if "augment_colour" in one.key).set_value(False).run()
    next(one for one in app.button_group if "augment_flip" in str(one.key)).set_value(True).run()
    app.session_state["all_settings"] = True
    app.run()
    assert not app.exception
    assert not [one for one in app.number_input if one.label == "Longest text"]
    next(one for one in app.button if one.key == "start_run").click().run()
    request = read_order(store.list_jobs(workspace, kinds=["train"])[-1].folder).request
    assert request["settings"] == {"augment_colour": False, "augment_flip": True}


def test_what_the_page_takes_for_the_preset_is_what_the_preset_has(component: Open) -> None:
    from sft_core.training.picture_recipe import picture_values
    from sft_core.training.presets import DataFacts

    facts = DataFacts(rows=100, classes=3, smallest_class=30, p99_tokens=1, mean_tokens=1, kind="image")
    values, _ = picture_values("balanced", facts)
    assert {name: values[name] for name in component("kinds.training_image").PRESET} == (
        component("kinds.training_image").PRESET
    )


def test_a_later_zip_shows_what_is_in_it_and_asks_for_no_columns(
    open_page: Open, run: Job, workspace: Workspace, tmp_path: Path
) -> None:
    app = bring(open_page, run, "later.zip", write_zip(tmp_path, of_each=2).read_bytes())
    assert not app.exception and not app.error
    said = words_of(app)
    assert "What is in it" in said and "Which column is which?" not in said
    assert "All 3 classes of the model stand in this file by name" in said
    assert [tile["title"] for tile in walls(app)[0]] == ["leaf", "leaf", "stone", "stone", "water", "water"]
    next(one for one in app.button if one.key == "test_go").click().run()
    assert request_of(workspace)["columns"] == {"image": "image", "label": "label"}


def test_a_folder_of_later_pictures_is_read_as_a_zip_is(open_page: Open, workspace: Workspace, run: Job) -> None:
    files = {f"{label}/{n}.png": drawn(label, 900 + n) for label in CLASSES for n in range(2)}
    app = open_page("evaluation.py", run=run.id, test_file="new")
    app = arrive_folder(app, "later_file", "october", files)
    assert not app.exception and not app.error
    said = words_of(app)
    assert "**october**" in said and "All 3 classes of the model stand in this file by name" in said
    next(one for one in app.button if one.key == "test_go").click().run()
    asked = request_of(workspace)
    assert asked["name"] == "october" and Path(asked["data"]).is_dir()
