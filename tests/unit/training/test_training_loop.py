"""The loop: it learns, it tells, it stops and goes on exactly, and it survives what goes wrong."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from training_toys import LABELS, digest, events_of, job_that_stops, on_forward, outcome, toy_job, toy_rows

from sft_core.config import Goal
from sft_core.errors import ResourceError, StateError, Stopped
from sft_core.features.inference import forward
from sft_core.tasks.text_classification.engine import ENGINE
from sft_core.training.checkpoints import Checkpoints
from sft_core.training.loop import train
from sft_core.training.pinned import write_pinned
from sft_core.workspace import RunFolder

SCRIPT = Path(__file__).with_name("training_toys.py")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The outcome of the toy training when nothing disturbs it."""
    job = toy_job(tmp_path_factory.mktemp("undisturbed"))
    return outcome(job, train(job))


def in_a_fresh_process(folder, *pairs):
    command = [sys.executable, str(SCRIPT), str(folder), *pairs]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_separable_rows_are_learned_far_better_than_the_majority_class(tmp_path):
    job = toy_job(tmp_path, warm=True, rows=400, epochs=12, lr_body=1e-2, lr_head=1e-2, dropout=0.0)
    result = train(job)
    assert result.best_validation_score > 0.8
    encoded, y = toy_rows(200, seed=9)
    assert (forward(job.model, ENGINE, encoded).argmax(axis=1) == y).mean() > 0.85


def test_micro_batches_change_the_memory_not_the_mathematics(tmp_path):
    whole = train(toy_job(tmp_path / "whole", dropout=0.0, token_budget=100_000))
    cut = train(toy_job(tmp_path / "cut", dropout=0.0, token_budget=16))
    assert [e.loss for e in whole.history] == pytest.approx([e.loss for e in cut.history], abs=1e-4)


def test_what_is_left_is_never_worse_on_validation_than_the_trained_head_alone(tmp_path):
    job = toy_job(tmp_path, warm=True, lr_body=0.1, lr_head=1.0, optimizer="sgd", clip_norm=100)  # wrecks the model
    result = train(job)
    head_alone = result.history[0]
    assert head_alone.step == 0
    assert head_alone.score > 0.4  # the head did learn
    assert result.best_validation_score >= head_alone.score
    encoded, y = job.encoded_validation, job.y_validation
    accuracy = (forward(job.model, ENGINE, encoded).argmax(axis=1) == y).mean()
    assert accuracy == pytest.approx(result.best_validation_score)


def test_the_events_tell_the_whole_story(tmp_path):
    result = train(toy_job(tmp_path, pinned=("a", "b"), evaluations_per_epoch=2))
    (plan,) = events_of(tmp_path, "plan")
    assert (plan["steps"], plan["batches"], plan["epochs"]) == (18, 6, 3)
    evaluations = events_of(tmp_path, "evaluation")
    assert [event["step"] for event in evaluations] == [0, 3, 6, 9, 12, 15, 18]
    assert [event["epoch"] for event in evaluations] == [0, 0.5, 1, 1.5, 2, 2.5, 3]
    last = evaluations[-1]
    assert {"accuracy", "macro_f1", "macro_precision", "macro_recall", "worst"} <= set(last["metrics"])
    assert last["confusion"]["labels"] == list(LABELS)
    assert sum(map(sum, last["confusion"]["matrix"])) == 40
    assert len(last["metrics"]["worst"]) == 3
    moments = events_of(tmp_path, "pinned")
    assert [event["step"] for event in moments] == [event["step"] for event in evaluations]
    assert all(sum(row) == pytest.approx(1, abs=1e-4) for event in moments for row in event["probabilities"])
    assert all(event["sentences"] == ["a", "b"] and len(event["probabilities"]) == 2 for event in moments)
    assert min(event["step"] for event in events_of(tmp_path, "checkpoint") if event["step"]) <= 6
    assert events_of(tmp_path, "step")[-1]["step"] == 18
    assert result.timing["examples"] == 3 * 96
    assert result.timing["peak_memory_mb"] > 0


