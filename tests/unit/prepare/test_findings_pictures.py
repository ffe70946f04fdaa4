"""Blurred, dark, bright, tiny and odd pictures: what is found, what is not, and the drops."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from sft_core.config import Roles
from sft_core.data import steps
from sft_core.data.findings.finding import Finding
from sft_core.data.findings.registry import find
from sft_core.data.pictures.measures import looks, pixels_hash

ROLES = Roles(image="image", label="label")
LOOKS = ("blurred", "dark", "bright", "tiny", "odd_shape")


def photo(seed: int, side: int = 96) -> Image.Image:
    dice = np.random.default_rng(seed)
    picture = Image.new("RGB", (side, side), tuple(dice.integers(90, 170, 3).tolist()))
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        box = dice.integers(0, side // 2, 2).tolist()
        size = dice.integers(side // 5, side // 2, 2).tolist()
        colour = tuple(dice.integers(0, 255, 3).tolist())
        draw.rectangle((*box, box[0] + size[0], box[1] + size[1]), fill=colour)
    return picture


def table(pictures: list[Image.Image], labels: list[str] | None = None) -> pd.DataFrame:
    rows = [
        {
            "_source": "train",
            "_row": n,
            "_split": "",
            "image": f"a/{n}.png",
            "label": labels[n] if labels else "ab"[n % 2],
            "_file": f"00/{n:064d}.png",
            "_pixels": pixels_hash(picture),
            "_width": str(picture.width),
            "_height": str(picture.height),
            **looks(picture),
        }
        for n, picture in enumerate(pictures)
    ]
    return pd.DataFrame(rows)


def found(pictures: list[Image.Image], labels: list[str] | None = None) -> dict[str, Finding]:
    return {finding.kind: finding for finding in find(table(pictures, labels), ROLES)}


PLAIN = [photo(n) for n in range(12)]
FLAWS = {
    "blurred": photo(50).filter(ImageFilter.GaussianBlur(3)),
    "dark": ImageEnhance.Brightness(photo(51)).enhance(0.12),
    "bright": ImageEnhance.Contrast(Image.blend(photo(52), Image.new("RGB", (96, 96), "white"), 0.9)).enhance(0.9),
    "tiny": photo(53, 20),
    "odd_shape": photo(54).resize((400, 50)),
}


def test_plain_pictures_have_nothing_of_it() -> None:
    assert not set(found(PLAIN)) & set(LOOKS)


@pytest.mark.parametrize("kind", LOOKS)
def test_a_flawed_picture_is_found_and_its_drop_takes_just_that(kind: str) -> None:
    rows = table([*PLAIN, FLAWS[kind]])
    finding = next(one for one in find(rows, ROLES) if one.kind == kind)
    assert finding.rows == [("train", len(PLAIN))] and finding.message.startswith("1 picture ")
    assert len(finding.why) > 20 and finding.fix is not None
    after = steps.replay(rows, [finding.fix], ROLES)[0]
    assert after["_row"].tolist() == list(range(len(PLAIN)))


def test_what_most_pictures_are_is_no_flaw() -> None:
    night = [ImageEnhance.Brightness(photo(n)).enhance(0.12) for n in range(8)]
    icons = [photo(n, 20) for n in range(8)]
    assert "dark" not in found([*night, *PLAIN[:4]]) and "tiny" not in found([*icons, *PLAIN[:4]])


def test_lines_on_white_paper_and_a_light_in_the_dark_are_fine() -> None:
    paper, night = Image.new("RGB", (96, 96), "white"), Image.new("RGB", (96, 96), "black")
    ImageDraw.Draw(paper).line((10, 10, 80, 60), fill="black", width=3)
    ImageDraw.Draw(night).ellipse((30, 30, 55, 55), fill="white")
    assert not {"dark", "bright"} & set(found([*PLAIN, paper, night]))


def test_copies_come_in_groups_with_the_one_that_stays() -> None:
    finding = found([*PLAIN, PLAIN[3]], ["a"] * 13)["exact_duplicates"]
    assert finding.groups == [[("train", 3), ("train", 12)]]
    assert finding.as_dict()["groups"] == [[["train", 3], ["train", 12]]]


def test_the_same_picture_in_two_classes_is_said_in_words_of_pictures() -> None:
    finding = found([*PLAIN, PLAIN[3]], ["a"] * 12 + ["b"])["conflicting_labels"]
    assert finding.message == "2 pictures are the same as others, but have another class."
    assert steps.describe(finding.fix, ROLES) == "Pictures that contradict each other given the commonest label"


def test_near_copies_go_by_a_rule_of_their_own_name() -> None:
    near = PLAIN[5].resize((80, 80))
    finding = found([*PLAIN, near], ["a"] * 13)["normalised_duplicates"]
    assert finding.fix == {"fix": "drop_duplicates", "params": {"kind": "near"}}
    assert steps.describe(finding.fix, ROLES) == "Repeated pictures dropped, near copies too"


def test_rows_without_a_picture_fit_no_rule() -> None:
    rows = table(PLAIN)
    rows.loc[0, ["_file", "_width", "_height", "_sharp", "_light", "_contrast"]] = ""
    kinds = {finding.kind for finding in find(rows, ROLES)}
    assert "empty" in kinds and not kinds & set(LOOKS)
