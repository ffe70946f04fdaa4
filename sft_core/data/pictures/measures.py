"""What is measured of each picture when it is read: a hash of its pixels, how it looks from afar, sharpness, light."""

import hashlib
import struct
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SHARP_SIDE, _HASH_SIDE, _FREQUENCIES, _COLOURS_SIDE = 128, 64, 16, 4
Grey = NDArray[np.float32]


def pixels_hash(rgb: Image.Image) -> str:
    """sha256 over size and pixels, in hex: the same picture whatever file it was saved in without losses."""
    digest = hashlib.sha256(struct.pack("<LL", *rgb.size))
    digest.update(rgb.tobytes())
    return digest.hexdigest()


def looks(rgb: Image.Image) -> dict[str, str]:
    """`_phash`, `_sharp`, `_light` and `_contrast` of a picture, as cells."""
    grey = rgb.convert("L")
    small = _shrunk(grey, _SHARP_SIDE) / np.float32(255)
    return {
        "_phash": perceptual_hash(rgb, _shrunk(grey, _HASH_SIDE)),
        "_sharp": _number(_sharpness(small)),
        "_light": _number(float(small.mean())),
        "_contrast": _number(float(small.std())),
    }


def perceptual_hash(rgb: Image.Image, grey: Grey) -> str:
    """80 bytes in hex: which of the lowest 16 × 16 frequencies of `grey` are above their median, and 4 × 4 colours.

    `grey` has 64 × 64 values. `near` says which hashes are alike.
    """
    waves = _waves() @ grey @ _waves().T
    flat = waves.ravel()
    bits = flat > np.median(flat[1:])
    colours = rgb.resize((_COLOURS_SIDE, _COLOURS_SIDE), Image.Resampling.BOX)
    return np.packbits(bits).tobytes().hex() + colours.tobytes().hex()


@cache
def _waves() -> Grey:
    """The lowest rows of the discrete cosine transform of 64 values."""
    place = np.arange(_HASH_SIDE, dtype=np.float32)
    number = np.arange(_FREQUENCIES, dtype=np.float32)[:, None]
    return np.cos(np.pi * (2 * place + 1) * number / (2 * _HASH_SIDE)).astype(np.float32)


def _sharpness(grey: Grey) -> float:
    """The variance of the Laplacian, of grey values from 0 to 1, times 1000."""
    edges = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    return 1000 * float(edges.var())


def _shrunk(grey: Image.Image, side: int) -> Grey:
    small = grey.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(small, dtype=np.float32)


def _number(value: float) -> str:
    return f"{value:.4f}"