def test_each_look_tells_the_training_score_of_the_steps_since_the_last_one(tmp_path):
    train(toy_job(tmp_path, warm=True, rows=400, epochs=6, lr_body=1e-2, lr_head=1e-2, dropout=0.0, patience=0))
    scores = [event["train_accuracy"] for event in events_of(tmp_path, "evaluation")]
    assert scores[0] is None  # no step yet
    assert len(scores) == 7
    assert scores[1] < 0.9 < scores[-1] <= 1
    assert all((score * 400) == pytest.approx(round(score * 400), abs=1e-3) for score in scores[1:])  # whole rows


def test_the_training_score_counts_each_row_once_when_memory_runs_out(tmp_path):
    calls = []

    def fail_in_the_middle_of_a_step(number: int) -> None:
        calls.append(number)
        if number == 3:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    short, calm = toy_job(tmp_path / "short", dropout=0.0), toy_job(tmp_path / "calm", dropout=0.0)
    on_forward(short, fail_in_the_middle_of_a_step)
    interrupted = list(outcome(short, train(short))["training scores"].values())
    assert interrupted[1:] == pytest.approx(list(outcome(calm, train(calm))["training scores"].values())[1:], abs=0.02)
    assert len(calls) > 3


def test_the_first_checkpoint_comes_by_a_third_even_if_asked_later(tmp_path):
    train(toy_job(tmp_path, checkpoint_steps=1000))
    steps = [event["step"] for event in events_of(tmp_path, "checkpoint")]
    assert any(0 < step <= 6 for step in steps)


def test_early_stopping_ends_before_the_plan(tmp_path):
    job = toy_job(tmp_path, epochs=30, patience=2, lr_body=0.1, lr_head=1.0, optimizer="sgd", clip_norm=100)
    result = train(job)
    assert result.stopped_early
    assert result.steps < result.planned_steps


def test_a_goal_for_one_class_chooses_the_best_state(tmp_path):
    result = train(toy_job(tmp_path, goal=Goal(kind="recall", label="card")))
    assert result.best_validation_score == max(entry.score for entry in result.history)
    assert all(entry.metrics["goal"] == entry.score for entry in result.history)


@pytest.mark.parametrize("change", [{"loss": "class_weighted"}, {"frozen_layers": 1}, {"schedule": "cosine"}])
def test_the_other_knobs_train_too(tmp_path, change):
    job = toy_job(tmp_path, **change)
    before = {name: value.clone() for name, value in job.model.named_parameters()}
    train(job)
    moved = {name for name, value in job.model.named_parameters() if not torch.equal(before[name], value)}
    assert "classifier.weight" in moved
    assert ("bert.encoder.layer.0.output.dense.weight" in moved) is not ("frozen_layers" in change)


def test_bf16_learns_about_the_same(tmp_path):
    exact = train(toy_job(tmp_path / "fp32", dropout=0.0))
    short = train(toy_job(tmp_path / "bf16", dropout=0.0, mixed_precision="bf16"))
    assert short.precision == "bf16"
    assert [e.loss for e in short.history] == pytest.approx([e.loss for e in exact.history], abs=0.1)


# --- sentences pinned while it runs ---


def test_sentences_pinned_and_taken_off_on_the_way_are_told_from_the_next_look_on(tmp_path):
    job = toy_job(tmp_path, pinned=("a",))
    pins = {2: ("a", "b"), 3: ()}  # after so many looks

    def change_pins(_: int) -> None:
        looks = len(events_of(tmp_path, "evaluation"))
        if looks in pins:
            write_pinned(RunFolder(tmp_path), pins[looks])

    on_forward(job, change_pins)
    train(job)
    assert [(event["step"], event["sentences"]) for event in events_of(tmp_path, "pinned")] == [
        (0, ["a"]),
        (6, ["a"]),
        (12, ["a", "b"]),
    ]


