"""A finished folder gets its name only after all that lies in it is on the disk."""

import errno
from pathlib import Path

import pytest

from sft_core import records


@pytest.fixture
def aside(tmp_path: Path) -> Path:
    """A folder with files in many sub-folders."""
    folder = tmp_path / "aside"
    for number in range(40):
        place = folder / f"{number % 7}" / f"{number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(str(number))
    return folder


def test_everything_is_flushed_before_the_folder_gets_its_name(
    aside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    flush = records.fsync_path

    def noted(path: Path) -> None:
        flushed.append(path)
        flush(path)

    monkeypatch.setattr(records, "fsync_path", noted)
    within = {aside, *aside.rglob("*")}
    records.publish(aside, tmp_path / "final")
    assert set(flushed) == {*within, tmp_path} and flushed[-1] == tmp_path
    files = [place for place, path in enumerate(flushed) if path.suffix]
    folders = [place for place, path in enumerate(flushed) if path in within and not path.suffix]
    assert max(files) < min(folders)
    assert sorted(int(path.read_text()) for path in (tmp_path / "final").rglob("*.txt")) == list(range(40))


def test_a_disk_that_gives_out_leaves_no_folder_of_that_name(
    aside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        if path.name == "33.txt":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(records, "fsync_path", full)
    with pytest.raises(OSError, match="No space left"):
        records.publish(aside, tmp_path / "final")
    assert aside.exists() and not (tmp_path / "final").exists()
