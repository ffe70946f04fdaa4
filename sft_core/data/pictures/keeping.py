"""Stored pictures: each once, under a name made of its content; runs share them by hard links."""

import hashlib
import os
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

from sft_core.data.pictures.small import small_path

PICTURES = "pictures"


def put_picture(content: bytes, ending: str, home: Path) -> str:
    """Store a picture below `home`, once however often it comes; its address there ("ab/<sha256>.jpg")."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:2]}/{digest}{ending}"
    _write_once(home / name, content)
    return name


def put_small(content: bytes, home: Path, name: str) -> None:
    """Store the small copy of the stored picture `name` beside it."""
    _write_once(small_path(home, name), content)


def _write_once(place: Path, content: bytes) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(aside, place)


def move_pictures(home: Path, target: Path) -> None:
    """Move all stored pictures of `home`, on the same volume, to `target`; what lies there already stays."""
    if not home.is_dir():
        return
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in sorted(home.iterdir()):
        place = target / folder.name
        if not place.exists():
            os.rename(folder, place)
            continue
        for picture in folder.iterdir():
            if not (place / picture.name).exists():
                os.rename(picture, place / picture.name)
    shutil.rmtree(home, ignore_errors=True)


def link_pictures(files: Iterable[str], home: Path, target: Path) -> None:
    """Put the named pictures of `home` into `target` as well: by hard links, as copies where these cannot be made.

    What lies there already stays: a name says what the content is.
    """
    if home == target:
        return
    for name in dict.fromkeys(name for name in files if name):
        _link(home / name, target / name)
        if (small := small_path(home, name)).exists():
            _link(small, small_path(target, name))


def _link(source: Path, place: Path) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.link(source, place)
    except FileExistsError:  # another process was quicker with the same picture
        return
    except OSError:  # another volume, or a file system without links
        shutil.copyfile(source, place)
