"""docs/looks: every page is there in four looks, small enough to keep."""

import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "docs" / "looks").glob("*.webp"))
MOST_BYTES = 6_000_000


def test_the_list_names_each_sheet_once() -> None:
    listed = re.findall(r"\(looks/(\w+)\.webp\)", (ROOT / "docs" / "looks.md").read_text(encoding="utf-8"))
    assert listed and sorted(listed) == [sheet.stem for sheet in SHEETS]


def test_every_page_is_there_with_texts_and_with_pictures() -> None:
    names = {sheet.stem for sheet in SHEETS}
    texts = {"home", "data", "prepare", "model", "train", "training", "evaluate", "try", "compare", "system"}
    assert texts <= names
    assert {f"pictures_{name}" for name in ("data", "prepare", "train", "training", "evaluate", "try")} <= names


def test_the_set_is_small_enough_to_keep() -> None:
    assert sum(sheet.stat().st_size for sheet in SHEETS) <= MOST_BYTES


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_a_sheet_shows_both_sizes_side_by_side(sheet: Path) -> None:
    with Image.open(sheet) as picture:
        assert picture.format == "WEBP" and picture.width > 1500
