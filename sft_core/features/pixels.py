"""Decode once: the training pictures of a set as pixels of one size, memory-mapped, under a fingerprint in the cache.

For training only. What is answered or scored goes through the model's own image processor from the stored picture.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sft_core.errors import Stopped
from sft_core.records import publish
from sft_core.tasks.engine import Engine
from sft_core.tasks.image_classification.pictures import Pictures, Pixels, opened, size_of
from sft_core.tasks.image_classification.view import View

FORMAT = 1  # raise it when what is written changes
PIXELS, SHAPES = "pixels.npy", "shapes.npy"
MARGIN = 8 / 7  # of the stored shorter side by what the model sees: 256 for 224
WIDEST = 2.0  # of the stored shape: what is wider still is stored less sharp along its longer side
CHUNK = 64  # pictures between two looks at `should_stop`
THREADS = 2  # Pillow decodes and scales outside of Python's lock


class PictureReader:
    """See `readers.Reader`."""

    def rows(
        self,
        engine: Engine,
        encoder: View,
        inputs: Sequence[str],
        pairs: Sequence[str] | None,
        max_length: int | None,
        *,
        cache: Path,
        learnt: bool,
        should_stop: Callable[[], bool],
        on_progress: Callable[[float], None],
    ) -> Pictures:
        """The pictures; those that are learnt from with their pixels."""
        rows: Pictures = engine.encode(encoder, inputs, pairs, max_length)
        if not learnt:
            return rows
        pixels = cached_pixels(inputs, encoder, cache, should_stop=should_stop, on_progress=on_progress)
        return Pictures(rows.paths, rows.view, pixels)

    def lengths(
        self,
        engine: Engine,  # noqa: ARG002
        encoder: View,  # noqa: ARG002
        inputs: Sequence[str],
        pairs: Sequence[str] | None,  # noqa: ARG002
    ) -> NDArray[np.int32]:
        """Each counts as one."""
        return np.ones(len(inputs), dtype=np.int32)

    def warning(self, inputs: Sequence[str], model: str) -> None:
        """Pictures speak no language."""

    def pinned(self, *_asked: Any) -> None:
        """Nobody can type a picture."""


READER = PictureReader()


def cached_pixels(
    paths: Sequence[str],
    view: View,
    cache: Path,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[float], None] = lambda _done: None,
) -> Pixels:
    """The pictures as pixels, from `cache` where they were decoded before for such a view.

    Raises Stopped where `should_stop` says so, DataError where a picture cannot be opened.
    """
    unique = list(dict.fromkeys(paths))
    place = cache / fingerprint(unique, view)
    if not (place / PIXELS).is_file():
        _write(unique, view, place, should_stop, on_progress)
    os.utime(place)  # so that a clean-up can tell what is still in use
    data, shapes = np.load(place / PIXELS, mmap_mode="r"), np.load(place / SHAPES)
    number = {path: i for i, path in enumerate(unique)}
    places = np.array([number[path] for path in paths], dtype=np.int64)
    return Pixels(data, places, shapes[places])


def fingerprint(paths: Sequence[str], view: View) -> str:
    """A name for the result: the pictures, by their names, which say what is in them, and their bytes; the view."""
    state = hashlib.sha256(f"{FORMAT} {view.size} {view.keeps_shape}".encode())
    for path in paths:
        size = os.stat(path).st_size if os.path.exists(path) else -1  # a missing one is said when it is opened
        state.update(f"{'/'.join(Path(path).parts[-2:])} {size}\n".encode("utf-8", "surrogatepass"))
    return f"pixels-{state.hexdigest()[:32]}"


def _write(
    paths: Sequence[str],
    view: View,
    place: Path,
    should_stop: Callable[[], bool],
    on_progress: Callable[[float], None],
) -> None:
    """Decode all of them aside, then give the folder its name."""
    aside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    aside.mkdir(parents=True)
    try:
        shapes = _shapes(paths, view)
        size = _stored_size(shapes, view)
        data = np.lib.format.open_memmap(
            aside / PIXELS, mode="w+", dtype=np.uint8, shape=(len(paths), size[1], size[0], 3)
        )
        with ThreadPoolExecutor(THREADS) as pool:
            for start in range(0, len(paths), CHUNK):
                if should_stop():
                    raise Stopped("Stopped while reading the pictures.")
                part = paths[start : start + CHUNK]
                for offset, pixels in enumerate(pool.map(lambda path: _decoded(path, size), part)):
                    data[start + offset] = pixels
                on_progress(min(1.0, (start + CHUNK) / len(paths)))
        data.flush()
        del data
        np.save(aside / SHAPES, shapes)
        publish(aside, place)
    except OSError:
        if not (place / PIXELS).is_file():  # else another job was quicker with the same pictures
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _shapes(paths: Sequence[str], view: View) -> NDArray[np.float32]:
    """Width by height of each picture, where the view keeps it; else nobody asks for it."""
    if not view.keeps_shape:
        return np.ones(len(paths), dtype=np.float32)
    sizes = [size_of(path) for path in paths]
    return np.array([width / height for width, height in sizes], dtype=np.float32)


def _stored_size(shapes: NDArray[np.float32], view: View) -> tuple[int, int]:
    """(width, height) in which all are stored: the middle one's shape. What is another is stretched, and known."""
    short = int(np.ceil(view.size * MARGIN))
    middle = float(np.clip(np.median(shapes), 1 / WIDEST, WIDEST))
    return round(short * max(middle, 1)), round(short * max(1 / middle, 1))


def _decoded(path: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(opened(path).resize(size, Image.Resampling.BICUBIC))
