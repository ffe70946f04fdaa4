import io
from pathlib import Path

import pytest
from PIL import Image

from sft_core.data.pictures import decode
from sft_core.data.pictures.shown import read_shown


def _png(colour: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, "PNG")
    return target.getvalue()


def test_pictures_are_read_one_by_one_and_nothing_else_stays(tmp_path: Path) -> None:
    contents = [_png("red"), b"GIF89a..", _png("blue")[:50], b"", _png("green")]
    found = read_shown(contents, tmp_path / "asked")
    assert [bool(one.path) for one in found] == [True, False, False, False, True]
    assert "is a GIF" in found[1].reason and all(one.reason for one in found[1:4])
    assert Image.open(found[4].path).getpixel((0, 0)) == (0, 128, 0)
    assert Image.open(found[0].small).format == "JPEG"
    assert not (tmp_path / "asked" / "as-came").exists()


def test_a_picture_that_memory_is_too_small_for_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(decode, "_over_white", no_room)
    with pytest.raises(decode.NotReadable, match="more memory"):
        decode.decoded(_png("red"))
