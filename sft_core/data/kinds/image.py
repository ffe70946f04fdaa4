"""Pictures: a column with their path in the source, and hidden columns with what was measured when they were read.

`_file` is where the picture lies in the folder of stored pictures (named by its content), `_pixels` a hash of its
decoded pixels, `_phash` its perceptual hash, `_width` and `_height` its size as it came; `data.pictures` fills them.
"""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from sft_core.config import Roles
from sft_core.data import duplicates, examples
from sft_core.data.kinds.kind import Copies, Inputs, Keys, Mask
from sft_core.data.pictures.near import near_codes
from sft_core.errors import DataError

_HOME = "sft_core.data.findings"


class Image:
    """See `kind.InputKind`."""

    name = "image"
    noun = "picture"
    rows = ("picture", "pictures")
    copies = Copies(
        conflict=(
            "is the same as another one, but has another class",
            "are the same as others, but have another class",
        ),
        exact="an earlier one, pixel by pixel",
        alike="an earlier one but for its size, its light or how it was saved",
        why_alike="It is the same picture to a person, and nearly the same to a model.",
        rule="near",
    )
    checks: ClassVar = {
        "missing pictures and classes": f"{_HOME}.emptiness:empty",
        "spellings of class names": f"{_HOME}.spellings:spellings",
        "contradictions": f"{_HOME}.copies:conflicts",
        "duplicates": f"{_HOME}.copies:exact",
        "near copies": f"{_HOME}.copies:normalised",
        "rare classes": f"{_HOME}.classes:rare",
        "blurred pictures": f"{_HOME}.pictures:blurred",
        "dark pictures": f"{_HOME}.pictures:dark",
        "over-exposed pictures": f"{_HOME}.pictures:bright",
        "tiny pictures": f"{_HOME}.pictures:tiny",
        "odd shapes": f"{_HOME}.pictures:shapes",
    }

    def inputs(self, table: pd.DataFrame, roles: Roles, pictures: Path | None) -> Inputs:
        """The path of each stored picture."""
        examples.check_columns(table, roles)
        if "_file" not in table or pictures is None:
            raise DataError(
                "These rows name pictures, but the pictures themselves are not there.",
                "Choose the zip or the folder with the pictures.",
            )
        return [str(pictures / name) for name in table["_file"]], None

    def example(self, folder: Path) -> str:
        """A small grey picture."""
        from PIL import Image as Pillow

        path = folder / "grey.png"
        Pillow.new("RGB", (64, 64), (127, 127, 127)).save(path)
        return str(path)

    def exact_keys(self, table: pd.DataFrame, roles: Roles) -> Keys:  # noqa: ARG002
        """By the decoded pixels, whatever format they were saved in."""
        return duplicates.exact_keys(table["_pixels"].tolist())

    def alike_keys(self, table: pd.DataFrame, roles: Roles) -> Keys:
        """By the perceptual hash: all pictures of a chain of near copies bear the smallest of their keys."""
        own = self.exact_keys(table, roles)
        codes = near_codes(table["_phash"].tolist(), own)
        smallest = np.full(int(codes.max(initial=-1)) + 1, np.iinfo(np.uint64).max, dtype=np.uint64)
        np.minimum.at(smallest, codes, own)
        return np.asarray(smallest[codes], dtype=np.uint64)

    def hashes(self, table: pd.DataFrame, roles: Roles) -> list[str]:  # noqa: ARG002
        """Of the decoded pixels."""
        return [str(digest)[:32] for digest in table["_pixels"]]

    def empty(self, table: pd.DataFrame, roles: Roles) -> Mask:  # noqa: ARG002
        """Rows whose picture was not found."""
        return (table["_file"] == "").to_numpy(dtype=bool)


IMAGE = Image()
