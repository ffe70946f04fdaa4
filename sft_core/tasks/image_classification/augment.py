"""Varied views of a batch of pictures: another part, mirrored, other colours. Drawn for each row from its own dice.

What is drawn depends on the seed of the step and the row alone, never on how a batch is cut: a resumed training, or one
with less memory, sees the same pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from kornia.enhance import adjust_brightness_accumulative as brighten
from kornia.enhance import adjust_contrast_with_mean_subtraction as contrast
from kornia.enhance import adjust_saturation_with_gray_subtraction as saturate
from kornia.geometry.transform import warp_affine
from numpy.typing import NDArray

from sft_core.config import TrainingSettings
from sft_core.tasks.image_classification.view import View

LEAST_AREA = 0.5  # share of the picture that a part has at least
WIDEST = 4 / 3  # a part is stretched by this much at most
COLOUR = 0.2  # brightness, contrast and colours change by this share at most
NUMBERS = 8  # drawn for a row, whatever is switched on: one switch does not change what another draws

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """Of each row: its part (left, top, width, height as shares of the picture), whether mirrored, three factors."""

    parts: Floats
    mirrored: NDArray[np.bool_]
    colours: NDArray[np.float32] | None


def draw(
    rows: Sequence[int] | NDArray[np.integer],
    shapes: NDArray[np.float32],
    view: View,
    seed: int,
    wish: TrainingSettings,
) -> Drawn:
    """The dice of each row; `shapes` (n,) are its picture's width by its height."""
    dice = np.stack([np.random.default_rng([seed, int(row)]).random(NUMBERS) for row in rows])
    sides = _sides(shapes, view)
    size = _part_sizes(dice, sides) if wish.augment_crop else np.full_like(sides, view.share)
    start = (sides - size) * (dice[:, 2:4] if wish.augment_crop else 0.5)
    parts = np.concatenate([start / sides, size / sides], axis=1)
    mirrored = (dice[:, 4] < 0.5) & bool(wish.augment_flip)
    colours = (1 + COLOUR * (2 * dice[:, 5:8] - 1)).astype(np.float32) if wish.augment_colour else None
    return Drawn(parts, mirrored, colours)


def varied(block: torch.Tensor, drawn: Drawn, view: View) -> torch.Tensor:
    """(n, 3, size, size) fp32 as the model reads it, of (n, 3, height, width) uint8 on the same device."""
    pictures = block.to(torch.float32).div_(255)
    matrix = torch.from_numpy(_matrix(drawn, pictures.shape[-2:], view.size)).to(pictures)
    pictures = warp_affine(
        pictures, matrix, (view.size, view.size), mode="bilinear", padding_mode="border", align_corners=True
    )
    if drawn.colours is not None:
        factors = torch.from_numpy(drawn.colours).to(pictures)
        pictures = saturate(contrast(brighten(pictures, factors[:, 0]), factors[:, 1]), factors[:, 2])
    scale, offset = (torch.from_numpy(values).to(pictures).view(1, 3, 1, 1) for values in (view.scale, view.offset))
    return (pictures * scale + offset).contiguous(memory_format=torch.channels_last)


def _sides(shapes: NDArray[np.float32], view: View) -> Floats:
    """(n, 2) width and height, the shorter one being 1; both are 1 where the model sees a stretched picture."""
    if not view.keeps_shape:
        return np.ones((len(shapes), 2))
    wide = shapes.astype(np.float64)
    return np.stack([np.maximum(wide, 1), np.maximum(1 / wide, 1)], axis=1)


def _part_sizes(dice: Floats, sides: Floats) -> Floats:
    area = LEAST_AREA + (1 - LEAST_AREA) * dice[:, 0]
    stretch = np.exp(np.log(WIDEST) * (2 * dice[:, 1] - 1))
    sizes: Floats = np.minimum(np.stack([np.sqrt(area * stretch), np.sqrt(area / stretch)], axis=1), sides)
    return sizes


def _matrix(drawn: Drawn, stored: Sequence[int], size: int) -> NDArray[np.float32]:
    """(n, 2, 3) from pixels of the stored picture to pixels of the view; the middle of the first pixel is 0."""
    height, width = stored
    left, top, wide, high = (drawn.parts * (width, height, width, height)).T
    across, down = size / wide, size / high
    matrix = np.zeros((len(left), 2, 3))
    matrix[:, 0, 0], matrix[:, 0, 2] = across, (0.5 - left) * across - 0.5
    matrix[:, 1, 1], matrix[:, 1, 2] = down, (0.5 - top) * down - 0.5
    matrix[drawn.mirrored, 0] *= -1
    matrix[drawn.mirrored, 0, 2] += size - 1
    return matrix.astype(np.float32)
