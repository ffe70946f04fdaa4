"""Presets: numbers from facts, the user's own values win, nothing stays open."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sft_core.errors import ConfigError
from sft_core.training.losses import LOSSES
from sft_core.training.optimizers import OPTIMIZERS
from sft_core.training.presets import (
    LOSS_TITLES,
    OPTIMIZER_TITLES,
    PRESETS,
    DataFacts,
    resolve_settings,
    size_factor,
)

BANKING = DataFacts(rows=9002, classes=77, smallest_class=31, mean_tokens=16.2, p99_tokens=51)
REVIEWS = DataFacts(rows=6000, classes=2, smallest_class=2900, mean_tokens=80, p99_tokens=256)


def test_what_a_page_offers_is_what_the_engine_has():
    assert set(LOSS_TITLES) == set(LOSSES)
    assert set(OPTIMIZER_TITLES) == set(OPTIMIZERS)


@given(
    st.sampled_from(sorted(PRESETS)),
    st.integers(1, 3_000_000),
    st.integers(2, 2000),
    st.integers(1, 600),
    st.integers(1_000, 3_000_000_000),
)
def test_any_data_gets_settings_within_their_bounds(preset, rows, classes, p99, parameters):
    facts = DataFacts(rows, classes, 1, p99 / 2, p99, parameters=parameters)
    settings, reasons = resolve_settings(preset, facts, {}, seed=7)
    assert None not in (settings.lr_body, settings.lr_head, settings.max_length, settings.token_budget)
    assert settings.seed == 7
    assert settings.max_length <= 512
    assert reasons
    assert settings.epochs == 1 or settings.epochs * rows <= PRESETS[preset].examples


def test_many_classes_learn_longer_than_few():
    many, _ = resolve_settings("balanced", BANKING, {}, 0)
    few, _ = resolve_settings("balanced", REVIEWS, {}, 0)
    assert many.lr_body == few.lr_body
    assert many.epochs > few.epochs
    assert many.epochs * BANKING.rows <= 60_000
    assert many.max_length == 56


def test_quick_does_less_than_balanced_and_best_more():
    steps = [resolve_settings(name, BANKING, {}, 0)[0].epochs for name in ("quick", "balanced", "best")]
    assert steps == sorted(steps)
    assert steps[0] < steps[2]


def test_few_rows_get_enough_steps():
    settings, _ = resolve_settings("balanced", DataFacts(100, 3, 20, 10, 20), {}, 0)
    assert settings.epochs * 100 / settings.batch_size >= 100


def test_larger_models_learn_slower():
    assert [size_factor(n) for n in (22_000_000, 110_000_000, 560_000_000)] == [1.0, 0.5, 0.2]


def test_the_users_own_values_win_and_are_named():
    settings, reasons = resolve_settings("balanced", BANKING, {"epochs": 2, "lr_body": 1e-5, "dropout": None}, 0)
    assert (settings.epochs, settings.lr_body, settings.dropout) == (2, 1e-5, None)
    assert any("Set by hand: epochs, lr_body" in reason for reason in reasons)


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        resolve_settings("balanced", BANKING, {"loss": "hinge", "optimizer": "lion"}, 0)
    assert len(caught.value.problems) == 2
    with pytest.raises(ConfigError, match="epochs"):
        resolve_settings("balanced", BANKING, {"epochs": 0}, 0)


def test_an_unknown_preset_names_the_known_ones():
    with pytest.raises(ConfigError, match="quick, balanced, best"):
        resolve_settings("turbo", BANKING, {}, 0)


def test_presets_never_load_torch():
    code = "import sys, sft_core.training.presets; print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_texts_longer_than_the_model_reads_are_refused():
    facts = DataFacts(100, 3, 20, 10, 20, model_max_length=512)
    assert resolve_settings("balanced", facts, {"max_length": 512}, 0)[0].max_length == 512
    with pytest.raises(ConfigError, match="can be 512 word pieces here, not 8192"):
        resolve_settings("balanced", facts, {"max_length": 8192}, 0)
