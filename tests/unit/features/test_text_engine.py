"""The engine on every architecture that it knows: heads, layers, freezing, warm start, save and load."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sft_core.errors import ModelError
from sft_core.models.safety import TEXT_ENCODERS
from sft_core.tasks.registry import get_task, load_engine
from sft_core.tasks.text_classification.heads import PLANS

ENGINE = load_engine(get_task("text-classification"))
LABELS = ["lost", "money", "film"]
TEXTS = ["the card is lost", "where is my money", "a very good film it was", "bad", ""]


def loaded(folder, **options):
    return ENGINE.load_base(folder, LABELS, **{"dropout": None, "seed": 0, **options})


def encoded(folder, texts=TEXTS, pairs=None, length=32):
    return ENGINE.encode(ENGINE.load_encoder(folder, length), texts, pairs, length)


def test_every_known_kind_of_model_has_a_head_plan():
    assert set(PLANS) == set(TEXT_ENCODERS)


@pytest.mark.parametrize("kind", TEXT_ENCODERS)
def test_head_alone_gives_the_logits_of_the_whole_model(make_base, kind):
    model = loaded(make_base(kind)).eval()
    batch = ENGINE.collate(encoded(make_base(kind)), range(len(TEXTS)))
    with torch.no_grad():
        whole = model(**batch).logits
        head = ENGINE.head_logits(model, ENGINE.first_token(model, batch))
    assert whole.std() > 0
    torch.testing.assert_close(head, whole, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", TEXT_ENCODERS)
def test_layers_and_head_hold_each_parameter_once(make_base, kind):
    model = loaded(make_base(kind))
    groups = ENGINE.layers(model)
    ids = [id(p) for group in [*groups, ENGINE.head_parameters(model)] for p in group]
    assert sorted(ids) == sorted(id(p) for p in model.parameters())
    assert len(groups) == (2 if kind == "albert" else 3)  # albert shares one layer


def test_freezing_reaches_the_embeddings_and_the_lowest_layers_only(make_base):
    model = loaded(make_base("roberta"))
    ENGINE.freeze(model, 0)
    assert all(p.requires_grad for p in model.parameters())
    ENGINE.freeze(model, 1)
    frozen = [not any(p.requires_grad for p in group) for group in ENGINE.layers(model)]
    assert frozen == [True, True, False]
    ENGINE.freeze(model, 99)
    assert all(p.requires_grad for p in ENGINE.head_parameters(model))
    assert not any(p.requires_grad for group in ENGINE.layers(model) for p in group)


def test_dropout_is_set_where_the_architecture_has_it(make_base):
    assert loaded(make_base("bert"), dropout=0.3).config.hidden_dropout_prob == 0.3
    assert loaded(make_base("distilbert"), dropout=0.3).config.dropout == 0.3


def test_the_seed_fixes_the_head_and_leaves_the_global_dice_alone(make_base):
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    one, same, other = (loaded(make_base("bert"), seed=seed).classifier.weight for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert torch.equal(before, torch.random.get_rng_state())


def test_labels_are_kept_in_order_with_any_characters(make_base):
    names = ["ü\n<b>", "0", "=cmd"]
    model = ENGINE.load_base(make_base("bert"), names, dropout=None, seed=0)
    assert ENGINE.labels(model) == names


def test_a_base_of_another_task_gets_a_new_head(make_base, tmp_path):
    ENGINE.save(loaded(make_base("bert")), ENGINE.load_encoder(make_base("bert")), tmp_path)
    assert ENGINE.labels(ENGINE.load_base(tmp_path, ["a", "b"], dropout=None, seed=0)) == ["a", "b"]


def test_scaling_logits_divides_them_by_the_temperature(make_base):
    model = loaded(make_base("electra")).eval()
    batch = ENGINE.collate(encoded(make_base("electra")), [0, 1])
    with torch.no_grad():
        before = model(**batch).logits
        ENGINE.scale_logits(model, 2.0)
        torch.testing.assert_close(model(**batch).logits, before / 2)
    with pytest.raises(ValueError, match="greater than 0"):
        ENGINE.scale_logits(model, 0.0)


@pytest.mark.parametrize("kind", TEXT_ENCODERS)
def test_warm_start_learns_what_the_features_tell(make_base, kind):
    model = loaded(make_base(kind)).eval()
    words = [["lost", "card"], ["money", "where"], ["film", "good"]]
    dice = np.random.default_rng(0)
    y = dice.integers(0, 3, 120)
    texts = [" ".join(dice.choice([*words[k], "the", "is", "my"], 6)) + " " + words[k][0] for k in y]
    batch = ENGINE.collate(encoded(make_base(kind), texts), range(len(texts)))
    with torch.no_grad():
        first, pooled = (f.numpy() for f in ENGINE.both_features(model, batch))
        facts = ENGINE.warm_start_head(model, first, y, seed=0, pooled=pooled)
        right = (model(**batch).logits.argmax(1).numpy() == y).mean()
    assert right > 0.8, facts
    assert facts.rows == 120


def test_mean_pooling_leaves_padding_out(make_base):
    model, folder = loaded(make_base("bert")).eval(), make_base("bert")
    with torch.no_grad():
        alone = ENGINE.pooled_features(model, ENGINE.collate(encoded(folder), [3]))
        padded = ENGINE.pooled_features(model, ENGINE.collate(encoded(folder), [2, 3]))[1:]
    torch.testing.assert_close(alone, padded, rtol=1e-4, atol=1e-5)


def test_collate_pads_on_the_right_and_masks_only_where_needed(make_base):
    rows = encoded(make_base("bert"), ["the card", "the card is lost"])
    batch = ENGINE.collate(rows, [0, 1])
    assert batch["input_ids"].tolist()[0][-2:] == [0, 0]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 1, 0, 0], [1] * 6]
    assert "attention_mask" not in ENGINE.collate(rows, [1, 1])
    assert ENGINE.collate(rows, [1], pad_to_multiple=8)["input_ids"].shape == (1, 8)


def test_encoding_cuts_as_truncation_does_and_keeps_the_last_special_token(make_base):
    rows = encoded(make_base("bert"), ["the card is lost the card is lost"], length=5)
    assert rows.lengths.tolist() == [5]
    assert rows.row(0).tolist()[-1] == 3


def test_pairs_carry_segments_where_the_model_has_them(make_base):
    both = encoded(make_base("bert"), ["the card"], ["is lost"])
    assert both.row(0, "token_type_ids").tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert list(encoded(make_base("roberta"), ["the card"], ["is lost"]).columns) == ["input_ids"]


def test_max_length_is_saved_with_the_tokenizer(make_base, tmp_path):
    ENGINE.save(loaded(make_base("bert")), ENGINE.load_encoder(make_base("bert"), 17), tmp_path)
    assert ENGINE.load_encoder(tmp_path).model_max_length == 17
    assert {p.name for p in tmp_path.iterdir()} >= {"model.safetensors", "config.json", "tokenizer.json"}


def test_a_folder_without_a_limit_gets_the_one_of_its_positions(make_base):
    assert ENGINE.load_encoder(make_base("bert")).model_max_length == 40
    assert ENGINE.load_encoder(make_base("roberta")).model_max_length == 39


def test_damaged_weights_are_told_in_one_sentence(make_base, tmp_path):
    ENGINE.save(loaded(make_base("bert")), ENGINE.load_encoder(make_base("bert")), tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 100)
    with pytest.raises(ModelError, match="cannot be loaded"):
        ENGINE.load_tuned(tmp_path)


@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        ("config.json", "hidden_size", "x"),
        ("config.json", "hidden_act", None),
        ("config.json", "dtype", "x"),
        ("config.json", "dtype", []),
        ("tokenizer_config.json", "unk_token", -1),
    ],
)
def test_a_damaged_value_in_a_file_of_the_model_is_told_in_one_sentence(make_base, tmp_path, file, name, value):
    ENGINE.save(loaded(make_base("bert")), ENGINE.load_encoder(make_base("bert")), tmp_path)
    kept = json.loads((tmp_path / file).read_text())
    (tmp_path / file).write_text(json.dumps({**kept, name: value}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        ENGINE.load_tuned(tmp_path)
        ENGINE.load_encoder(tmp_path)


def test_an_unknown_head_is_read_at_its_last_linear_layer(make_base, monkeypatch):
    model = loaded(make_base("bert")).eval()
    monkeypatch.setattr(model.config, "model_type", "of-tomorrow")
    batch = ENGINE.collate(encoded(make_base("bert")), range(len(TEXTS)))
    with torch.no_grad():
        features = ENGINE.first_token(model, batch)
        torch.testing.assert_close(ENGINE.head_logits(model, features), model(**batch).logits)
        ENGINE.warm_start_head(model, features.numpy(), np.array([0, 1, 2, 0, 1]), seed=0)


def test_a_body_with_gaps_is_refused_instead_of_filled_with_random_numbers(make_base, tmp_path):
    ENGINE.save(loaded(make_base("bert")), ENGINE.load_encoder(make_base("bert")), tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    del weights["bert.encoder.layer.1.output.dense.weight"]
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="incomplete: 1 part"):
        loaded(tmp_path)
    with pytest.raises(ModelError, match="incomplete"):
        ENGINE.load_tuned(tmp_path)


def test_a_run_without_its_head_is_refused(make_base):
    with pytest.raises(ModelError, match="incomplete"):
        ENGINE.load_tuned(make_base("bert"))
