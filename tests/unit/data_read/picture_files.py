"""Small real pictures in every odd shape, and zips of them, made in code."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ORIENTATION, GPS = 0x0112, 0x8825


def drawn(seed: int, size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture with shapes and a little noise, another one for each seed."""
    dice = np.random.default_rng(seed)
    picture = Image.new("RGB", size, tuple(int(value) for value in dice.integers(60, 200, 3)))
    brush = ImageDraw.Draw(picture)
    for _ in range(6):
        left, top = dice.integers(0, size[0] - 8), dice.integers(0, size[1] - 8)
        box = (int(left), int(top), int(left + dice.integers(8, size[0])), int(top + dice.integers(8, size[1])))
        brush.ellipse(box, fill=tuple(int(value) for value in dice.integers(0, 256, 3)))
    noise = dice.integers(-4, 5, (size[1], size[0], 3))
    return Image.fromarray((np.asarray(picture).astype(int) + noise).clip(0, 255).astype(np.uint8))


def saved(picture: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    """The bytes of a picture file."""
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


def with_exif(picture: Image.Image, turned: int = 1, kind: str = "JPEG", **how: object) -> bytes:
    """A file that says how the camera was held, where it was and whose it is."""
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(GPS)[1] = "N"
    return saved(picture, kind, exif=exif, **how)


def folder_of(root: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def zip_of(path: Path, files: Mapping[str, bytes], packing: int = zipfile.ZIP_STORED) -> Path:
    """A zip with these files."""
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def classes(*names: str, count: int = 2, ending: str = "jpg") -> dict[str, bytes]:
    """`count` pictures in a folder for each name."""
    return {
        f"{name}/{number}.{ending}": saved(drawn(100 * place + number))
        for place, name in enumerate(names)
        for number in range(count)
    }
