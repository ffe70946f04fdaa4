"""The pre-flight: real steps, an estimate, and the model as it was before."""

import dataclasses

import pytest
from training_toys import digest, on_forward, toy_job

from sft_core.errors import ResourceError, Stopped
from sft_core.training import hardware
from sft_core.training.loop import train
from sft_core.training.preflight import in_words, preflight


def test_the_estimate_is_near_what_the_training_takes_and_the_model_is_untouched(tmp_path):
    job = toy_job(tmp_path, rows=600, epochs=4)
    before = digest(job.model)
    estimate = preflight(job)
    assert digest(job.model) == before
    assert all(parameter.grad is None for parameter in job.model.parameters())
    assert estimate.fits
    assert estimate.steps == 4 * 38
    took = train(job).timing["train_seconds"]
    assert took / 8 < estimate.total_seconds < took * 8  # the machine may be busy: only the order is held
    assert "on this machine" in estimate.message


def test_a_training_after_a_preflight_is_the_same_as_without(tmp_path):
    one, other = toy_job(tmp_path / "one"), toy_job(tmp_path / "other")
    preflight(one)
    train(one)
    train(other)
    assert digest(one.model) == digest(other.model)


def test_a_model_whose_weights_do_not_fit_is_refused_before_any_step(tmp_path, monkeypatch):
    job = toy_job(tmp_path)
    monkeypatch.setattr(hardware, "free_memory_mb", lambda device: 0)
    with pytest.raises(ResourceError, match="needs at least") as caught:
        preflight(job)
    assert "smaller model" in caught.value.hint


def test_what_needs_more_than_is_free_does_not_fit(tmp_path, monkeypatch):
    monkeypatch.setattr(hardware, "free_memory_mb", lambda device: 10)
    monkeypatch.setattr(hardware, "peak_memory_mb", lambda device: 10**6)
    estimate = preflight(toy_job(tmp_path))
    assert not estimate.fits
    assert estimate.hint


def test_the_token_budget_that_fits_is_reported(tmp_path):
    job = toy_job(tmp_path, token_budget=200)

    def refuse(number):
        if number == 1:
            raise MemoryError

    on_forward(job, refuse)
    assert preflight(job).token_budget < 200


def test_a_preflight_can_be_stopped(tmp_path):
    job = toy_job(tmp_path)
    stopping = dataclasses.replace(job, work=dataclasses.replace(job.work, should_stop=lambda: True))
    with pytest.raises(Stopped):
        preflight(stopping)


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "10 seconds"), (41, "50 seconds"), (100, "2 minutes"), (9000, "2.5 hours")]
)
def test_durations_in_words(seconds, words):
    assert in_words(seconds) == words
