"""The pre-flight: real steps, an estimate, and the model as it was before."""

import dataclasses
import random
import resource

import numpy as np
import pytest
import torch
from training_toys import digest, events_of, job_that_stops, on_forward, outcome, toy_job, toy_settings

from sft_core.errors import InputError, Stopped
from sft_core.records import read_json
from sft_core.training import hardware, trial
from sft_core.training import preflight as module
from sft_core.training.estimate import DECIDE_SPEED, Trial
from sft_core.training.job import TrainResult
from sft_core.training.loop import train
from sft_core.training.preflight import expected, learn_pace, preflight


@pytest.fixture
def no_memory(monkeypatch):
    monkeypatch.setattr(hardware, "free_memory_mb", lambda device: 0)


def steps_taken(monkeypatch) -> list[object]:
    """Grows by one whenever real steps are taken."""
    taken: list[object] = []
    real = module.try_steps
    monkeypatch.setattr(module, "try_steps", lambda *given: taken.append(given) or real(*given))
    return taken


def all_dice() -> list[object]:
    return [torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(), random.getstate()]


def test_the_estimate_is_near_what_the_training_takes_and_the_model_is_untouched(tmp_path):
    job = toy_job(tmp_path, rows=320, epochs=2)
    before = digest(job.model)
    estimate = preflight(job)
    assert digest(job.model) == before
    assert all(parameter.grad is None for parameter in job.model.parameters())
    assert estimate.fits
    assert estimate.steps == 2 * 20
    took = train(job).timing["train_seconds"]
    assert took / 8 < estimate.total_seconds < took * 8  # the machine may be busy: only the order is held
    assert "on this machine" in estimate.message


@pytest.mark.parametrize(
    "changes", [{}, {"optimizer": "sgd", "weight_decay": 0.5}, {"frozen_layers": 1, "dropout": 0.0}], ids=str
)
def test_a_run_with_real_steps_before_it_ends_bit_for_bit_like_one_without(tmp_path, changes):
    one, other = toy_job(tmp_path / "one", **changes), toy_job(tmp_path / "other", **changes)
    dice, mode = all_dice(), one.model.training
    estimate = expected(one, tmp_path / "cache")
    assert (all_dice(), one.model.training) == (dice, mode)
    assert digest(one.model) == digest(other.model)
    assert outcome(one, train(one, estimate)) == outcome(other, train(other))
    optimizers = [torch.load(job.checkpoints / "step-000018" / "optimizer.pt") for job in (one, other)]
    assert repr(optimizers[0]) == repr(optimizers[1])


def test_running_means_are_put_back_though_steps_change_them(tmp_path):
    job = toy_job(tmp_path)
    means = torch.zeros(3)
    job.model.register_buffer("means", means)
    on_forward(job, lambda number: means.add_(number))
    preflight(job)
    assert means.tolist() == [0, 0, 0]


def test_a_resumed_run_takes_no_steps_for_it_and_still_tells_the_rest(tmp_path, monkeypatch):
    taken, cache = steps_taken(monkeypatch), tmp_path / "cache"
    job = job_that_stops(tmp_path / "run", at=40)
    first = expected(job, cache)
    with pytest.raises(Stopped):
        train(job, first)
    again = toy_job(tmp_path / "run")
    train(again, expected(again, cache))
    assert len(taken) == 1
    told = [plan["seconds"] for plan in events_of(tmp_path / "run", "plan")]
    assert told[0] == first.total_seconds and told[1] < told[0]
    assert expected(toy_job(tmp_path / "run"), tmp_path / "another cache") is None


def test_the_plan_tells_time_and_memory_only_where_they_were_measured(tmp_path):
    train(toy_job(tmp_path / "without"))
    assert "seconds" not in events_of(tmp_path / "without", "plan")[0]
    job = toy_job(tmp_path / "with")
    estimate = expected(job, tmp_path / "cache")
    train(job, estimate)
    (plan,) = events_of(tmp_path / "with", "plan")
    assert (plan["seconds"], plan["memory_mb"]) == (estimate.total_seconds, estimate.memory_mb)


def test_what_was_measured_is_known_again_until_something_that_matters_differs(tmp_path, monkeypatch):
    taken, cache = steps_taken(monkeypatch), tmp_path / "cache"

    def measured(**changes) -> bool:
        before = len(taken)
        preflight(toy_job(tmp_path / "run", **changes), cache)
        return len(taken) > before

    assert measured()
    assert not measured()
    for same in ({"epochs": 9}, {"lr_body": 1e-4}, {"seed": 4}, {"patience": 1}, {"evaluations_per_epoch": 3}):
        assert not measured(**same), same
    others = [{"batch_size": 8}, {"token_budget": 32}, {"frozen_layers": 1}, {"optimizer": "sgd"}, {"rows": 80}]
    for other in others:
        assert measured(**other), other


