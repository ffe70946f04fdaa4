"""What a model sees of a picture: its image processor, and the same view as numbers, so that training can vary it.

Processors differ from family to family in the names of their fields and in what they do. So they are asked by test
pictures: which part comes through, at what size, and which number black and white become.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoImageProcessor

from sft_core.errors import ModelError
from sft_core.tasks.loading import DAMAGED
from sft_core.tasks.quiet import quiet_loading

HEIGHT = 256  # of the test pictures, which are twice as wide
KEEPS = 0.75  # share of the width by that of the height, below which a processor keeps a picture's shape


@dataclass(frozen=True)
class View:
    """A model's own image processor. `save_pretrained` writes it beside the model."""

    processor: Any

    def tensor(self, picture: Image.Image) -> torch.Tensor:
        """(3, size, size) fp32, exactly as `transformers.pipeline` prepares it."""
        values: torch.Tensor = self.processor(images=picture, return_tensors="pt")["pixel_values"][0]
        return values

    def save_pretrained(self, folder: str) -> None:
        """Write `preprocessor_config.json`."""
        self.processor.save_pretrained(folder)

    @cached_property
    def size(self) -> int:
        """Pixels of a side of what the model sees."""
        return int(self._black.shape[-1])

    @cached_property
    def offset(self) -> NDArray[np.float32]:
        """(3,) what black becomes."""
        values: NDArray[np.float32] = self._black.mean(axis=(1, 2))
        return values

    @cached_property
    def scale(self) -> NDArray[np.float32]:
        """(3,) what white becomes, on top of that."""
        values: NDArray[np.float32] = _plain(self, 255).mean(axis=(1, 2)) - self.offset
        return values

    @cached_property
    def keeps_shape(self) -> bool:
        """Whether a picture keeps its shape and loses its ends; else all of it is stretched to a square."""
        return self._shares[0] < KEEPS * self._shares[1]

    @cached_property
    def share(self) -> float:
        """Share of a picture's shorter side (where it is stretched: of each side) that the model sees."""
        return self._shares[1]

    @cached_property
    def _black(self) -> NDArray[np.float32]:
        return _plain(self, 0)

    @cached_property
    def _shares(self) -> tuple[float, float]:
        """Shares of the width and the height of a test picture that come through, seen by ramps of grey."""
        across = np.tile(np.linspace(0, 255, 2 * HEIGHT), (HEIGHT, 1))
        down = np.tile(np.linspace(0, 255, HEIGHT)[:, None], (1, 2 * HEIGHT))
        seen = [self._grey(ramp) for ramp in (across, down)]
        widths = seen[0].mean(axis=0), seen[1].mean(axis=1)
        grow = self.size / (self.size - 1)  # from the middle of the first pixel to the middle of the last
        shares = [min(1.0, float(values[-1] - values[0]) * grow) for values in widths]
        return shares[0], shares[1]

    def _grey(self, ramp: NDArray[np.float64]) -> NDArray[np.float32]:
        picture = Image.fromarray(ramp.round().astype(np.uint8)).convert("RGB")
        values: NDArray[np.float32] = ((self.tensor(picture).numpy()[0]) - self.offset[0]) / self.scale[0]
        return values


def load_view(folder: Path) -> View:
    """The image processor of a local model folder. Raises ModelError where it is missing, damaged or of no use."""
    try:
        with quiet_loading():
            processor = AutoImageProcessor.from_pretrained(
                str(folder), local_files_only=True, trust_remote_code=False, backend="pil"
            )
        view = View(processor)
        shape = tuple(view.tensor(Image.new("RGB", (2 * HEIGHT, HEIGHT))).shape)
    except (*DAMAGED, ImportError) as error:
        raise ModelError(
            "The image processor of this model cannot be loaded.", "Download the model again or choose another."
        ) from error
    if len(shape) != 3 or shape[0] != 3 or shape[1] != shape[2]:
        raise ModelError(
            "This model does not read square pictures in colour, as Tuneboard needs it.", "Choose another base model."
        )
    return view


def _plain(view: View, value: int) -> NDArray[np.float32]:
    values: NDArray[np.float32] = view.tensor(Image.new("RGB", (2 * HEIGHT, HEIGHT), (value,) * 3)).numpy()
    return values
