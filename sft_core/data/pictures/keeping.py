"""Stored pictures: each once, under a name made of its content; runs share them by hard links."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

PICTURES = "pictures"


def link_pictures(files: Iterable[str], home: Path, target: Path) -> None:
    """Put the named pictures of `home` into `target` as well: by hard links, as copies where these cannot be made.

    What lies there already stays: a name says what the content is.
    """
    if home == target:
        return
    for name in dict.fromkeys(name for name in files if name):
        place = target / name
        if place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.link(home / name, place)
        except FileExistsError:  # another process was quicker with the same picture
            continue
        except OSError:  # another volume, or a file system without links
            shutil.copyfile(home / name, place)
