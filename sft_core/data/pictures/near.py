"""Which pictures are nearly the same: by the distance of their perceptual hashes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sft_core.data.duplicates import Codes, linked


def near_codes(hashes: Sequence[str], own: NDArray[np.uint64]) -> Codes:
    """A number for each picture, the same where a chain of near copies, or the same key in `own`, connects them."""
    return linked(np.asarray(hashes, dtype=object), own)
