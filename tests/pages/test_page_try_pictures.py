"""Try it with pictures: brought, broken, several, and of another page."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pandas as pd
import pytest
from once_imported import Importer
from pages_words import words_of
from picture_pages import CLASSES, drawn, pictures_dataset, pictures_run, walls
from PIL import Image
from streamlit.testing.v1 import AppTest

from sft_core.data.store import DatasetStore
from sft_core.jobs.store import Job
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
LABELS = sorted(CLASSES)
pytestmark = pytest.mark.usefixtures("nobody_works")


class Eye:
    """Answers by the colour of the stored picture. Stands in for the other process."""

    asked: ClassVar[list[list[str]]] = []

    def __init__(self, workspace: Workspace) -> None:
        assert workspace.root.is_dir()

    def warm(self, run_folder: Path) -> bool:
        return run_folder.is_dir()

    def is_alive(self) -> bool:
        return True

    def predict(
        self, run_folder: Path, texts: Sequence[str], pairs: Sequence[str] | None = None, *, compare_base: bool = False
    ) -> dict[str, Any]:
        assert run_folder.is_dir() and pairs is None and compare_base
        Eye.asked.append(list(texts))
        shares = []
        for path in texts:
            red, green, blue = Image.open(path).convert("RGB").resize((1, 1)).getpixel((0, 0))
            label = "leaf" if green > blue + 30 else "water" if blue > red + 60 else "stone"
            shares.append([0.96 if name == label else 0.02 for name in LABELS])
        even = [[1 / 3] * 3] * len(texts)
        return {
            "labels": LABELS,
            "probabilities": shares,
            "known": [0.5] * len(texts),
            "base": even,
            "base_message": "",
        }


@pytest.fixture
def run(workspace: Workspace, tmp_path: Path, import_once: Importer) -> Job:
    return pictures_run(workspace, pictures_dataset(workspace, tmp_path, import_once))


@pytest.fixture
def opened(
    open_page: Open, component: Callable[[str], ModuleType], run: Job, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    monkeypatch.setattr(component("try_asking"), "InferenceClient", Eye)
    monkeypatch.setattr(Eye, "asked", [])
    return open_page("try_it.py", run=run.id)


def bring(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    return app.file_uploader[0].set_value([(name, content, "image/png") for name, content in files]).run()


def left_over(workspace: Workspace) -> list[Path]:
    return list(workspace.uploads.iterdir())


def test_one_picture_is_asked_at_once_and_not_kept(opened: AppTest, workspace: Workspace) -> None:
    said = words_of(bring(opened, ("oak.png", drawn("leaf", 7))))
    assert not opened.exception and not opened.error
    assert "### leaf" in said and "It is 96% sure" in said
    assert len(Eye.asked) == 1 and left_over(workspace) == []
    opened.run()
    assert len(Eye.asked) == 1, "a redraw asks nothing"


def test_several_get_a_wall_and_the_broken_one_a_sentence(opened: AppTest, workspace: Workspace) -> None:
    files = (
        ("oak.png", drawn("leaf", 7)),
        ("torn.jpg", b"\xff\xd8\xff\xe0 torn"),
        ("sea.bmp", drawn("water", 8, "BMP")),
    )
    said = words_of(bring(opened, *files))
    assert not opened.exception
    assert "2 pictures answered" in said
    assert [tile["title"] for tile in walls(opened)[0]] == ["leaf", "water"]
    assert "“torn.jpg” is damaged" in opened.warning[0].value.replace("\\", "")
    assert left_over(workspace) == []


def test_a_picture_that_cannot_be_read_is_told_in_a_sentence(opened: AppTest, workspace: Workspace) -> None:
    bring(opened, ("torn.png", drawn("leaf", 7)[:60]))
    assert not opened.exception
    assert "Choose another picture" in opened.error[0].value
    assert Eye.asked == [] and left_over(workspace) == []
    assert "### leaf" in words_of(bring(opened, ("oak.png", drawn("leaf", 7))))


def test_taking_the_picture_away_takes_its_answer_away(opened: AppTest) -> None:
    bring(opened, ("oak.png", drawn("leaf", 7)))
    opened.file_uploader[0].set_value(None).run()
    assert not opened.exception
    assert "### leaf" not in words_of(opened) and "Its answer is shown here" in words_of(opened)


def test_a_picture_of_another_page_is_asked_as_it_is_stored(opened: AppTest, run: Job, workspace: Workspace) -> None:
    bring(opened, ("oak.png", drawn("leaf", 7)))
    row = DatasetStore(workspace).read_rows(DatasetStore(workspace).list()[0].id).iloc[0]
    path = RunFolder(run.folder).pictures / row["_file"]
    opened.session_state["try_it_cells"] = (row["image"], str(path))
    said = words_of(opened.run())
    assert not opened.exception
    assert Eye.asked[1:] == [[str(path)]]
    assert f"### {row['label']}" in said


def test_the_download_names_the_pictures(opened: AppTest, component: Callable[[str], ModuleType]) -> None:
    bring(opened, ("oak.png", drawn("leaf", 7)), ("sea.png", drawn("water", 8)))
    said = opened.session_state["try_said"]
    work = component("work")
    asked = component("try_runs").asked(work.runs()[0])
    table = pd.read_csv(io.BytesIO(component("try_many")._file(asked, said.rows, said.answer, "csv")()))
    assert list(table["image"]) == ["oak.png", "sea.png"] and list(table["prediction"]) == ["leaf", "water"]
