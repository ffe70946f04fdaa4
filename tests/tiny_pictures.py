"""Small real picture models made in code, and pictures whose class is a colour."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import AutoConfig, AutoModelForImageClassification, MobileNetV2ImageProcessor, ViTImageProcessor
from transformers.utils import logging

SIZE = 32
_ENCODER = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
_VIT = {**_ENCODER, "image_size": SIZE, "patch_size": 16}
_DINO = {**_ENCODER, "image_size": SIZE, "patch_size": 16}
_CONVNEXT = {"num_stages": 2, "hidden_sizes": [8, 16], "depths": [1, 2], "image_size": SIZE}
_EFFICIENT = {
    **{"in_channels": [8, 8], "out_channels": [8, 16], "kernel_sizes": [3, 3], "strides": [1, 2]},
    **{"num_block_repeats": [1, 2], "expand_ratios": [1, 6], "hidden_dim": 320, "image_size": SIZE},
    **{"width_coefficient": 0.25, "depth_coefficient": 1.0},
}
_MOBILE = {"depth_multiplier": 0.25, "min_depth": 8, "image_size": SIZE}
SHAPES: dict[str, dict[str, Any]] = {
    "convnext": _CONVNEXT,
    "convnextv2": _CONVNEXT,
    "dinov2": _DINO,
    "dinov2_with_registers": _DINO,
    "efficientnet": _EFFICIENT,
    "mobilenet_v1": _MOBILE,
    "mobilenet_v2": _MOBILE,
    "resnet": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 2], "layer_type": "basic"},
    "swin": {
        **{"embed_dim": 8, "depths": [1, 2], "num_heads": [1, 2]},
        **{"window_size": 2, "image_size": SIZE, "patch_size": 4},
    },
    "vit": _VIT,
}
BLOCKS = {
    **{"convnext": 3, "convnextv2": 3, "dinov2": 2, "dinov2_with_registers": 2, "efficientnet": 3},
    **{"mobilenet_v1": 26, "mobilenet_v2": 16, "resnet": 3, "swin": 3, "vit": 2},
}
COLOURS = {"blue": (40, 60, 200), "green": (40, 190, 60), "red": (200, 50, 40)}


def write_picture_base(folder: Path, kind: str = "vit", *, keeps_shape: bool = False) -> Path:
    """A base model folder of the architecture named, with random weights, for pictures of 32 pixels."""
    torch.manual_seed(3)
    config = AutoConfig.for_model(kind, num_labels=7, **SHAPES[kind])
    AutoModelForImageClassification.from_config(config).save_pretrained(str(folder))
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        _processor(keeps_shape).save_pretrained(str(folder))
    finally:
        logging.set_verbosity(level)
    return folder


def _processor(keeps_shape: bool) -> Any:
    if keeps_shape:
        size, crop = {"shortest_edge": 36}, {"height": SIZE, "width": SIZE}
        return MobileNetV2ImageProcessor(size=size, crop_size=crop, resample=2)
    return ViTImageProcessor(size={"height": SIZE, "width": SIZE}, resample=3)


def write_pictures(folder: Path, each: int = 6, *, seed: int = 0, size: tuple[int, int] = (48, 36)) -> list[Path]:
    """`each` noisy PNGs of every colour, the colours in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(seed)
    paths = []
    for number in range(each * len(COLOURS)):
        name = sorted(COLOURS)[number % len(COLOURS)]
        values = np.array(COLOURS[name]) + dice.normal(0, 40, (size[1], size[0], 3))
        path = folder / f"{number:03}-{name}.png"
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(path)
        paths.append(path)
    return paths


def classes_of(paths: list[Path]) -> np.ndarray:
    """(n,) the number of each picture's colour."""
    return np.array([sorted(COLOURS).index(path.stem.partition("-")[2]) for path in paths], dtype=np.int64)
