"""Leaves drawn in code: a small set of pictures for docs/make_pictures.py, free of rights, with a few flaws."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from PIL.Image import Resampling

SIDE, _FINE = 200, 4  # pixels of a picture, and how much larger it is drawn
_STEPS = 240

# How long a leaf is for its width, and how far its edge lies from its middle line: told apart at a glance but for beech
# and birch, of which a model takes some for the other.
_SHAPES: dict[str, tuple[float, Callable[[float, float], float]]] = {
    "beech": (0.6, lambda along, wild: math.sin(math.pi * along**0.95) ** 0.9 * (1 + 0.02 * wild * _teeth(along))),
    "birch": (0.63, lambda along, wild: math.sin(math.pi * along**0.88) * (1 + 0.045 * wild * _teeth(along))),
    "oak": (0.6, lambda along, _wild: math.sin(math.pi * along) ** 0.7 * (0.8 + 0.28 * math.sin(24 * along))),
    "willow": (0.2, lambda along, _wild: math.sin(math.pi * along) ** 0.9),
}
CLASSES = tuple(_SHAPES)


def _teeth(along: float) -> float:
    return math.sin(70 * along)


def leaf(kind: str, seed: int) -> Image.Image:
    """A leaf of this kind on paper: its place, turn, size, colour and light are drawn by lots."""
    dice = np.random.default_rng([CLASSES.index(kind), seed])
    side = SIDE * _FINE
    ground = dice.integers(205, 240)
    picture = Image.new("RGB", (side, side), (int(ground), int(ground) - 3, int(ground) - 14))
    pen = ImageDraw.Draw(picture)
    long, turn = side * dice.uniform(0.28, 0.4), dice.uniform(0, 2 * math.pi)
    middle = side / 2 + dice.uniform(-0.06, 0.06, 2) * side
    green = np.array([dice.integers(60, 150), dice.integers(105, 160), dice.integers(40, 80)])
    wide = dice.uniform(0.8, 1.25)
    pen.polygon(_edge(kind, dice.uniform(0.1, 1), long, turn, middle, wide), fill=tuple(green.tolist()))
    vein = tuple((green * 0.72).astype(int).tolist())
    pen.line([_at(-1.25, 0, long, turn, middle), _at(0.94, 0, long, turn, middle)], fill=vein, width=3 * _FINE)
    for along in np.linspace(-0.65, 0.6, 6):
        for out in (-1, 1):
            reach = 0.55 * _SHAPES[kind][0] * _SHAPES[kind][1]((along + 1) / 2, 0)
            tip = _at(along + 0.22, out * reach, long, turn, middle)
            pen.line([_at(along, 0, long, turn, middle), tip], fill=vein, width=_FINE + 1)
    small = picture.filter(ImageFilter.GaussianBlur(dice.uniform(0, 4))).resize((SIDE, SIDE), Resampling.LANCZOS)
    grain = dice.normal(0, 5, (SIDE, SIDE, 1))
    return Image.fromarray((np.asarray(small) + grain).clip(0, 255).astype(np.uint8))


def write_leaves(root: Path, each: int = 40, first: int = 0) -> Path:
    """A folder for each class with so many pictures; from 0 on with copies, a dark and a blurred one among them."""
    for kind in CLASSES:
        folder = root / kind
        folder.mkdir(parents=True)
        for number in range(first, first + each):
            leaf(kind, number).save(folder / f"{kind}_{number:03}.jpg", quality=90)
    if first:
        return root
    leaf("oak", 3).save(root / "oak" / "oak_003_again.jpg", quality=90)
    leaf("oak", 5).resize((120, 120)).save(root / "oak" / "oak_005_small.jpg", quality=85)
    leaf("willow", 7).point(lambda value: int(value * 1.1)).save(root / "willow" / "willow_007_bright.jpg", quality=80)
    leaf("beech", 900).point(lambda value: value // 14).save(root / "beech" / "beech_night.jpg", quality=90)
    leaf("birch", 901).filter(ImageFilter.GaussianBlur(9)).save(root / "birch" / "birch_blurred.jpg", quality=90)
    leaf("birch", 2).save(root / "beech" / "beech_002_or_birch.jpg", quality=90)
    return root


def _edge(
    kind: str, wild: float, long: float, turn: float, middle: np.ndarray, width: float
) -> list[tuple[float, float]]:
    wide, shape = _SHAPES[kind]
    wide *= width
    there = [(place / _STEPS) for place in range(_STEPS + 1)]
    up = [(2 * along - 1, wide * shape(along, wild)) for along in there]
    return [_at(x, y, long, turn, middle) for x, y in [*up, *((x, -y) for x, y in reversed(up))]]


def _at(along: float, out: float, long: float, turn: float, middle: np.ndarray) -> tuple[float, float]:
    """A point of the leaf, whose middle line runs from -1 to 1, on the picture."""
    x, y = along * math.cos(turn) - out * math.sin(turn), along * math.sin(turn) + out * math.cos(turn)
    return float(middle[0] + long * x), float(middle[1] + long * y)
