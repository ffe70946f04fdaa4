"""A small zip of pictures made in code: two classes, with a copy, a near copy, a blurred and a nearly black one."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

OF_EACH = 8
_SIDE = 72


def drawn(seed: int, *, round_: bool) -> Image.Image:
    """A disc or a square on noise, different for each seed."""
    dice = np.random.default_rng([seed, int(round_)])
    picture = Image.fromarray(dice.integers(60, 200, (_SIDE, _SIDE, 3), dtype=np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(5):  # large shapes, so that two pictures are no near copies
        left, top = dice.integers(0, 40, 2).tolist()
        colour = tuple(dice.integers(0, 255, 3).tolist())
        (draw.ellipse if round_ else draw.rectangle)((left, top, left + 30, top + 30), fill=colour)
    return picture


def png(picture: Image.Image) -> bytes:
    """The picture as a PNG."""
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def dark(picture: Image.Image) -> Image.Image:
    """A picture taken at night."""
    return picture.point(lambda value: value // 12)


def blurred(picture: Image.Image) -> Image.Image:
    """A picture taken in a hurry."""
    return picture.filter(ImageFilter.GaussianBlur(4))


def signs(path: Path, *, flawed: bool = True) -> Path:
    """The zip: `disc/` and `square/` with eight pictures each, and the flawed ones among the discs."""
    with zipfile.ZipFile(path, "w") as archive:

        def put(name: str, content: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(f"signs/{name}"), content)  # of one date: the same bytes each time

        for name in ("disc", "square"):
            for n in range(OF_EACH):
                put(f"{name}/{n:02}.png", png(drawn(n, round_=name == "disc")))
        if flawed:
            put("disc/copy.png", png(drawn(0, round_=True)))
            put("square/other.png", png(drawn(1, round_=True)))
            put("disc/blurred.png", png(blurred(drawn(20, round_=True))))
            put("disc/night.png", png(dark(drawn(21, round_=True))))
            put("disc/broken.png", png(drawn(22, round_=True))[:300])
    return path
