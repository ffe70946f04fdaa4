"""Small copies of stored pictures for the pages: made in the sandbox, so that no page decodes what was brought."""

import io
from pathlib import Path

from PIL import Image

LONGEST = 256  # pixels of the longer side
_QUALITY = 82


def small_path(home: Path, name: str) -> Path:
    """Where the small copy of the stored picture `name` ("ab/<sha256>.png") lies below `home`."""
    place = home / name
    return place.with_name(f"{place.stem}.small.jpg")


def small_bytes(rgb: Image.Image) -> bytes:
    """A small JPEG of upright RGB pixels, without anything that stood beside them in the file."""
    copy = rgb.copy()
    copy.info = {}
    copy.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
    target = io.BytesIO()
    copy.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()
