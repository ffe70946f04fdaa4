"""Zips and folders that want to do harm: nothing leaves its place, and what is too much is refused at once."""

import io
import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest
from picture_files import classes, drawn, folder_of, saved, zip_of

from sft_core.data.importing import read_safely
from sft_core.data.pictures.archive import BrokenMember, open_source
from sft_core.data.pictures.caps import CAPS, PictureCaps
from sft_core.data.reading import read_table
from sft_core.errors import DataError


def left_out(path: Path, caps: PictureCaps = CAPS) -> dict[str, str]:
    with open_source(path, caps) as source:
        return {member.path: reason for member, reason in source.listing.left_out}


def test_paths_that_lead_outside_are_left_out(tmp_path: Path) -> None:
    picture = saved(drawn(1))
    bad = ("../up.jpg", "/etc/root.jpg", "a/../../b.jpg", "C:/x.jpg", "..\\win.jpg", "a//b.jpg", "cat/nul\0.jpg")
    archive = zip_of(tmp_path / "paths.zip", {"cat/good.jpg": picture})
    with zipfile.ZipFile(archive, "a") as more:
        for name in bad:
            entry = zipfile.ZipInfo("x" * len(name))
            entry.filename = entry.orig_filename = name
            more.writestr(entry, picture)
    found = left_out(archive)
    assert len(found) == len(bad) and set(found.values()) == {"has a path that leads out of its folder"}
    rows, facts = read_safely(archive, None, tmp_path / "room")
    assert facts.rows == 1 and facts.rejected["count"] == len(bad) and rows.is_file()
    assert not (tmp_path.parent / "up.jpg").exists()


def test_links_locked_files_archives_and_doubles_are_left_out_with_the_reason(tmp_path: Path) -> None:
    picture = saved(drawn(1))
    files = {"cat/a.jpg": picture, "CAT/A.JPG": picture, "more.zip": b"PK", "b.tar": b"x"}
    archive = zip_of(tmp_path / "odd.zip", files)
    with zipfile.ZipFile(archive, "a") as more:
        link = zipfile.ZipInfo("cat/link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        more.writestr(link, "/etc/passwd")
    assert left_out(archive) == {
        "cat/a.jpg": "has the name of another file, but for upper and lower case",
        "cat/link.jpg": "is a link, which is not followed",
        "more.zip": "is an archive inside the archive, which is not opened",
        "b.tar": "is an archive inside the archive, which is not opened",
    }
    locked = bytearray(zip_of(tmp_path / "locked.zip", {"a.jpg": picture}).read_bytes())
    locked[6] |= 1
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    assert left_out(tmp_path / "locked.zip") == {"a.jpg": "is locked with a password"}
    with pytest.raises(DataError, match="locked with a password"):
        read_safely(tmp_path / "locked.zip", None, tmp_path / "room")


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = folder_of(tmp_path / "secret", {"s.jpg": saved(drawn(1))})
    folder = folder_of(tmp_path / "data", classes("cat", "dog"))
    (folder / "cat" / "link.jpg").symlink_to(secret / "s.jpg")
    (folder / "bird").symlink_to(secret)
    assert left_out(folder) == dict.fromkeys(("bird", "cat/link.jpg"), "is a link, which is not followed")
    with open_source(folder, CAPS) as source:
        swapped = source.listing.members[0]
        swapped.handle.unlink()
        swapped.handle.symlink_to(secret / "s.jpg")
        with pytest.raises(BrokenMember):
            source.read(swapped)


def test_a_bomb_is_refused_at_once(tmp_path: Path) -> None:
    entries, zeros = 40, bytes(8 * 2**20)
    bomb = zip_of(tmp_path / "bomb.zip", {f"c{n % 2}/{n}.png": zeros for n in range(entries)}, zipfile.ZIP_DEFLATED)
    began = time.monotonic()
    with pytest.raises(DataError, match="times its size, which no pictures do"), open_source(bomb, CAPS):
        pass
    with pytest.raises(DataError, match="more than 10 files"), open_source(bomb, PictureCaps(files=10)):
        pass
    with pytest.raises(DataError, match="GB together"), open_source(bomb, PictureCaps(total_mb=100)):
        pass
    assert set(left_out(bomb, PictureCaps(file_mb=1, ratio=10**6)).values()) == {"is larger than a picture may be"}
    assert time.monotonic() - began < 2


def test_a_list_of_names_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "names.zip"
    path.write_bytes(b"PK\x03\x04" + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**30, 0, 0))
    with pytest.raises(DataError, match="more than 200,000 files"), open_source(path, CAPS):
        pass


def test_a_file_that_lies_about_its_size_or_is_damaged_fails_alone(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "lies.zip", {"cat/a.jpg": saved(drawn(1)), "dog/b.jpg": saved(drawn(2))})
    content = bytearray(archive.read_bytes())
    content[content.find(b"\xff\xd8\xff") + 300] ^= 0xFF  # the sum of the first file's bytes is wrong now
    archive.write_bytes(content)
    _rows, facts = read_safely(archive, None, tmp_path / "room")
    assert facts.rows == 1 and facts.rejected["reasons"] == {"is damaged in the archive": 1}


def test_names_of_old_programs_keep_their_letters(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("XXpfel/1.jpg", saved(drawn(1)))
        archive.writestr("Birne/1.jpg", saved(drawn(2)))
    raw = target.getvalue().replace(b"XXpfel/1.jpg", "Äpfel/1.jpg".encode())  # UTF-8 that does not say so
    (tmp_path / "old.zip").write_bytes(raw)
    with open_source(tmp_path / "old.zip", CAPS) as source:
        assert [member.path for member in source.listing.members] == ["Birne/1.jpg", "Äpfel/1.jpg"]


def test_folders_without_an_end_are_not_followed_for_ever(tmp_path: Path) -> None:
    folder_of(tmp_path, {"cat/1.jpg": saved(drawn(1)), "/".join(["a"] * 40) + "/deep.jpg": saved(drawn(2))})
    assert list(left_out(tmp_path).values()) == ["lies in too many folders, one inside the other"]


def test_a_folder_without_a_readable_picture_is_a_sentence(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "bad", {"cat/1.jpg": b"\xff\xd8\xff broken", "cat/2.gif": b"GIF89a"})
    with pytest.raises(DataError, match="None of the 2 files could be read"):
        read_table(folder, None, tmp_path / "rows.parquet", pictures=tmp_path / "stored")
    with pytest.raises(DataError, match="no pictures in it"):
        read_table(folder_of(tmp_path / "no", {"a.txt": b"x"}), None, tmp_path / "rows.parquet")