def test_more_passes_and_looks_take_longer(tmp_path):
    cache = tmp_path / "cache"
    once = preflight(toy_job(tmp_path, epochs=1), cache)
    often = preflight(toy_job(tmp_path, epochs=10), cache)
    looking = preflight(toy_job(tmp_path, epochs=10, evaluations_per_epoch=20), cache)
    assert often.total_seconds > 5 * once.total_seconds
    added = looking.total_seconds - often.total_seconds
    assert added == pytest.approx(190 * looking.seconds_per_evaluation, abs=0.4)  # told in tenths and thousandths


def test_the_settings_that_decide_the_speed_exist():
    assert set(DECIDE_SPEED) <= set(type(toy_settings()).model_fields)


def test_a_model_whose_weights_do_not_fit_is_refused_before_any_step(tmp_path, no_memory):
    job = toy_job(tmp_path)
    steps: list[int] = []
    on_forward(job, steps.append)
    found = preflight(job)
    assert not found.fits and not steps
    assert found.message.startswith("This model needs at least")
    assert "smaller model" in found.hint


def test_a_run_that_cannot_fit_is_bad_input_and_leaves_no_saved_states(tmp_path, no_memory):
    job = toy_job(tmp_path)
    with pytest.raises(InputError, match="needs at least") as caught:
        expected(job, tmp_path / "cache")
    assert "smaller model" in caught.value.hint
    assert not job.checkpoints.exists()


def test_what_needs_more_than_is_free_does_not_fit(tmp_path, monkeypatch):
    peaks = iter([10, 10**6])
    monkeypatch.setattr(hardware, "free_memory_mb", lambda device: 1000)
    monkeypatch.setattr(hardware, "peak_memory_mb", lambda device: next(peaks))
    found = preflight(toy_job(tmp_path))
    assert not found.fits
    assert found.message.startswith("This training needs 97")
    assert found.memory_mb > 10**6 - 10 and found.free_mb > 1000, "both with what the process holds before any step"
    assert found.hint


def test_a_peak_that_cannot_be_forgotten_is_not_taken_for_that_of_the_steps(tmp_path, monkeypatch):
    monkeypatch.setattr(hardware, "reset_peak_memory", lambda device: None)
    monkeypatch.setattr(hardware, "peak_memory_mb", lambda device: 10**6)
    monkeypatch.setattr(hardware, "memory_mb", lambda device: 300)
    assert preflight(toy_job(tmp_path)).memory_mb == 300


def test_steps_get_no_more_memory_than_is_free(tmp_path, monkeypatch):
    limits: list[float] = []

    def look(number: int) -> None:
        limits.append(resource.getrlimit(resource.RLIMIT_DATA)[0] / hardware.MIB)

    monkeypatch.setattr(hardware, "free_memory_mb", lambda device: 5_000)
    before, job = resource.getrlimit(resource.RLIMIT_DATA), toy_job(tmp_path)
    on_forward(job, look)
    assert preflight(job).fits
    assert limits and all(4_850 <= limit < 4_850 + 20_000 for limit in limits)  # on top of what is there already
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_run_begins_with_the_smaller_steps_that_were_found_to_fit(tmp_path):
    job = toy_job(tmp_path)
    found = dataclasses.replace(preflight(job), token_budget=30)
    result = train(job, found)
    assert result.token_budget == 30
    assert any("Memory ran out at step 1" in warning["message"] for warning in result.warnings)


def test_the_largest_step_is_approached_from_below_and_never_taken_where_it_would_be_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(hardware, "free_memory_mb", lambda device: 1000)
    job = toy_job(tmp_path, rows=64, batch_size=64, token_budget=10**6)
    monkeypatch.setattr(job.engine, "usual_budget", lambda device: 26)
    seen: list[int] = []

    def look(module, inputs, output) -> None:
        if module.training:
            seen.append(output.shape[0] * output.shape[1])

    job.model.bert.embeddings.register_forward_hook(look)
    monkeypatch.setattr(trial._Memory, "needed_mb", lambda self: 3 * max(seen))  # 3 MB a token: 300 tokens fit
    found, longest = preflight(job), int(job.encoded_train.lengths.max())
    assert seen[:2] == [2 * longest, 8 * longest]
    assert 8 * longest < max(seen) <= found.token_budget < 300
    assert found.fits


def test_where_not_even_one_row_fits_it_is_refused(tmp_path):
    job = toy_job(tmp_path)

    def refuse(number: int) -> None:
        raise MemoryError

    on_forward(job, refuse)
    found = preflight(job)
    assert not found.fits
    assert "even one row" in found.message


