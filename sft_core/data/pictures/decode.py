"""One picture from its bytes: what it is, whether it is whole, its upright RGB pixels, and how it is stored.

Whatever a hostile or broken file makes its reader raise becomes one reason; the caller goes on with the next file.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from sft_core.data.pictures.caps import CAPS, PictureCaps
from sft_core.data.pictures.stripping import stripped

READ = ("JPEG", "PNG", "WEBP", "BMP")
NO_PICTURE, BROKEN_OFF, DAMAGED = "is not a picture", "is broken off", "is damaged"
TOO_MUCH_MEMORY = "needs more memory than there is for reading; save it smaller"
SAVE_ANEW = "which is not read; save it as PNG or JPEG"
_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"BM", "BMP"),
)
_UNREAD = (
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"8BPS", "Photoshop file"),
    (b"%!PS", "PostScript file"),
    (b"%PDF", "PDF"),
    (b"<svg", "SVG drawing"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"\x00\x00\x00\x0cjP", "JPEG 2000 picture"),
)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_SMALL_PIXELS, _LARGE_PNG = 512 * 512, 2**20
_QUALITY = 95


class NotReadable(Exception):
    """This picture is left out; the message is the reason."""


@dataclass(frozen=True)
class Picture:
    """`rgb` are the upright pixels at full size, `stored` the bytes to keep, with their `ending`.

    `size` is (width, height) upright as it came, `kind` what its bytes are, whatever its name says.
    """

    rgb: Image.Image
    size: tuple[int, int]
    kind: str
    stored: bytes
    ending: str


def guard() -> None:
    """Let Pillow refuse what has too many pixels; it warns from the number set here, and refuses from twice it."""
    Image.MAX_IMAGE_PIXELS = CAPS.pixels // 2
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)


def kind_of(start: bytes) -> str:
    """What the first bytes of a file are. Raises NotReadable with the reason where it is not read."""
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if start[4:8] == b"ftyp":
        name = "AVIF picture" if start[8:12] in (b"avif", b"avis") else "HEIC picture"
        raise NotReadable(f"is a{'n' * (name[0] == 'A')} {name} or a video, {SAVE_ANEW}")
    for magic, name in _UNREAD:
        if start.startswith(magic):
            raise NotReadable(f"is a{'n' * (name[0] in 'iS' and name[:2] != 'Ph')} {name}, {SAVE_ANEW}")
    raise NotReadable(NO_PICTURE if start else "is empty")


def decoded(content: bytes, caps: PictureCaps = CAPS) -> Picture:
    """The picture in these bytes. Raises NotReadable."""
    kind = kind_of(content[:16])
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as image:
            if image.width * image.height > caps.pixels:
                raise NotReadable(_too_many_pixels(image.size, caps))
            image.load()
            turned = _orientation(image)
            rgb = _upright(_over_white(image), turned)
            plain = turned == 1 and _is_plain(image, kind, content)
            return Picture(rgb, rgb.size, kind, *_stored(rgb, kind, content if plain else None, caps))
    except NotReadable:
        raise
    except Image.DecompressionBombError as error:
        raise NotReadable(_too_many_pixels(None, caps)) from error
    except MemoryError as error:
        raise NotReadable(TOO_MUCH_MEMORY) from error
    except Exception as error:  # whatever broken bytes make a decoder raise is the fault of this file
        raise NotReadable(BROKEN_OFF if "truncated" in str(error) or "EOF" in str(error) else DAMAGED) from error


def _too_many_pixels(size: Sequence[int] | None, caps: PictureCaps) -> str:
    has = f"has {size[0]:,} × {size[1]:,} pixels" if size else "has too many pixels"
    return f"{has}; at most {caps.pixels // 1_000_000} million are read"


def _orientation(image: Image.Image) -> int:
    """How the camera was held, as its EXIF says: 1 is upright."""
    try:
        turned = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - broken EXIF says nothing; the pixels are read already
        return 1
    return turned if turned in _UPRIGHT else 1


def _upright(rgb: Image.Image, turned: int) -> Image.Image:
    return rgb if turned == 1 else rgb.transpose(_UPRIGHT[turned])


def _over_white(image: Image.Image) -> Image.Image:
    """As RGB, 8 bit: what is see-through stands on white, 16 bits lose their lower half."""
    if image.mode.startswith("I"):
        return _from_16_bits(image)
    if image.mode == "RGB" and "transparency" not in image.info:
        return image.copy() if image.readonly else image
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")


def _from_16_bits(image: Image.Image) -> Image.Image:
    grey = np.asarray(image).astype(np.int64)
    if grey.max(initial=0) > 255:
        grey >>= 8
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")


def _is_plain(image: Image.Image, kind: str, content: bytes) -> bool:
    """Whether every reader sees the same RGB pixels in the file itself."""
    if image.mode != "RGB" or "transparency" in image.info or getattr(image, "n_frames", 1) != 1:
        return False
    return kind in ("JPEG", "WEBP") or (kind == "PNG" and content[24] == 8)


def _stored(rgb: Image.Image, kind: str, plain: bytes | None, caps: PictureCaps) -> tuple[bytes, str]:
    """The bytes to keep and their ending: its own where they are plain and not too large, else saved anew.

    Saved anew is a small picture as PNG, to the last bit; a large one that was compressed with losses before, and one
    whose PNG would be larger than 1 MB, as a JPEG of high quality.
    """
    longest = max(rgb.size)
    if plain is not None and longest <= caps.longest_side and (own := stripped(plain, kind)) is not None:
        return own, {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}[kind]
    small = rgb
    if longest > caps.longest_side:
        share = caps.longest_side / longest
        size = (max(1, round(rgb.width * share)), max(1, round(rgb.height * share)))
        small = rgb.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if kind in ("JPEG", "WEBP") and small.width * small.height > _SMALL_PIXELS:
        return _saved(small, "JPEG"), ".jpg"
    exact = _saved(small, "PNG")
    return (exact, ".png") if len(exact) <= _LARGE_PNG else (_saved(small, "JPEG"), ".jpg")


def _saved(rgb: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    if kind == "PNG":
        _bare(rgb).save(target, "PNG", compress_level=4)
    else:
        _bare(rgb).save(target, "JPEG", quality=_QUALITY, subsampling=0)
    return target.getvalue()


def _bare(rgb: Image.Image) -> Image.Image:
    """The pixels without what the file said beside them, which would be saved with them."""
    bare = rgb.copy()
    bare.info = {}
    return bare
