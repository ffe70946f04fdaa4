"""How pictures are learnt: rates, passes and variations by what the data and the model are. See `presets`.

docs/decisions.md has the measurements behind these numbers. Without torch, so that pages can ask it.
"""

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sft_core.training.presets import DataFacts

PASSES = {"quick": 2, "balanced": 8, "best": 16}
# Pictures that go through the body in all: on a CPU some 25 a second, so that balanced takes five minutes.
EXAMPLES = {"quick": 2_000, "balanced": 6_500, "best": 20_000}
GPU_FACTOR = 20  # so many times more where there is a GPU
FEWEST_STEPS = {"quick": 40, "balanced": 100, "best": 200}
LR_BODY, LR_HEAD = 5e-4, 3e-3
LARGE_LR_BODY, LARGE = 5e-5, 10_000_000  # of a model with more parameters, such as ViT
FEW, FEW_FACTOR = 300, 0.2  # training pictures below which the body moves slowly: it would forget more than it learns
AT_ONCE = {"cpu": 16, "cuda": 256}


def picture_values(preset: str, facts: "DataFacts") -> tuple[dict[str, Any], list[str]]:
    """Settings by field name, and why, one sentence each."""
    body = LARGE_LR_BODY if facts.parameters > LARGE else LR_BODY
    few = facts.rows < FEW
    batch = 16 if few else 32
    budget = EXAMPLES[preset] * (GPU_FACTOR if facts.device == "cuda" else 1)
    wanted = max(PASSES[preset], ceil(FEWEST_STEPS[preset] * batch / max(1, facts.rows)))
    epochs = max(1, min(wanted, budget // max(1, facts.rows), 40))
    values: dict[str, Any] = {
        "lr_body": float(f"{body * (FEW_FACTOR if few else 1):.3g}"),
        "lr_head": LR_HEAD * (FEW_FACTOR if few else 1),
        "schedule": "cosine",
        "epochs": epochs,
        "batch_size": batch,
        "evaluations_per_epoch": 2 if preset == "best" or epochs == 1 else 1,
        "token_budget": AT_ONCE[facts.device],
        "label_smoothing": 0.1,
        "augment_crop": True,
        "augment_flip": False,
        "augment_colour": True,
    }
    return values, _reasons(facts, few)


def _reasons(facts: "DataFacts", few: bool) -> list[str]:
    sentences = ["Pictures are shown a little differently each time, so that they are not learnt by heart."]
    if few:
        sentences.append(f"{facts.rows:,} pictures are few: the model changes slowly.")
    elif facts.parameters > LARGE:
        sentences.append("A large model learns with a lower rate.")
    return sentences


def sgd_rates(values: Mapping[str, Any], factor: float) -> dict[str, float]:
    """The rates for plain gradient descent."""
    return {
        "lr_body": min(0.1, values["lr_body"] * factor / 10),
        "lr_head": min(1.0, values["lr_head"] * factor / 10),
    }
