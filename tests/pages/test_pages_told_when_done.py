"""What tells that a run has ended: the title of the page, a sound, a notification."""

import json
from collections.abc import Callable
from types import ModuleType

import pytest
from run_material import finished_run, set_state, submit_run, tell_progress, write_config
from streamlit.testing.v1 import AppTest

from sft_core.workspace import Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


def told(app: AppTest) -> dict:
    """What the browser is given."""
    found = [one.proto for one in app.get("bidi_component") if "watching" in str(one.proto)]
    assert len(found) == 1
    return json.loads(found[0].json)


def title(app: AppTest) -> str:
    state = app.session_state  # which has no `get`
    return state["page_title"] if "page_title" in state else "Tuneboard"  # noqa: SIM401


@pytest.fixture
def learning(workspace: Workspace, dataset: str):
    """A run in the middle of its plan."""
    job = submit_run(workspace, dataset, "running", name="Next <b>month</b> *now*\n")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    return job


def test_on_every_page_the_title_tells_how_far_it_is(open_page: Open, learning, dataset: str) -> None:
    app = open_page("data.py", dataset=dataset)
    assert not app.exception
    words, name = title(app).split(" · ")
    assert name == "Tuneboard" and words.endswith(" %") and 0 < int(words[:-2]) < 100
    assert told(app)["watching"] and told(app)["ended"] == []


def test_an_end_that_came_while_one_looked_is_told_until_it_was_seen(
    open_page: Open, learning, dataset: str, workspace: Workspace
) -> None:
    app = open_page("training.py", dataset=dataset, run=learning.id)
    set_state(workspace, learning, "stopped")
    app.run()
    (ended,) = told(app)["ended"]
    assert ended["title"] == "Stopped" and not ended["good"] and learning.id in ended["key"]
    assert "<b>month</b> *now*: what it has learnt so far is kept." in ended["about"] and "\n" not in ended["about"]
    assert title(app) == "Stopped · Tuneboard" and not told(app)["watching"]
    app.run()
    assert [one["key"] for one in told(app)["ended"]] == [ended["key"]], "the browser tells it once, by its key"
    app.session_state["runs_ended"] = []  # as when the browser says that it was seen
    app.run()
    assert title(app) == "Tuneboard" and told(app)["ended"] == []


@pytest.mark.parametrize(("state", "words"), [("failed", "Not finished"), ("lost", "Not finished")])
def test_what_went_wrong_is_told_in_its_words(
    open_page: Open, learning, dataset: str, workspace: Workspace, state: str, words: str
) -> None:
    app = open_page("training.py", dataset=dataset, run=learning.id)
    set_state(workspace, learning, state, message="The memory was not enough.")
    app.run()
    (ended,) = told(app)["ended"]
    assert (ended["title"], ended["good"]) == (words, False) and "The memory was not enough." in ended["about"]


def test_a_result_is_told_with_its_score(open_page: Open, dataset: str, workspace: Workspace) -> None:
    run = finished_run(workspace, dataset)
    set_state(workspace, run, "running")
    app = open_page("home.py")
    set_state(workspace, run, "finished")
    app.run()
    (ended,) = told(app)["ended"]
    assert ended["good"] and ended["title"].startswith("Done: ") and ended["title"].endswith(" in 100")
    assert title(app) == f"{ended['title']} · Tuneboard"


def test_a_run_that_was_over_before_is_no_news(open_page: Open, run, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset, run=run.id)
    assert told(app)["ended"] == [] and title(app) == "Tuneboard"


def test_the_choice_is_kept_for_the_next_time(open_page: Open, learning, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset, run=learning.id)
    assert app.radio(key="tell_when_done").value == "nothing" and told(app)["wish"] == "nothing"
    app.radio(key="tell_when_done").set_value("sound").run()
    assert told(app)["wish"] == "sound"
    again = open_page("training.py", dataset=dataset, run=learning.id)
    assert again.radio(key="tell_when_done").value == "sound" and told(again)["wish"] == "sound"


def test_a_refused_notification_is_told_where_it_is_chosen(open_page: Open, learning, dataset: str) -> None:
    app = open_page("training.py", dataset=dataset, run=learning.id)
    app.session_state["notifications_allowed"] = "denied"
    app.radio(key="tell_when_done").set_value("notification").run()
    assert any("does not let this page show notifications" in one.value for one in app.caption)


def test_damaged_preferences_are_none(component: Callable[[str], ModuleType], workspace: Workspace) -> None:
    preferences = component("preferences")
    (workspace.root / preferences.FILE).write_text("{")
    assert preferences.get("tell_when_done", "nothing") == "nothing"
    preferences.put("tell_when_done", "sound")
    preferences.put("other", 3)
    assert (preferences.get("tell_when_done"), preferences.get("other")) == ("sound", 3)