def test_pinning_changes_no_bit_of_the_result(tmp_path, undisturbed):
    job = toy_job(tmp_path, pinned=("a", "b"))
    on_forward(job, lambda number: write_pinned(RunFolder(tmp_path), [f"c {number}", "d"]))
    assert outcome(job, train(job)) == undisturbed
    assert len(events_of(tmp_path, "pinned")) == 4


def test_a_resumed_run_keeps_what_was_pinned_on_the_way(tmp_path):
    stopped = job_that_stops(tmp_path, at=20, pinned=("a",))
    on_forward(stopped, lambda _: write_pinned(RunFolder(tmp_path), ["b", "c"]))
    with pytest.raises(Stopped):
        train(stopped)
    train(toy_job(tmp_path, pinned=("a",)))
    assert events_of(tmp_path, "pinned")[-1]["sentences"] == ["b", "c"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"sentences": "one"}',
        b'{"sentences": ["1", "2", "3", "4", "5", "6", "7"]}',
        b'{"sentences": [""]}',
        b'{"sentences": ["\\ud800"]}',
        b'{"sentences": ["' + b"x" * 20_000 + b'"]}',
        b"x" * (2 << 20),
    ],
)
def test_bad_pins_are_left_out_with_one_warning_and_the_good_ones_stay(tmp_path, content, undisturbed):
    (tmp_path / "pinned.json").write_bytes(content)
    job = toy_job(tmp_path, pinned=("a",))
    assert outcome(job, train(job)) == undisturbed
    assert {tuple(event["sentences"]) for event in events_of(tmp_path, "pinned")} == {("a",)}
    (warning,) = events_of(tmp_path, "warning")
    assert "pinned" in warning["message"]
    assert warning["hint"]


# --- stopping, killing, resuming ---


@pytest.mark.parametrize("at", [1, 2, 20, 37, 50])
def test_a_stopped_training_goes_on_as_if_it_had_never_stopped(tmp_path, undisturbed, at):
    with pytest.raises(Stopped, match=r"Stopped at step \d+ of 18"):
        train(job_that_stops(tmp_path, at=at))
    resumed = toy_job(tmp_path)
    assert outcome(resumed, train(resumed)) == undisturbed


@pytest.mark.parametrize("at", [3, 5])
def test_a_stop_in_the_middle_of_an_evaluation_loses_nothing(tmp_path, at):
    whole = toy_job(tmp_path / "whole", validation_rows=400)  # three batches
    expected = outcome(whole, train(whole))
    with pytest.raises(Stopped):
        train(job_that_stops(tmp_path / "stopped", at=at, training=False, validation_rows=400))
    resumed = toy_job(tmp_path / "stopped", validation_rows=400)
    assert outcome(resumed, train(resumed)) == expected


def test_a_stop_before_the_head_is_trained_leaves_no_half_state(tmp_path, undisturbed):
    with pytest.raises(Stopped):
        train(toy_job(tmp_path, should_stop=lambda: True))
    resumed = toy_job(tmp_path)
    assert outcome(resumed, train(resumed)) == undisturbed


def test_a_training_may_be_stopped_again_and_again(tmp_path, undisturbed):
    for _ in range(6):
        with pytest.raises(Stopped):
            train(job_that_stops(tmp_path, at=4))
    resumed = toy_job(tmp_path)
    assert outcome(resumed, train(resumed)) == undisturbed


def test_a_stop_saves_the_step_that_it_names(tmp_path):
    with pytest.raises(Stopped) as caught:
        train(job_that_stops(tmp_path, at=20))
    last = events_of(tmp_path, "checkpoint")[-1]["step"]
    assert f"step {last} of 18" in caught.value.message
    assert (tmp_path / "checkpoints" / f"step-{last:06d}").is_dir()


