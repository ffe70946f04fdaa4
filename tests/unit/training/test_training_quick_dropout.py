"""Dropout with cheaper dice is dropout: the share, the scale, the gradient, the repeat."""

import pytest
import torch
from training_toys import ColdEngine, tiny_bert, toy_rows

from sft_core.training.quick_dropout import QuickDropout


def quick(p=0.1):
    model = torch.nn.Sequential(torch.nn.Dropout(p)).train()
    return model, QuickDropout(model)


@pytest.mark.parametrize("p", [0.05, 0.1, 0.5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_share_and_the_mean_are_those_of_dropout(p, dtype):
    model, _ = quick(p)
    out = model(torch.ones(500, 1001, dtype=dtype)).float()  # not a multiple of four
    assert float((out == 0).float().mean()) == pytest.approx(p, abs=0.003)
    assert float(out.mean()) == pytest.approx(1, abs=0.006)
    assert len(out.unique()) == 2


def test_pictures_keep_their_layout_in_memory():
    model, _ = quick(0.5)
    values = torch.ones(2, 3, 8, 8).contiguous(memory_format=torch.channels_last)
    out = model(values)
    assert out.is_contiguous(memory_format=torch.channels_last)
    assert float((out == 0).float().mean()) == pytest.approx(0.5, abs=0.1)
    assert len({tuple(row) for picture in out.tolist() for channel in picture for row in channel}) > 20  # no pattern


def test_the_gradient_flows_where_values_were_kept():
    model, _ = quick(0.5)
    values = torch.ones(64, 64, requires_grad=True)
    out = model(values)
    out.sum().backward()
    assert torch.equal(values.grad, out.detach())


def test_the_same_seed_drops_the_same_values_and_another_others():
    model, dice = quick(0.5)
    drawn = []
    for seed in (1, 1, 2):
        dice.throw_anew(seed)
        drawn.append(model(torch.ones(32, 32)))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_nothing_is_dropped_while_scoring_or_with_p_zero():
    model, _ = quick(0.5)
    assert torch.equal(model.eval()(torch.ones(8, 8)), torch.ones(8, 8))
    never, _ = quick(0.0)
    assert torch.equal(never(torch.ones(8, 8)), torch.ones(8, 8))


def test_afterwards_the_model_is_a_stock_one():
    model = tiny_bert(dropout=0.3)
    rows, _ = toy_rows(4)
    dice = QuickDropout(model)
    assert dice.modules
    assert model.bert.encoder.layer[0].attention.self.dropout.p == 0.3
    dice.close()
    assert all("forward" not in module.__dict__ for module in model.modules())
    model.train()(**ColdEngine().collate(rows, range(4)))
