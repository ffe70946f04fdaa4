"""A zip or a folder of pictures becomes a table: classes, sides, what is left out, and how odd pictures are stored."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from picture_files import classes, drawn, folder_of, saved, with_exif, zip_of
from PIL import Image

from sft_core.config import ReadOptions, Roles
from sft_core.data import profile
from sft_core.data.importing import read_safely
from sft_core.data.own_columns import PICTURE
from sft_core.data.pictures.decode import NotReadable, decoded, guard
from sft_core.data.reading import ReadFacts, preview, read_table
from sft_core.data.roles import describe, guess_roles, problems
from sft_core.errors import DataError

Read = Callable[..., tuple[pd.DataFrame, ReadFacts]]


@pytest.fixture
def look(tmp_path: Path) -> Read:
    """look(path, options…) -> (table, facts); the stored pictures lie in `tmp_path/stored`."""

    def read_it(path: Path, **options) -> tuple[pd.DataFrame, ReadFacts]:
        target = tmp_path / "rows.parquet"
        facts = read_table(path, ReadOptions(**options), target, pictures=tmp_path / "stored")
        return pd.read_parquet(target), facts

    return read_it


@pytest.fixture
def one(look: Read, tmp_path: Path) -> Callable[[bytes], tuple[pd.Series, Image.Image]]:
    """one(bytes of a picture) -> (its row, the stored picture)."""

    def read_one(content: bytes) -> tuple[pd.Series, Image.Image]:
        table, facts = look(folder_of(tmp_path / "one", {"picture.jpg": content}))
        assert facts.rejected["count"] == 0
        with Image.open(tmp_path / "stored" / table["_file"][0]) as stored:
            stored.load()
        return table.iloc[0], stored

    return read_one


def reasons(facts: ReadFacts) -> dict[str, str]:
    return {row["content"]: row["reason"] for row in facts.rejected["rows"]}


def test_the_folder_is_the_class_and_a_folder_around_all_is_none(look: Read, tmp_path: Path) -> None:
    zipped = zip_of(tmp_path / "a.zip", {f"My pets/{name}": file for name, file in classes("cat", "dog").items()})
    table, facts = look(zipped)
    assert list(table.columns[3:5]) == ["image", "label"]
    assert table["image"].tolist() == [f"My pets/{name}" for name in sorted(classes("cat", "dog"))]
    assert table["label"].tolist() == ["cat", "cat", "dog", "dog"]
    assert facts.columns == ("image", "label") and facts.read.classes == "folders"
    assert set(PICTURE) <= set(table.columns)


def test_folders_for_training_and_test_become_the_split(look: Read, tmp_path: Path) -> None:
    files = {f"{side}/{name}": file for side in ("Train", "val") for name, file in classes("cat", "dog").items()}
    table, _facts = look(folder_of(tmp_path / "sides", files))
    assert table.groupby("split")["label"].unique().map(sorted).to_dict() == {
        "train": ["cat", "dog"],
        "validation": ["cat", "dog"],
    }
    assert guess_roles(table) == Roles(image="image", label="label", split="split")


def test_folders_inside_each_class_are_no_classes_and_that_is_said(look: Read, tmp_path: Path) -> None:
    files = {f"{animal}/{name}": file for animal in ("cat", "dog") for name, file in classes("front", "back").items()}
    table, facts = look(folder_of(tmp_path / "deep", files))
    assert set(table["label"]) == {"cat", "dog"}
    assert "folder at the top" in facts.notes[0]


def test_one_folder_is_a_class_only_where_that_is_chosen(look: Read, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "few", classes("cat"))
    assert set(look(folder)[0]["label"]) == {""}
    assert set(look(folder, classes="folders")[0]["label"]) == {"cat"}


def test_classes_in_names_are_offered_and_not_assumed(look: Read, tmp_path: Path) -> None:
    names = ["cat.0.jpg", "cat_012.jpg", "IMG_cat (3).jpg", "dog.1.jpg", "dog-2.JPG"]
    folder = folder_of(tmp_path / "named", {name: saved(drawn(seed)) for seed, name in enumerate(names)})
    table, facts = look(folder)
    assert set(table["label"]) == {""} and "(cat, dog)" in facts.notes[0]
    assert preview(folder).offers == ("names",)
    table, facts = look(folder, classes="names")
    expected = {name: "cat" if "cat" in name else "dog" for name in names}
    assert dict(zip(table["image"], table["label"], strict=True)) == expected
    camera = folder_of(tmp_path / "camera", {f"IMG_{n}.jpg": saved(drawn(n)) for n in range(4)})
    assert "seem to carry" not in look(camera)[1].notes[0]


def test_a_table_beside_the_pictures_makes_the_rows(look: Read, tmp_path: Path) -> None:
    brought = tmp_path / "brought"
    brought.mkdir()
    zip_of(brought / "pictures.zip", {f"all/{number}.jpg": saved(drawn(number)) for number in range(4)})
    (brought / "answers.csv").write_text("age,file,what\n7,0.jpg,cat\n8,c:\\old\\1.jpg,dog\n9,2,cat\n1,gone.jpg,dog\n")
    table, facts = look(brought)
    assert table.iloc[:, 3:6].to_numpy().tolist() == [
        ["all/0.jpg", "7", "cat"],
        ["all/1.jpg", "8", "dog"],
        ["all/2.jpg", "9", "cat"],
    ]
    assert list(table.columns[3:6]) == ["image", "age", "what"]
    assert reasons(facts) == {"gone.jpg": "its picture is not there"}
    assert any(note.startswith("1 picture has no row") for note in facts.notes)
    assert look(brought, classes="folders")[1].columns == ("image", "label")
    with pytest.raises(DataError, match="no table beside"):
        look(folder_of(tmp_path / "bare", classes("cat", "dog")), classes="table")


def test_strays_and_broken_pictures_never_stop_the_rest(look: Read, tmp_path: Path) -> None:
    whole = saved(drawn(1, (200, 200)))
    files = classes("cat", "dog") | {
        "cat/broken off.jpg": whole[: len(whole) // 2],
        "cat/garbage.png": b"\x89PNG\r\n\x1a\n" + b"x" * 50,
        "cat/moving.gif": saved(drawn(2), "GIF"),
        "cat/notes.txt": b"hello",
        "cat/text.jpg": b"hello",
        "cat/empty.jpg": b"",
        "dog/scan.tif": saved(drawn(3), "TIFF"),
        "dog/really a png.jpg": saved(drawn(4), "PNG"),
        "Thumbs.db": b"x",
        ".DS_Store": b"x",
        "__MACOSX/cat/._0.jpg": b"x",
        "cat/.ipynb_checkpoints/0-checkpoint.jpg": whole,
        "desktop.ini": b"x",
    }
    table, facts = look(folder_of(tmp_path / "strays", files))
    assert len(table) == 5 and table.set_index("image")["_format"]["dog/really a png.jpg"] == "PNG"
    assert reasons(facts) == {
        "cat/broken off.jpg": "is broken off",
        "cat/garbage.png": "is damaged",
        "cat/moving.gif": "is a GIF, which is not read; save it as PNG or JPEG",
        "cat/notes.txt": "is not a picture",
        "cat/text.jpg": "is not a picture",
        "cat/empty.jpg": "is empty",
        "dog/scan.tif": "is a TIFF, which is not read; save it as PNG or JPEG",
    }
    assert facts.notes == ("5 hidden or system files were left out.",)


def test_a_picture_of_too_many_pixels_is_left_out(look: Read, tmp_path: Path) -> None:
    bombs = {
        "big.png": saved(Image.new("1", (8_000, 7_000)), "PNG"),
        "huge.png": saved(Image.new("1", (12_000, 12_000)), "PNG"),
    }
    _table, facts = look(folder_of(tmp_path / "bombs", classes("cat", "dog") | bombs))
    assert sorted(reasons(facts)) == sorted(bombs)
    assert all("pixels; at most 50 million are read" in reason for reason in reasons(facts).values())


def test_a_plain_jpeg_keeps_its_own_bytes_without_place_and_camera(one, tmp_path: Path) -> None:
    content = with_exif(drawn(5), comment=b"private", quality=90)
    row, stored = one(content)
    kept = (tmp_path / "stored" / row["_file"]).read_bytes()
    assert b"SecretCamera" in content and b"SecretCamera" not in kept and b"private" not in kept
    assert len(kept) < len(content) and row["_bytes"] == str(len(content))
    with Image.open(tmp_path / "one" / "picture.jpg") as original:
        assert np.array_equal(np.asarray(original), np.asarray(stored))
    assert not stored.getexif() and (tmp_path / "stored" / row["_file"]).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("how", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
def test_jpegs_of_all_kinds_are_stripped_to_the_same_pixels(one, tmp_path: Path, how: dict[str, object]) -> None:
    _row, stored = one(with_exif(drawn(6), **how) + b"a film behind the picture")
    with Image.open(tmp_path / "one" / "picture.jpg") as original:
        assert np.array_equal(np.asarray(original), np.asarray(stored))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_png_and_webp_are_stripped_to_the_same_pixels(one, tmp_path: Path, kind: str) -> None:
    row, stored = one(with_exif(drawn(7), kind=kind))
    assert b"SecretCamera" not in (tmp_path / "stored" / row["_file"]).read_bytes()
    with Image.open(tmp_path / "one" / "picture.jpg") as original:
        assert np.array_equal(np.asarray(original.convert("RGB")), np.asarray(stored)) and stored.format == kind


def test_a_picture_turned_by_its_camera_stands_upright(one) -> None:
    picture = drawn(8, (60, 40))
    row, stored = one(with_exif(picture, turned=6, kind="PNG"))
    assert (row["_width"], row["_height"]) == ("40", "60")
    assert np.array_equal(np.asarray(stored), np.rot90(np.asarray(picture), -1))


def test_what_is_see_through_stands_on_white(one) -> None:
    layer = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    layer.paste((0, 0, 255, 255), (0, 0, 10, 20))
    stored = np.asarray(one(saved(layer, "PNG"))[1])
    assert stored[0, 0].tolist() == [0, 0, 255] and stored[0, 15].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "CMYK", "I;16"])
def test_odd_modes_become_8_bit_rgb(one, mode: str) -> None:
    if mode == "I;16":
        odd = Image.fromarray(np.full((20, 30), 40_000, dtype=np.uint16))
    else:
        odd = Image.new("RGB", (30, 20), (156, 156, 156)).convert(mode)
    _row, stored = one(saved(odd, "JPEG" if mode == "CMYK" else "PNG"))
    assert stored.mode == "RGB"
    assert abs(np.asarray(stored).mean() - 156) <= 3


def test_a_large_picture_is_stored_smaller_and_its_size_is_remembered(one) -> None:
    row, stored = one(saved(drawn(9, (2_048, 1_024))))
    assert (row["_width"], row["_height"]) == ("2048", "1024") and stored.size == (1_024, 512)


def test_the_same_picture_is_stored_once_and_known_by_its_pixels(look: Read, tmp_path: Path) -> None:
    picture = saved(drawn(10), "PNG")
    files = {"a/1.png": picture, "b/2.png": picture, "b/3.png": saved(drawn(10), "PNG", compress_level=0)}
    table, _facts = look(folder_of(tmp_path / "same", files))
    assert table["_pixels"].nunique() == 1 and table["_file"].nunique() == 2


def test_sharpness_and_light_tell_blurred_and_dark_from_others(look: Read, tmp_path: Path) -> None:
    sharp = drawn(11, (200, 200))
    blurred = sharp.resize((12, 12)).resize((200, 200), Image.Resampling.BICUBIC)
    dark = sharp.point([value // 10 for value in range(256)] * 3)
    pictures = {"blurred.png": blurred, "dark.png": dark, "sharp.png": sharp}
    table, _facts = look(folder_of(tmp_path / "light", {name: saved(one, "PNG") for name, one in pictures.items()}))
    measured = table.set_index("image")[["_sharp", "_light", "_contrast"]].astype(float)
    assert measured["_sharp"]["sharp.png"] > 3 * measured["_sharp"]["blurred.png"]
    assert measured["_light"]["dark.png"] < 0.1 < measured["_light"]["sharp.png"]


def test_a_preview_opens_few_pictures_and_stores_none(tmp_path: Path) -> None:
    files = classes("cat", "dog", count=30)
    seen = preview(folder_of(tmp_path / "many", files))
    assert seen.columns == ("image", "label") and len(seen.rows) == 20 and seen.rows[0] == ("cat/0.jpg", "cat")
    assert seen.read.format == "pictures" and seen.size == sum(
        len(one) for one in classes("cat", "dog", count=30).values()
    )


def test_a_look_at_the_beginning_opens_no_picture(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "many", {"cat/1.jpg": b"broken", "dog/2.jpg": b"broken"})
    facts = read_table(folder, None, tmp_path / "rows.parquet", most=100, pictures=tmp_path / "stored")
    table = pd.read_parquet(tmp_path / "rows.parquet")
    assert facts.rows == 2 and set(table["_file"]) == {""} and not (tmp_path / "stored").exists()
    assert profile.facts(table, guess_roles(table))["pictures"]["widths"] is None


def test_roles_and_facts_speak_of_pictures(look: Read, tmp_path: Path) -> None:
    table, _facts = look(folder_of(tmp_path / "pets", classes("cat", "dog")))
    roles = guess_roles(table)
    known = profile.facts(table, roles)
    assert describe(roles, known) == "*image* is the picture, *label* is the class, 2 classes"
    assert problems(known, roles) == [] and known["text_lengths"] is None
    assert known["pictures"]["formats"] == {"JPEG": 4} and known["pictures"]["widths"]["p50"] == 64
    without = Roles(image="image")
    assert [issue.kind for issue in problems(profile.facts(table, without), without)] == ["no_label"]


def test_real_pictures_of_hands_are_read_in_the_sandbox(shared_data: Path, tmp_path: Path) -> None:
    rows, facts = read_safely(shared_data / "image" / "sign_digits" / "test", None, tmp_path / "room")
    table = pd.read_parquet(rows)
    assert facts.rejected["count"] == 0 and table["label"].value_counts().to_dict() == {str(n): 30 for n in range(10)}
    assert all((tmp_path / "room" / "pictures" / name).is_file() for name in table["_file"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_mutants_are_read_or_left_out_with_a_reason(kind: str) -> None:
    guard()
    whole, dice = with_exif(drawn(12, (40, 30)), kind=kind) if kind != "BMP" else saved(drawn(12), kind), Random(0)
    ended = Counter()
    for _ in range(60):
        mutant = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            mutant[dice.randrange(len(mutant))] = dice.randrange(256)
        try:
            ended["read"] += bool(decoded(bytes(mutant[: dice.choice((None, None, len(mutant) // 2))])).stored)
        except NotReadable as error:
            ended[str(error)] += 1
    assert sum(ended.values()) == 60 and len(ended) > 1
