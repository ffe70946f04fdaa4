"""EfficientNet-Lite0 as a stock transformers EfficientNet: its published weights under other names, nothing trained.

Lite0 is B0 without squeeze-excite layers and with ReLU6 (Tan and Le, 2019, 1905.11946; the Lite variants, 2020). The
stock architecture has those layers: with weights of zero and a bias of 30 they multiply by one (sigmoid(30) = 1 in
fp32), and they stay so as long as they are frozen.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import EfficientNetConfig, EfficientNetForImageClassification, ViTImageProcessor
from transformers.utils import logging

from sft_core.errors import ModelError

NEUTRAL = "squeeze_excite"  # in the name of every parameter that only multiplies by one
OPEN = 30.0
MEAN, SPREAD, SIZE, BICUBIC = 127 / 255, 128 / 255, 224, 3


def write(weights: Path, folder: Path) -> None:
    """Write the model of `weights` (the published .pth) as a Hugging Face folder. Raises ModelError if it cannot be."""
    published = torch.load(weights, map_location="cpu", weights_only=True)
    config = EfficientNetConfig(
        width_coefficient=1.0,
        depth_coefficient=1.0,
        hidden_act="relu6",
        hidden_dim=1280,
        image_size=SIZE,
        batch_norm_eps=1e-3,
        dropout_rate=0.2,
        num_labels=1000,
        architectures=["EfficientNetForImageClassification"],
    )
    config.save_pretrained(folder)
    save_file(_renamed(published, config), folder / "model.safetensors", metadata={"format": "pt"})
    _processor().save_pretrained(folder)


def _renamed(published: dict[str, torch.Tensor], config: EfficientNetConfig) -> dict[str, torch.Tensor]:
    """The stock model's tensors; but for the neutral layers they stand in the same order as the published ones."""
    with torch.device("meta"):
        wanted = EfficientNetForImageClassification(config).state_dict()
    names = [name for name in wanted if NEUTRAL not in name]
    shapes = [wanted[name].shape for name in names]
    if [value.shape for value in published.values()] != shapes:
        raise ModelError(
            "The weights of the picture model do not fit the installed programs.",
            "Install the versions of requirements.txt.",
        )
    tensors = {name: value.contiguous() for name, value in zip(names, published.values(), strict=True)}
    for name, like in wanted.items():
        if NEUTRAL in name:
            tensors[name] = torch.full(like.shape, OPEN if name.endswith("expand.bias") else 0.0)
    return tensors


def _processor() -> ViTImageProcessor:
    level = logging.get_verbosity()
    logging.set_verbosity_error()  # it says each time that torchvision is not there, which is on purpose
    try:
        return ViTImageProcessor(
            size={"height": SIZE, "width": SIZE}, resample=BICUBIC, image_mean=[MEAN] * 3, image_std=[SPREAD] * 3
        )
    finally:
        logging.set_verbosity(level)
