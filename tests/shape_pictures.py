"""Pictures made in code: shapes and colours that a small model can tell apart, different in each picture."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ("circle", "square")


def draw(kind: str, seed: int, size: int = 48) -> Image.Image:
    """A shape of a drawn colour, place and size on noise; equal seeds give equal pictures."""
    dice = np.random.default_rng(seed)
    noise = dice.integers(150, 256, (size, size, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    left, top = (int(value) for value in dice.integers(0, size // 3, 2))
    side = int(dice.integers(size // 3, size // 2))
    colour = tuple(int(value) for value in dice.integers(0, 120, 3))
    box = (left, top, left + side, top + side)
    pen = ImageDraw.Draw(picture)
    (pen.ellipse if kind == "circle" else pen.rectangle)(box, fill=colour)
    return picture


def write_folders(root: Path, each: int = 10, classes: tuple[str, ...] = CLASSES, seed: int = 0) -> Path:
    """A folder a class with so many PNG files each; the root."""
    for place, name in enumerate(classes):
        folder = root / name
        folder.mkdir(parents=True)
        for number in range(each):
            draw(name, seed + 1000 * place + number).save(folder / f"{number:03}.png")
    return root
