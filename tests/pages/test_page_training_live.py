"""Train: a run while it learns, and after it."""

import json
import time
from collections.abc import Callable

import pytest
from pages_words import words_of
from run_material import PINNED, finished_run, labels_of, set_state, submit_run, tell_progress, write_config
from streamlit.testing.v1 import AppTest
from training_page import button

from sft_core.jobs import store
from sft_core.jobs.store import Job
from sft_core.records import EventLog
from sft_core.training.pinned import read_pinned, write_pinned
from sft_core.workspace import RunFolder, Workspace

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("nobody_works")


def test_before_the_first_look_the_simple_method_fills_the_matrix(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset, looks=0)
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert not app.exception
    said = words_of(app)
    assert "that is to be beaten" in said
    assert "(probe), before any training" in said
    assert app.get("vega_lite_chart")


def test_the_matrix_follows_the_newest_method_before_any_config(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    job = submit_run(workspace, dataset, "running")
    tell_progress(workspace, job, dataset, looks=0)
    said = words_of(open_page("training.py", dataset=dataset, run=job.id))
    assert "(probe), before any training" in said and "(words), before any training" not in said


def test_a_learning_run_says_how_it_stands(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert not app.exception
    said = words_of(app)
    assert "Learning from" in said
    assert "Still improving" in said
    assert {metric.label for metric in app.metric} >= {"Right in 100", "Every class alike", "Hardest class"}


def test_what_is_nearly_always_right_is_told_in_digits(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    log = EventLog(job.folder / "events.jsonl", 1)
    for step, wrong in ((0, 9), (10, 1)):
        right = (448 - wrong) / 448
        tables = {"labels": ["ham", "spam"], "matrix": [[387, 0], [wrong, 61 - wrong]]}
        log.add(
            "evaluation",
            epoch=step / 10,
            step=step,
            metrics={"accuracy": right},
            confusion=tables,
            train_accuracy=right if step else None,
        )
    app = open_page("training.py", dataset=dataset, run=job.id)
    (tile,) = [metric for metric in app.metric if metric.label == "Right in 100"]
    assert (tile.value, tile.delta) == ("99.8", "+1.8, was 98")
    assert "Thick green:**] messages that it does not learn from. **Thin grey:** those" in words_of(app)


def test_the_time_of_a_run_is_that_of_all_attempts(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = finished_run(workspace, dataset)
    log = job.folder / "events.jsonl"
    began, again = time.time() - 5_000, time.time() - 1_000
    told = [(1, began, began - 4), (1, began + 236, None), (2, again, again - 2), (2, again + 178, None)]
    lines = [{"kind": "progress", "attempt": of, "t": t, "asked": asked} for of, t, asked in told]
    looked = [line for line in log.read_text().splitlines() if '"evaluation"' in line]
    last = {**json.loads(looked[-1]), "attempt": 2, "t": again + 100}
    log.write_text("".join(f"{json.dumps(line)}\n" for line in [*lines, last]))
    (tile,) = [
        metric for metric in open_page("training.py", dataset=dataset, run=job.id).metric if "Time" in metric.label
    ]
    assert (tile.label, tile.value) == ("Time", "7 min")


def test_while_it_is_tested_no_seconds_are_promised(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    EventLog(job.folder / "events.jsonl", 1).add("stage", name="Testing on rows that it has never seen")
    app = open_page("training.py", dataset=dataset, run=job.id)
    (tile,) = [metric for metric in app.metric if metric.label == "Time left"]
    assert tile.value == "Testing"
    (bar,) = [one for one in app.get("progress") if "Learning is done" in one.proto.text]
    assert "left" not in bar.proto.text


def test_pinned_sentences_show_exactly_their_characters(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert any(r"\<b\>parcel\<\/b\>" in str(one.value) for one in app.markdown)


def test_a_sentence_is_pinned_and_another_taken_off_while_it_learns(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    next(one for one in app.text_input if one.key == f"pin_text_{job.id}").set_value("a new  question").run()
    assert not app.exception
    assert read_pinned(RunFolder(job.folder)) == (*PINNED, "a new question")
    assert "Its answer comes with the next look" in words_of(app)
    button(app, f"unpin_0_{job.id}").click().run()
    assert read_pinned(RunFolder(job.folder)) == ("a new question",)
    log = EventLog(job.folder / "events.jsonl", 1)
    for share in (0.4, 0.9):
        answer = [share, 1 - share, *[0.0] * (len(labels_of(workspace, dataset)) - 2)]
        log.add("pinned", step=40 + round(10 * share), sentences=["a new question"], probabilities=[answer])
    app.run()
    (drawn,) = [one for one in app.get("vega_lite_chart") if "before" in one.proto.alt]
    assert "90%" in drawn.proto.alt and "60% before" in drawn.proto.alt


def test_no_more_than_six_are_pinned_and_a_finished_run_takes_none(
    open_page: Open, workspace: Workspace, dataset: str
) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    write_pinned(RunFolder(job.folder), [f"question {n}" for n in range(6)])
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert not [one for one in app.text_input if str(one.key).startswith("pin_text")]
    set_state(workspace, job, "stopped")
    app.run()
    assert not [one for one in app.button if str(one.key).startswith("unpin")]


def test_stop_only_wishes_it(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    app = open_page("training.py", dataset=dataset, run=job.id)
    button(app, "stop_run").click().run()
    now = store.get(workspace, job.id)
    assert (now.state, now.desired) == ("running", "stop")
    assert button(app, "stop_run").disabled


def test_a_waiting_run_says_how_many_are_before_it(open_page: Open, workspace: Workspace, dataset: str) -> None:
    submit_run(workspace, dataset, "running")
    job = submit_run(workspace, dataset, "queued")
    assert "1 run before it" in words_of(open_page("training.py", dataset=dataset, run=job.id))


@pytest.mark.parametrize("state", ["stopped", "failed", "lost"])
def test_what_did_not_finish_can_be_resumed(
    open_page: Open, workspace: Workspace, dataset: str, state: store.State
) -> None:
    job = submit_run(workspace, dataset, "running")
    set_state(workspace, job, state, "The machine restarted", "Resume goes on from step 10.")
    app = open_page("training.py", dataset=dataset, run=job.id)
    assert "from step 10" in words_of(app)
    button(app, "resume_run").click().run()
    now = store.get(workspace, job.id)
    assert (now.state, now.attempt) == ("queued", 2)


def test_a_finished_run_leads_to_its_result(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = finished_run(workspace, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    button(app, "to_evaluate").click().run()
    assert not app.exception
    assert "How good is it?" in words_of(app)


def details(app: AppTest) -> object:
    """What "Details" holds; charts have tables of their own."""
    return next(box for box in app.expander if box.label == "Details")


def test_details_show_figures_and_settings(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    app.session_state[f"details_{job.id}"] = True
    app.run()
    assert not app.exception
    assert len(details(app).table) == 2


def test_the_figures_tell_loss_scores_speed_and_memory(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    app.session_state[f"details_{job.id}"] = True
    shown = details(app.run()).table[0].value.to_string()
    for name in ("Validation loss", "Accuracy", "Macro-F1", "Precision", "Recall", "Speed", "Memory"):
        assert name in shown
    assert "Time left" in {metric.label for metric in app.metric}
    assert "The hardest classes" in words_of(app)


def learning(workspace: Workspace, dataset: str, looks: int = 2) -> Job:
    """A run that has told what it learnt so far."""
    job = submit_run(workspace, dataset, "running")
    write_config(workspace, job, dataset)
    tell_progress(workspace, job, dataset, looks=looks)
    return job


def test_each_curve_is_a_click_away_with_a_sentence_on_what_it_shows(
    open_page: Open, workspace: Workspace, dataset: str, component: Open
) -> None:
    job = learning(workspace, dataset)
    app = open_page("training.py", dataset=dataset, run=job.id)
    curves = component("curve_card").CURVES
    for name, curve in curves.items():
        choice = next(group for group in app.get("button_group") if str(group.key) == f"curves_{job.id}")
        choice.set_value(name).run()
        assert not app.exception
        assert curve.about.format(rows="messages") in words_of(app)
        assert curve.alt in [one.proto.alt for one in app.get("vega_lite_chart")]


def test_a_curve_without_anything_to_draw_says_so(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = learning(workspace, dataset, looks=0)
    app = open_page("training.py", dataset=dataset, run=job.id)
    next(group for group in app.get("button_group") if str(group.key) == f"curves_{job.id}").set_value("Loss").run()
    assert not app.exception and "It has not begun to learn yet." in words_of(app)


def test_step_speed_and_memory_stand_below_the_curve(open_page: Open, workspace: Workspace, dataset: str) -> None:
    job = learning(workspace, dataset)
    assert "Step 16 of 20 · 900 MB of memory" in words_of(open_page("training.py", dataset=dataset, run=job.id))
    set_state(workspace, job, "stopped")
    said = words_of(open_page("training.py", dataset=dataset, run=job.id))
    assert "Step 16 of 20 · 200 messages a second · 900 MB of memory" in said


def test_the_lines_of_a_pinned_answer_are_the_likeliest_now_and_before(component: Open) -> None:
    likeliest = component("run_charts").likeliest
    assert likeliest([(0.0, [0.1, 0.2, 0.7, 0.0]), (1.0, [0.6, 0.3, 0.05, 0.05])]) == [0, 2, 1]
    assert likeliest([(0.0, [0.4, 0.6])]) == [1, 0]
