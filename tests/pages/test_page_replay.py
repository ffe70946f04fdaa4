"""Train: the replay of a run that has ended, from its events."""

import json
from collections.abc import Callable

import pytest
from pages_words import words_of
from run_material import PINNED, submit_run, write_config
from streamlit.testing.v1 import AppTest
from training_page import button, keys

from sft_core.jobs.store import Job
from sft_core.training.pinned import write_pinned
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
Clock = dict[str, float]
pytestmark = pytest.mark.usefixtures("nobody_works")
MINUTE = 60.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, component: Callable[[str], object]) -> Clock:
    """The clock of the replay, moved by hand."""
    found = {"now": 100.0}
    monkeypatch.setattr(component("replay"), "now", lambda: found["now"])
    return found


@pytest.fixture
def told(run: Job) -> Job:
    """A finished run whose events lie evenly over a minute."""
    path = run.folder / "events.jsonl"
    events = [json.loads(line) for line in path.read_text().splitlines()]
    for place, event in enumerate(events):
        event["t"] = 1_000_000 + MINUTE * place / (len(events) - 1)
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return run


def bar_of(app: AppTest) -> str:
    """What stands on the bar of the replay."""
    return next(one.proto.text for one in app.get("progress") if "Replay" in one.proto.text)


def replayed(open_page: Open, run: Job) -> AppTest:
    app = open_page("training.py", run=run.id)
    return button(app, "to_replay").click().run()


def test_the_button_opens_it_and_it_goes_on_with_the_clock(open_page: Open, told: Job, clock: Clock) -> None:
    app = replayed(open_page, told)
    assert not app.exception
    assert "replay" in app.query_params
    assert "1 s of 60 s" in bar_of(app)
    assert not app.metric  # nothing was looked at yet
    clock["now"] += 24  # most of a training
    app.run()
    said = words_of(app)
    assert "48 s of 60 s" in bar_of(app)
    assert {metric.label for metric in app.metric} >= {"Right in 100", "Hardest class", "Time"}
    assert next(one for one in app.metric if one.label == "Time").delta == "of 60 s"
    assert "parcel" in said  # what was pinned


def test_it_can_rest_go_on_and_jump_to_its_end(open_page: Open, told: Job, clock: Clock) -> None:
    app = replayed(open_page, told)
    clock["now"] += 15
    button(app, "replay_turn").click().run()
    clock["now"] += 600
    app.run()
    assert "30 s of 60 s" in bar_of(app)
    button(app, "replay_turn").click().run()
    clock["now"] += 3
    app.run()
    assert "36 s of 60 s" in bar_of(app)
    button(app, "replay_end").click().run()
    said = words_of(app)
    assert "All of its 60 s" in bar_of(app)
    assert "Right " in said and "the true rate is likely" in said  # the end of a run is its verdict
    assert {"replay_again", "replay_leave"} <= keys(app) and "replay_turn" not in keys(app)
    button(app, "replay_again").click().run()
    assert "1 s of 60 s" in bar_of(app)


def test_at_its_end_it_rests(open_page: Open, told: Job, clock: Clock) -> None:
    app = replayed(open_page, told)
    clock["now"] += 31
    app.run()
    assert "All of its 60 s" in bar_of(app)
    assert app.session_state["replay_player"].since is None


def test_nothing_in_it_can_be_changed_and_the_run_stays_as_it_is(open_page: Open, told: Job, clock: Clock) -> None:
    before = {path: path.read_bytes() for path in told.folder.rglob("*") if path.is_file()}
    app = replayed(open_page, told)
    for _ in range(3):
        clock["now"] += 9
        app.run()
        assert not [key for key in keys(app) if key.startswith(("unpin", "pin_", "stop_run", "resume"))]
        assert not app.text_input
    assert {path: path.read_bytes() for path in told.folder.rglob("*") if path.is_file()} == before


def test_pins_are_those_of_the_moment_not_those_of_today(open_page: Open, told: Job, clock: Clock) -> None:
    write_pinned(RunFolder(told.folder), ())
    app = replayed(open_page, told)
    clock["now"] += 20
    app.run()
    assert PINNED[0].split()[0] in words_of(app)


def test_back_leads_to_the_page_of_the_run(open_page: Open, told: Job, clock: Clock) -> None:
    app = button(replayed(open_page, told), "replay_leave").click().run()
    assert "replay" not in app.query_params
    assert "It has learnt from" in words_of(app)
    assert "to_replay" in keys(app)


def test_a_run_that_ended_before_its_first_look_says_so(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "stopped")
    write_config(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert button(app, "to_replay").disabled
    app = open_page("training.py", dataset=dataset, run=job.id, replay="1")
    assert not app.exception
    assert "there is nothing to replay" in words_of(app)


def test_a_run_that_still_learns_has_no_replay(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id, replay="1")
    assert "Learning from" in words_of(app)
    assert "to_replay" not in keys(app)