@pytest.mark.faults
def test_a_training_killed_in_the_middle_of_a_step_goes_on_exactly(tmp_path, undisturbed):
    killed = in_a_fresh_process(tmp_path, "kill_at=38")
    assert killed.returncode == -signal.SIGKILL
    assert events_of(tmp_path, "step"), "killed before the first step"
    resumed = toy_job(tmp_path)
    assert outcome(resumed, train(resumed)) == undisturbed


def test_a_finished_training_is_not_trained_again(tmp_path, undisturbed):
    train(toy_job(tmp_path))
    again = toy_job(tmp_path)
    assert outcome(again, train(again)) == undisturbed
    assert events_of(tmp_path, "step")[-1]["step"] == 18
    assert sum(event["step"] == 18 for event in events_of(tmp_path, "step")) == 1


def test_a_damaged_checkpoint_costs_a_few_steps_and_is_said(tmp_path, undisturbed):
    damaged = toy_job(tmp_path / "damaged")
    train(damaged)
    newest = damaged.checkpoints / "step-000018" / "model.safetensors"
    content = bytearray(newest.read_bytes())
    content[-3] ^= 1
    newest.write_bytes(bytes(content))
    resumed = toy_job(tmp_path / "damaged")
    result = train(resumed)
    assert outcome(resumed, result)["weights"] == undisturbed["weights"]
    assert any("damaged" in warning["message"] for warning in result.warnings)
    assert events_of(tmp_path / "damaged", "warning")


def test_a_checkpoint_of_other_settings_is_refused(tmp_path):
    train(toy_job(tmp_path))
    with pytest.raises(StateError, match="other rows or other settings"):
        train(toy_job(tmp_path, batch_size=8))


# --- what goes wrong ---


def test_a_loss_that_is_no_number_stops_and_names_the_step(tmp_path):
    job = toy_job(tmp_path, checkpoint_steps=2)
    on_forward(job, lambda number: _poison(job.model) if number == 20 else None)
    with pytest.raises(StateError, match=r"broke down at step \d+"):
        train(job)
    newest, _ = Checkpoints(job.checkpoints).newest_valid()
    assert newest is not None
    assert all(value.isfinite().all() for value in load_file(newest / "model.safetensors").values())


def _poison(model):
    with torch.no_grad():
        model.classifier.bias.fill_(float("nan"))


def test_too_little_memory_halves_the_budget_never_the_rows_of_a_step(tmp_path):
    roomy = train(toy_job(tmp_path / "roomy", dropout=0.0, token_budget=200))
    job = toy_job(tmp_path / "tight", dropout=0.0, token_budget=200)
    _memory_for(job.model, tokens=60)
    tight = train(job)
    assert tight.token_budget <= 60
    assert any("Memory ran out at step 1" in warning["message"] for warning in tight.warnings)
    assert [e.loss for e in tight.history] == pytest.approx([e.loss for e in roomy.history], abs=1e-4)


def test_not_even_one_row_fits(tmp_path):
    job = toy_job(tmp_path)
    _memory_for(job.model, tokens=0)
    with pytest.raises(ResourceError, match="even one row"):
        train(job)


def _memory_for(model, tokens):
    def hook(module, inputs, output):
        if module.training and output.shape[0] * output.shape[1] > tokens:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    model.bert.embeddings.register_forward_hook(hook)


def test_other_errors_are_not_taken_for_too_little_memory(tmp_path):
    job = toy_job(tmp_path)

    def hook(module, inputs, output):
        if module.training:
            raise RuntimeError("a bug")

    job.model.bert.embeddings.register_forward_hook(hook)
    with pytest.raises(RuntimeError, match="a bug"):
        train(job)


def test_the_digest_of_the_toys_sees_a_single_bit():
    job_model = torch.nn.Linear(2, 2)
    before = digest(job_model)
    job_model.weight.data[0, 0] += 1e-7
    assert digest(job_model) != before
