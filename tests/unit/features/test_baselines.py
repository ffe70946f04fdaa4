"""Majority, words, probe and the known score: right on what can be learnt, and sound at the edges."""

import numpy as np
import pytest

from sft_core.errors import DataError
from sft_core.features import words
from sft_core.features.known import confidence_score, fit_known_scale, load_known_scale
from sft_core.features.majority import fit_majority
from sft_core.features.probe import fit_probe, load_probe
from sft_core.features.words import fit_words
from sft_core.tasks.logistic import choose_c, fit_logistic

LABELS = ["a", "b", "c"]


def clouds(n=300, width=16, classes=3, seed=0, apart=2.0):
    dice = np.random.default_rng(seed)
    centres = np.random.default_rng(9).normal(size=(classes, width)) * apart
    y = dice.integers(0, classes, n)
    return (centres[y] + dice.normal(size=(n, width))).astype(np.float32), y


def sound(probabilities, rows, classes=3):
    assert probabilities.shape == (rows, classes) and probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_majority_answers_with_the_shares_of_training():
    found = fit_majority(np.array([0, 0, 0, 2]), LABELS).probabilities(5)
    sound(found, 5)
    assert found[4].tolist() == [0.75, 0.0, 0.25]


@pytest.mark.parametrize("classes", [2, 3])
def test_probe_learns_separable_features(classes):
    x, y = clouds(classes=classes)
    new, wanted = clouds(classes=classes, seed=1)
    found = fit_probe(x, y, LABELS[:classes]).probabilities(new)
    sound(found, len(new), classes)
    assert (found.argmax(1) == wanted).mean() > 0.97


def test_probe_gives_a_class_without_rows_no_probability():
    x, y = clouds(classes=2)
    found = fit_probe(x, y * 2, LABELS).probabilities(x)
    sound(found, len(x))
    assert found[:, 1].max() < 1e-9 and (found.argmax(1) == y * 2).mean() > 0.9


@pytest.mark.parametrize("y", [[0], [1, 1, 1], [0, 1], [0, 1, 2]])
def test_probe_survives_next_to_no_rows(y):
    x = np.random.default_rng(0).normal(size=(len(y), 8)).astype(np.float32)
    sound(fit_probe(x, np.array(y), LABELS).probabilities(x), len(y))


def test_probe_is_the_same_for_shifted_and_stretched_features():
    x, y = clouds()
    stretch = np.linspace(1, 30, x.shape[1], dtype=np.float32)
    one = fit_probe(x, y, LABELS).probabilities(x)
    other = fit_probe(x * stretch + 50, y, LABELS).probabilities(x * stretch + 50)
    assert np.abs(one - other).max() < 0.02


def test_probe_comes_back_from_its_file(tmp_path):
    x, y = clouds()
    made = fit_probe(x, y, LABELS)
    made.save(tmp_path / "probe.safetensors")
    np.testing.assert_array_equal(
        load_probe(tmp_path / "probe.safetensors", LABELS).probabilities(x), made.probabilities(x)
    )


def test_noise_gets_a_strong_penalty_and_signal_a_weak_one():
    dice = np.random.default_rng(0)
    noise = dice.normal(size=(400, 64)).astype(np.float32)
    x, y = clouds(400, 64, apart=3)
    assert choose_c(noise, dice.integers(0, 3, 400), 0) < choose_c(x, y, 0)


def test_features_that_are_no_numbers_are_refused():
    x, y = clouds()
    x[3, 3] = np.nan
    with pytest.raises(DataError, match="not numbers"):
        fit_logistic(x, y, 3, seed=0)


TEXTS = [
    f"my {thing} is {state} {i}"
    for i in range(30)
    for thing, state in [("card", "lost"), ("film", "good"), ("bank", "shut")]
]
Y = np.tile([0, 1, 2], 30)


def test_words_learn_words():
    model = fit_words(TEXTS, Y, LABELS)
    found = model.probabilities(["a lost card", "films are good", "shut banks"])
    sound(found, 3)
    assert found.argmax(1).tolist() == [0, 1, 2] and model.rows_used == 90


def test_words_read_pairs():
    model = fit_words(["x"] * 90, Y, LABELS, pairs=TEXTS)
    assert model.probabilities(["x"], ["lost card"]).argmax() == 0


def test_words_answer_with_class_shares_where_they_know_nothing():
    found = fit_words(TEXTS, Y, LABELS).probabilities(["", "Ω"])
    np.testing.assert_allclose(found, 1 / 3, atol=1e-6)


@pytest.mark.parametrize(
    ("texts", "y"), [(["", ""], [0, 1]), (["a b", "c d"], [1, 1]), (["!!", "??"], [0, 2]), (["a"], [0])]
)
def test_words_survive_next_to_nothing(texts, y):
    sound(fit_words(texts, np.array(y), LABELS).probabilities([*texts, "new"]), len(texts) + 1)


def test_words_of_two_classes_give_two_columns():
    sound(fit_words(TEXTS[:2] * 20, np.tile([0, 1], 20), LABELS[:2]).probabilities(["card"]), 1, 2)


def test_words_look_at_a_sample_of_very_many_rows(monkeypatch):
    monkeypatch.setattr(words, "MOST_WORK", 3_300)
    model = fit_words(TEXTS * 20, np.tile(Y, 20), LABELS)
    assert model.rows_used == 1_100
    assert model.probabilities(["lost card"]).argmax() == 0


def test_known_score_ranks_rows_among_those_of_validation(tmp_path):
    dice = np.random.default_rng(0)
    scale = fit_known_scale((dice.normal([6, 0, 0, 0], size=(500, 4))).astype(np.float32))
    scale.save(tmp_path)
    found = load_known_scale(tmp_path).score(np.array([[6, 0, 0, 0], [0, 0, 0, 0], [40, 0, 0, 0]], np.float32))
    assert 0.3 < found[0] < 0.7 and found[1] == 0 and found[2] == 1


def test_known_score_needs_validation_rows_and_its_file(tmp_path):
    assert load_known_scale(tmp_path) is None
    with pytest.raises(DataError):
        fit_known_scale(np.empty((0, 3), np.float32))


def test_one_validation_row_is_a_scale_too():
    scale = fit_known_scale(np.array([[2.0, 0.0]], np.float32))
    assert np.isfinite(scale.score(np.array([[2.0, 0.0], [0.0, 0.0]], np.float32))).all()


def test_confidence_stands_in_from_guessing_to_certainty():
    assert confidence_score(np.array([[0.25] * 4, [1, 0, 0, 0]], np.float32)).tolist() == [0.0, 1.0]