def test_the_token_budget_that_fits_is_reported(tmp_path):
    job = toy_job(tmp_path, token_budget=200)

    def refuse(number):
        if number == 1:
            raise MemoryError

    on_forward(job, refuse)
    assert preflight(job).token_budget < 200


def test_a_library_that_only_says_it_could_not_is_taken_for_too_little_memory(tmp_path):
    job = toy_job(tmp_path)

    def refuse(number: int) -> None:
        raise RuntimeError("could not create a primitive")

    on_forward(job, refuse)
    found = preflight(job)
    assert not found.fits
    assert "needs more than" in found.message and found.hint


def test_a_bug_in_a_step_is_not_taken_for_too_little_memory(tmp_path):
    job = toy_job(tmp_path)

    def stumble(number: int) -> None:
        raise RuntimeError("a bug")

    on_forward(job, stumble)
    with pytest.raises(RuntimeError, match="a bug"):
        preflight(job)


def test_a_damaged_note_is_measured_again(tmp_path, monkeypatch):
    taken, cache = steps_taken(monkeypatch), tmp_path / "cache"
    preflight(toy_job(tmp_path), cache)
    (note,) = cache.glob("*/trial.json")
    note.write_text('{"fixed": 1}')
    assert preflight(toy_job(tmp_path), cache).fits
    assert len(taken) == 2


def test_a_preflight_can_be_stopped(tmp_path):
    job = toy_job(tmp_path)
    stopping = dataclasses.replace(job, work=dataclasses.replace(job.work, should_stop=lambda: True))
    with pytest.raises(Stopped):
        preflight(stopping)


def remembered(cache) -> dict[str, float]:
    (note,) = cache.glob("*/trial.json")
    return read_json(note)


def finished(job, *, slower: float, cache, steps: int = 24, **changes) -> TrainResult:
    """A training that took `slower` times what is remembered."""
    plan, trial = module._plan(job), Trial(**remembered(cache))
    batches = [batch for epoch in range(plan.epochs) for batch in plan.epoch(epoch)][:steps]
    seconds = slower * sum(trial.seconds(batch, plan) for batch in batches)
    examples = sum(map(len, batches))
    timing = {"train_seconds": seconds + 9, "examples": examples, "samples_per_second": examples / seconds}
    budget = job.settings.token_budget
    return dataclasses.replace(TrainResult(steps, 0.5, steps, steps, False, [], timing, "off", budget), **changes)


def test_a_training_puts_right_what_is_remembered_of_a_busy_machine(tmp_path):
    job, cache = toy_job(tmp_path, epochs=6), tmp_path / "cache"
    first = preflight(job, cache)
    before = remembered(cache)
    learn_pace(job, finished(job, slower=0.25, cache=cache), cache)
    after = remembered(cache)
    for name in ("fixed", "rate"):
        assert after[name] == pytest.approx(before[name] / 4, rel=1e-6)
    assert after["memory_mb"] == before["memory_mb"]
    assert preflight(job, cache).total_seconds == pytest.approx(first.total_seconds / 4, abs=0.1)


def test_a_real_training_is_remembered_at_its_own_pace(tmp_path):
    job, cache = toy_job(tmp_path, epochs=6), tmp_path / "cache"
    preflight(job, cache)
    result = train(job)
    learn_pace(job, result, cache)
    plan, trial = module._plan(job), Trial(**remembered(cache))
    batches = [batch for epoch in range(plan.epochs) for batch in plan.epoch(epoch)][: result.steps]
    took = result.timing["examples"] / result.timing["samples_per_second"]
    assert sum(trial.seconds(batch, plan) for batch in batches) == pytest.approx(took, rel=1e-3)


@pytest.mark.parametrize("why", ["resumed", "few steps", "smaller steps", "no pace", "nothing remembered"])
def test_what_says_nothing_of_the_pace_changes_nothing(tmp_path, why):
    job, cache = toy_job(tmp_path, epochs=6), tmp_path / "cache"
    preflight(job, cache)
    before = remembered(cache)
    result = finished(job, slower=0.25, cache=cache, steps=19 if why == "few steps" else 24)
    if why == "resumed":
        job = dataclasses.replace(job, work=dataclasses.replace(job.work, attempt=2))
    if why == "smaller steps":
        result = dataclasses.replace(result, token_budget=8)
    if why == "no pace":
        result = dataclasses.replace(result, timing={**result.timing, "samples_per_second": 0.0})
    learn_pace(job, result, tmp_path / "elsewhere" if why == "nothing remembered" else cache)
    assert remembered(cache) == before and not (tmp_path / "elsewhere").exists()
