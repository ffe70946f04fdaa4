"""Pictures as an engine reads them: the stored file through the model's own image processor, or pixels of a cache."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from sft_core.errors import DataError
from sft_core.tasks.encoded import Ints
from sft_core.tasks.image_classification.view import View

FORMATS = ("JPEG", "PNG", "WEBP")  # what stored pictures are


@dataclass(frozen=True)
class Pixels:
    """Decoded pictures of one size, (m, height, width, 3) uint8; row i of the training is `places[i]` of them.

    `shapes` is the width of each picture by its height, as it came: the stored ones are stretched to one shape.
    """

    data: NDArray[np.uint8]
    places: NDArray[np.int64]
    shapes: NDArray[np.float32]

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> "Pixels":
        """Those of the rows named."""
        chosen = np.asarray(indices, dtype=np.int64)
        return Pixels(self.data, self.places[chosen], self.shapes[chosen])

    def block(self) -> torch.Tensor:
        """All of them as (n, 3, height, width) uint8."""
        return torch.from_numpy(np.asarray(self.data[self.places])).permute(0, 3, 1, 2)


@dataclass(frozen=True)
class Pictures:
    """Rows of pictures by their paths; `pixels` are there for rows that are learnt from."""

    paths: tuple[str, ...]
    view: View
    pixels: Pixels | None = None

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def lengths(self) -> Ints:
        """Each picture costs the same."""
        return np.ones(len(self.paths), dtype=np.int32)

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> "Pictures":
        """The rows named, in that order."""
        pixels = self.pixels.take(indices) if self.pixels else None
        return Pictures(tuple(self.paths[int(i)] for i in indices), self.view, pixels)


def opened(path: str) -> Image.Image:
    """A stored picture, upright and in RGB as `transformers.pipeline` opens it. Raises DataError."""
    with _at(path) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def size_of(path: str) -> tuple[int, int]:
    """(width, height) of a stored picture, which is upright, from its first bytes. Raises DataError."""
    with _at(path) as picture:
        return picture.size


@contextmanager
def _at(path: str) -> Iterator[Image.Image]:
    try:
        with Image.open(path, formats=FORMATS) as picture:
            yield picture
    except FileNotFoundError as error:
        raise DataError(
            f"The picture {Path(path).name} is not there any more.", "Import the pictures again."
        ) from error
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DataError(f"The picture {Path(path).name} cannot be opened.", "Leave it out, or save it anew.") from error
