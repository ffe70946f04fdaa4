"""Near copies are found as such, and pictures that only look alike are not chained to each other."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from picture_files import drawn
from PIL import Image, ImageEnhance

from sft_core.data.pictures.measures import looks
from sft_core.data.pictures.near import near_codes

COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved at 50": lambda picture: saved_anew(picture, 50),
    "saved at 95": lambda picture: saved_anew(picture, 95),
    "half the size": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "cut a little": lambda picture: picture.crop((1, 1, picture.width - 1, picture.height - 1)),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.1),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.9),
}


def saved_anew(picture: Image.Image, quality: int) -> Image.Image:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality)
    return Image.open(target).convert("RGB")


def codes(pictures: list[Image.Image]) -> list[int]:
    hashes = [looks(picture)["_phash"] for picture in pictures]
    return near_codes(hashes, np.arange(len(hashes), dtype=np.uint64)).tolist()


@pytest.fixture(scope="module")
def hands(shared_data: Path) -> list[Image.Image]:
    """Real pictures of hands before the same wall."""
    paths = sorted((shared_data / "image" / "sign_digits" / "test").rglob("*.JPG"))
    return [Image.open(path).convert("RGB") for path in paths]


def test_hands_that_look_alike_are_no_copies_of_each_other(hands: list[Image.Image]) -> None:
    assert len(set(codes(hands))) == len(hands) == 300


@pytest.mark.parametrize("how", COPIES)
def test_near_copies_of_hands_are_found(hands: list[Image.Image], how: str) -> None:
    some = hands[::6]
    found = codes([*some, *map(COPIES[how], some)])
    together = [first == second for first, second in zip(found[: len(some)], found[len(some) :], strict=True)]
    assert np.mean(together) >= 0.95 and len(set(found[: len(some)])) == len(some)


def test_plain_colours_are_told_apart() -> None:
    colours = [(255, 0, 0), (0, 0, 255), (0, 0, 0), (255, 255, 255), (128, 128, 128)]
    assert len(set(codes([Image.new("RGB", (50, 50), colour) for colour in colours]))) == len(colours)


def test_missing_hashes_are_near_to_nothing_and_equal_keys_stay_together() -> None:
    hashes = ["", "", looks(drawn(1))["_phash"], looks(drawn(2))["_phash"]]
    found = near_codes(hashes, np.array([1, 2, 3, 3], dtype=np.uint64)).tolist()
    assert len(set(found)) == 3 and found[2] == found[3]
    assert near_codes([], np.array([], dtype=np.uint64)).tolist() == []
    assert len(set(near_codes(["", ""], np.array([1, 2], dtype=np.uint64)).tolist())) == 2


def test_many_pictures_are_compared_in_seconds() -> None:
    dice = np.random.default_rng(0)
    hashes = [dice.bytes(80).hex() for _ in range(5_000)]
    hashes += hashes[:100]
    found = near_codes(hashes, np.arange(len(hashes), dtype=np.uint64))
    assert len(set(found.tolist())) == 5_000 and (found[:100] == found[5_000:]).all()
