import json
from types import SimpleNamespace

import pytest


@pytest.fixture
def say(component, tmp_path):
    live = component("live").live

    def of(*events, state="running", attempt=1):
        lines = [json.dumps({"t": float(n), "attempt": attempt, **event}) for n, event in enumerate(events)]
        (tmp_path / "events.jsonl").write_text("".join(line + "\n" for line in lines))
        return live(SimpleNamespace(state=state, folder=tmp_path, attempt=1))

    return of


PLAN = {"kind": "plan", "steps": 60, "epochs": 6}


def step(number):
    return {"kind": "step", "step": number, "epoch": number / 10, "loss": 1.0}


def test_a_run_says_its_pass_and_the_time_left(say):
    state = say({"kind": "started"}, PLAN, *[step(n) for n in range(1, 26)])
    assert state.sentence == "Learning, pass 3 of 6 · 35 s left"
    assert state.done == pytest.approx(25 / 60)


def test_a_plan_that_came_after_the_first_look_at_the_log_is_found(say):
    assert say({"kind": "baseline", "name": "probe"}).sentence == "First simple answers are there"
    looks = [{"kind": "evaluation", "step": n, "confusion": "x" * 40_000} for n in range(2)]  # longer than the tail
    assert say({"kind": "baseline", "name": "probe"}, PLAN, *looks, step(11)).sentence.startswith("Learning, pass 2")


def test_the_last_step_is_still_in_the_last_pass(say):
    assert say(PLAN, step(59), step(60)).sentence.startswith("Learning, pass 6 of 6")


def test_a_stage_after_the_steps_is_what_goes_on(say):
    state = say(PLAN, step(60), {"kind": "stage", "name": "Testing on rows that it has never seen"})
    assert state.sentence == "Testing on rows that it has never seen"


def test_progress_of_an_import_is_told_in_its_words(say):
    state = say({"kind": "progress", "done": 0.4, "message": "9,000 rows read"})
    assert (state.sentence, state.done) == ("9,000 rows read", 0.4)


@pytest.mark.parametrize(
    ("state", "said"), [("queued", "Waiting for its turn"), ("lost", "Lost"), ("finished", "Finished")]
)
def test_the_state_of_the_register_wins_over_old_events(say, state, said):
    assert say(PLAN, step(3), state=state).sentence == said


def test_events_of_an_earlier_attempt_do_not_count(say):
    assert say(PLAN, step(3), attempt=0).sentence == "Starting"
