"""How many pictures, and how large, are read: beyond this a source is refused as a whole, or a file left out."""

from dataclasses import dataclass

# Before another program's zip is even listed: so many bytes of names are some 500,000 entries.
LISTING_BYTES = 64 * 2**20


@dataclass(frozen=True)
class PictureCaps:
    """Caps on one zip or folder of pictures. Sizes in MB (2**20 bytes) as unpacked; `ratio` is unpacked to packed."""

    files: int = 200_000
    file_mb: int = 100
    total_mb: int = 64 * 1024
    ratio: int = 200
    ratio_from_mb: int = 256  # small zips of drawings shrink a lot, and do no harm
    pixels: int = 50_000_000
    longest_side: int = 1_024  # of a stored picture


CAPS = PictureCaps()
