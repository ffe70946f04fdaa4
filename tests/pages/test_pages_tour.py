"""The tour on the sample: from Home through all steps, left and taken up, and put right where something is missing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from jargon import jargon_in
from once_imported import Importer
from pages_words import words_of
from run_material import finished_run, set_state, submit_run
from streamlit.testing.v1 import AppTest

from sft_core.data.importing import import_files
from sft_core.data.sample.files import sample_files
from sft_core.data.store import DatasetStore
from sft_core.jobs import store
from sft_core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


@pytest.fixture
def sample(workspace: Workspace, import_once: Importer) -> str:
    """The id of the sample's data."""
    return import_once(workspace, "Customer messages", sample_files()["train"])


def card(app: AppTest) -> str:
    """ "3 of 12" as it stands on the card; "" without one."""
    found = re.findall(r"Tour · (\d+ of \d+)", " ".join(one.proto.body for one in app.markdown))
    return found[0] if found else ""


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def offers(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


@pytest.fixture
def steps(component: Callable[[str], ModuleType]) -> tuple:
    return component("tour_steps").STEPS


@pytest.fixture
def at(component: Callable[[str], ModuleType], dataset: str) -> Iterator[Callable[[str], None]]:
    """Puts the tour at a step, on a small dataset."""
    preferences = component("preferences")
    return lambda key: preferences.put("tour", {"state": "on", "step": key, "dataset": dataset})


def test_each_button_that_it_names_stands_on_a_screen(steps: tuple) -> None:
    files = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "sft_core").rglob("*.py")]
    shown = "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "tour_steps.py").lower()
    named = {name for step in steps for name in re.findall(r"\*\*([^*]+)\*\*", step.about + step.do)}
    assert len(named) > 10
    made_of = {"Choose quick": "choose {preset", "Rows in each class": "} in each class"}  # put together there
    assert [name for name in named if made_of.get(name, f'"{name.lower()}"') not in shown] == []
    assert [word for step in steps for word in jargon_in(f"{step.title} {step.about} {step.do}")] == []
    assert all(len(step.about.split()) <= 60 and len(step.do.split()) <= 30 for step in steps)


def test_it_begins_on_the_sample_and_goes_on_step_by_step(open_page: Open, sample: str) -> None:
    app = press(open_page(), "tour_begin")
    assert not app.exception and card(app) == "1 of 12" and app.button(key="tour_back").disabled
    seen = [app.title[0].value]
    for n in range(2, 6):
        app = press(app, "tour_next")
        assert not app.exception and card(app) == f"{n} of 12"
        seen.append(app.title[0].value)
    assert seen == ["Customer messages", *["Clean and split"] * 2, "What should it start from?", "Ready to learn"]
    assert app.button(key="tour_next").disabled and "when a training has begun" in words_of(app)
    assert card(press(app, "tour_back")) == "4 of 12"


def test_without_the_sample_it_fetches_it_first(open_page: Open, workspace: Workspace) -> None:
    app = press(open_page(), "tour_begin")
    assert not app.exception
    (job,) = store.list_jobs(workspace, kinds=["import"])
    assert job.title == "Customer messages" and not offers(app, "tour_begin") and not offers(app, "door_sample")


def test_it_waits_for_the_training_and_goes_on_by_itself(
    open_page: Open, dataset: str, workspace: Workspace, at: Callable[[str], None]
) -> None:
    at("start")
    run = submit_run(workspace, dataset, "running")
    app = open_page("training.py", dataset=dataset, run=run.id)
    assert card(app) == "6 of 12" and app.button(key="tour_next").disabled, "a run is there: the start is behind"
    set_state(workspace, run, "failed")
    assert "has not come to its end" in words_of(app.run())
    finished_run(workspace, dataset)
    store.delete(workspace, run.id)
    app = open_page("training.py", dataset=dataset)
    assert not app.button(key="tour_next").disabled and "It is there" in words_of(app)
    app = press(app, "tour_next")
    assert (card(app), app.title[0].value) == ("7 of 12", "How good is it?")
    at("learning")
    app = press(open_page("training.py", dataset=dataset), "tour_back")
    assert card(app) == "4 of 12", "the start is passed over on the way back"


def test_a_later_file_is_waited_for(
    open_page: Open, dataset: str, workspace: Workspace, at: Callable[[str], None]
) -> None:
    run = finished_run(workspace, dataset)
    at("later")
    app = open_page("evaluation.py", dataset=dataset, run=run.id)
    assert card(app) == "9 of 12" and app.button(key="tour_next").disabled
    assert "goes on when the file has been tested" in words_of(app)
    test = store.submit(workspace, "evaluate", {"run": str(run.folder)}, title="next_month.csv", parent=run.id)
    assert "is being tested" in words_of(app.run())
    set_state(workspace, test, "finished")
    app = press(app.run(), "tour_next")
    assert card(app) == "10 of 12" and app.query_params["answers"] == test.id


def test_it_is_left_and_taken_up_in_another_session(open_page: Open, dataset: str, at: Callable[[str], None]) -> None:
    at("split")
    app = open_page("prepare.py", dataset=dataset)
    assert card(app) == "3 of 12"
    app = press(app, "tour_leave")
    assert not card(app) and not offers(app, "tour_return")
    home = open_page()
    assert home.button(key="tour_go_on").label == "Go on with the tour" and not card(home)
    assert card(press(home, "tour_go_on")) == "3 of 12"


def test_whoever_wanders_off_finds_back(
    open_page: Open, workspace: Workspace, dataset: str, messages: Path, at: Callable[[str], None]
) -> None:
    at("findings")
    own = import_files(workspace, "My own", {"train": messages})
    for page, of in (("data.py", dataset), ("prepare.py", own), ("system.py", dataset)):
        app = open_page(page, dataset=of)
        assert not card(app) and "The tour waits at 2 of 12" in words_of(app)
    app = press(app, "tour_return")
    assert card(app) == "2 of 12" and app.query_params["dataset"] == dataset


def test_its_end_offers_to_begin_anew(
    open_page: Open, dataset: str, workspace: Workspace, at: Callable[[str], None]
) -> None:
    finished_run(workspace, dataset)
    at("home")
    app = open_page("evaluation.py", dataset=dataset)
    assert card(app) == "12 of 12" and app.button(key="tour_next").label == "Finish"
    app = press(app, "tour_next")
    assert app.title[0].value == "What would you like to do?"
    home = open_page()
    assert home.button(key="tour_begin").label == "Take the tour again"
    assert card(press(home, "tour_begin")) == "1 of 12"


def test_what_was_deleted_meanwhile_puts_it_back_to_where_it_is_made(
    open_page: Open, dataset: str, workspace: Workspace, at: Callable[[str], None]
) -> None:
    run = finished_run(workspace, dataset)
    at("changed")
    assert card(open_page("evaluation.py", dataset=dataset, run=run.id)) == "9 of 12", "that test is not here"
    store.delete(workspace, run.id)
    assert card(open_page("training.py", dataset=dataset)) == "5 of 12"
    DatasetStore(workspace).delete(dataset)
    app = open_page("data.py")
    assert not app.exception and not card(app) and not offers(app, "tour_return")
    press(open_page(), "tour_go_on")
    assert len(store.list_jobs(workspace, kinds=["import"])) == 1
