"""Pictures in the loop: a resume that is exact to the last bit, steps that memory does not change, and the presets."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_pictures import COLOURS, classes_of, write_picture_base, write_pictures
from training_toys import digest

from sft_core.config import TrainingSettings, settings_of, title_of
from sft_core.errors import ConfigError, Stopped
from sft_core.features.pixels import cached_pixels
from sft_core.records import EventLog, Work
from sft_core.tasks.image_classification.engine import ENGINE
from sft_core.tasks.image_classification.pictures import Pictures
from sft_core.training.job import TrainJob
from sft_core.training.loop import open_accelerator, train
from sft_core.training.precision import quicker_precision
from sft_core.training.preflight import preflight
from sft_core.training.presets import DataFacts, resolve_settings
from sft_core.training.stepping import Material, Stepper

LABELS = tuple(sorted(COLOURS))
SETTINGS = TrainingSettings(
    epochs=2,
    batch_size=6,
    lr_body=1e-3,
    lr_head=1e-3,
    token_budget=16,
    mixed_precision="off",
    threads=1,
    augment_crop=True,
    augment_flip=True,
    augment_colour=True,
    label_smoothing=0.1,
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny base model and 18 pictures."""
    root = tmp_path_factory.mktemp("pictures")
    write_picture_base(root / "base", "resnet")
    write_pictures(root / "pictures")
    return root


def rows_of(home: Path) -> tuple[Pictures, np.ndarray]:
    view = ENGINE.load_encoder(home / "base")
    paths = sorted((home / "pictures").iterdir())
    names = tuple(str(path) for path in paths)
    return Pictures(names, view, cached_pixels(names, view, home / "cache")), classes_of(paths)


def model_of(home: Path) -> torch.nn.Module:
    return ENGINE.load_base(home / "base", LABELS, dropout=None, seed=0)


def job_in(folder: Path, home: Path, should_stop=lambda: False) -> TrainJob:
    folder.mkdir(exist_ok=True)
    rows, y = rows_of(home)
    work = Work(folder, {}, 1, EventLog(folder / "events.jsonl", 1), should_stop)
    return TrainJob(
        model=model_of(home),
        engine=ENGINE,
        encoded_train=rows,
        y_train=y,
        encoded_validation=rows.take(range(6)),
        y_validation=y[:6],
        labels=LABELS,
        settings=SETTINGS,
        work=work,
        checkpoints=folder / "checkpoints",
    )


def test_a_resumed_training_ends_with_the_same_bits(home, tmp_path):
    whole = job_in(tmp_path / "whole", home)
    result = train(whole)
    assert result.steps == 6 and result.history[0].step == 0
    asked = itertools.count()
    halved = job_in(tmp_path / "halved", home, should_stop=lambda: next(asked) > 8)
    with pytest.raises(Stopped, match="its state is saved"):
        train(halved)
    resumed = job_in(tmp_path / "halved", home)
    assert [entry.loss for entry in train(resumed).history] == [entry.loss for entry in result.history]
    assert digest(resumed.model) == digest(whole.model)


def test_a_step_is_the_same_however_many_pictures_go_through_at_once(home):
    rows, y = rows_of(home)
    weights = {}
    for budget in (16, 2):
        model = model_of(home).train()
        accelerator, precision = open_accelerator("off")
        stepper = Stepper(Material(model, ENGINE, rows, y, 3), SETTINGS, accelerator, precision, budget)
        stepper.take(np.arange(6), 0, 1.0)
        assert not any(norm.training for norm in model.modules() if isinstance(norm, torch.nn.BatchNorm2d))
        stepper.close()
        model.train()
        assert all(norm.training for norm in model.modules() if isinstance(norm, torch.nn.BatchNorm2d))
        weights[budget] = torch.cat([value.detach().flatten() for value in model.parameters()])
    assert not torch.equal(weights[16], torch.cat([value.detach().flatten() for value in model_of(home).parameters()]))
    torch.testing.assert_close(weights[2], weights[16], rtol=1e-3, atol=1e-4)


def test_the_cache_is_filled_once_told_and_stopped(home, tmp_path):
    rows, _ = rows_of(home)
    told: list[float] = []
    first = cached_pixels(rows.paths, rows.view, tmp_path, on_progress=told.append)
    assert told[-1] == 1.0 and first.data.dtype == np.uint8 and first.data.shape == (18, 37, 37, 3)
    again = cached_pixels(rows.paths, rows.view, tmp_path, on_progress=told.append)
    assert len(told) == 1 and np.array_equal(again.data, first.data)
    twice = cached_pixels((*rows.paths, rows.paths[0]), rows.view, tmp_path)
    assert twice.places.tolist() == [*range(18), 0]
    with pytest.raises(Stopped):
        cached_pixels(rows.paths[:5], rows.view, tmp_path, should_stop=lambda: True)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_estimate_counts_pictures(home, tmp_path):
    found = preflight(job_in(tmp_path, home))
    assert found.fits and found.steps == 6 and found.token_budget == 16


def test_which_numbers_are_quicker_is_measured_once_and_leaves_the_model(home, tmp_path):
    model, (rows, _) = model_of(home), rows_of(home)
    before = digest(model)
    found = quicker_precision(model, ENGINE, rows, SETTINGS, tmp_path)
    assert found in ("off", "bf16") and digest(model) == before
    assert quicker_precision(model, ENGINE, rows, SETTINGS, tmp_path) == found


FACTS = DataFacts(
    **{"rows": 720, "classes": 10, "smallest_class": 60, "mean_tokens": 1, "p99_tokens": 1},
    **{"model_max_length": 0, "parameters": 5_000_000, "kind": "image"},
)


def test_pictures_get_settings_of_their_own():
    settings, reasons = resolve_settings("balanced", FACTS, {}, 3)
    assert settings.max_length is None and settings.seed == 3
    assert (settings.augment_crop, settings.augment_flip, settings.augment_colour) == (True, False, True)
    large, _ = resolve_settings("balanced", dataclasses.replace(FACTS, parameters=86_000_000), {}, 3)
    few, _ = resolve_settings("balanced", dataclasses.replace(FACTS, rows=120), {}, 3)
    assert large.lr_body < settings.lr_body > few.lr_body
    assert any("720" in reason for reason in reasons)
    steps = [resolve_settings(name, FACTS, {}, 0)[0].epochs for name in ("quick", "balanced", "best")]
    assert steps == sorted(set(steps))


def test_a_setting_of_the_other_kind_is_refused():
    with pytest.raises(ConfigError, match=r"Longest text \(max_length\) is no setting for pictures"):
        resolve_settings("balanced", FACTS, {"max_length": 64}, 0)
    with pytest.raises(ConfigError, match=r"Mirrored \(augment_flip\) is no setting for texts"):
        resolve_settings("balanced", dataclasses.replace(FACTS, kind="text"), {"augment_flip": True}, 0)
    assert "augment_crop" in settings_of("image") and "augment_crop" not in settings_of("text")
    assert title_of("token_budget", "image") == "Pictures at once"
    assert title_of("token_budget", "text") == "Tokens at once"
