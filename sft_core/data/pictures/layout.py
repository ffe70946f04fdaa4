"""Where a picture's class and its side stand: in its folders, or, where that is chosen, in its name."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sft_core.data.pictures.members import Member

SIDES = {
    "train": "train", "training": "train", "test": "test", "testing": "test", "validation": "validation",
    "valid": "validation", "val": "validation", "dev": "validation",
}  # fmt: skip
# What cameras and programs begin their names with: it is no class.
_CAMERA = re.compile(r"^(?:img|dsc|dscn|dscf|dcim|pxl|mvimg|image|imagen|bild|foto|photo|pic|picture|scan|file|frame)$")
_COPY = re.compile(r"\s*\(\d+\)$|\s*-\s*(?:copy|kopie)$", re.IGNORECASE)
_WORDS = re.compile(r"[\s._\-#]+")
_LEAST_NAMED = 0.9

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """`classes` and `sides` of the pictures, in their order ("" = not said; `sides` None: no such folders)."""

    classes: tuple[str, ...]
    sides: tuple[str, ...] | None
    notes: tuple[str, ...] = ()


def by_folders(members: Sequence[Member], *, single: bool) -> Layout:
    """The class is the folder directly above a picture, inside a folder for training or test where there are such.

    With less than two class folders there are no classes, unless `single` says that one is meant as such.
    """
    folders = [member.parts[:-1] for member in members]
    folders = _unwrapped(folders)
    sides = _sides(folders)
    if sides is not None:
        folders = [folder[1:] for folder in folders]
    classes, notes = _classes(folders)
    if len(set(classes) - {""}) < 2 and not (single and any(classes)):
        last = [member.parts[-2] if len(member.parts) > 1 else "" for member in members]
        classes, notes = (last if single else [""] * len(members)), ()
    return Layout(tuple(classes), tuple(sides) if sides is not None else None, notes)


def by_names(members: Sequence[Member]) -> Layout:
    """The class is the word in a picture's name; folders for training and test count as with folders."""
    sides = _sides(_unwrapped([member.parts[:-1] for member in members]))
    classes = tuple(class_in_name(member.parts[-1]) for member in members)
    return Layout(classes, tuple(sides) if sides is not None else None)


def names_offered(members: Sequence[Member]) -> tuple[str, ...]:
    """The classes that the names of the pictures seem to carry, sorted; () where they carry none."""
    named = [name for name in (class_in_name(member.parts[-1]) for member in members) if name]
    found = set(named)
    if len(found) < 2 or len(named) < _LEAST_NAMED * len(members) or 2 * len(found) > len(named):
        return ()
    return tuple(sorted(found))


def class_in_name(name: str) -> str:
    """ "cat" of "cat.12.jpg", "cat_012.jpg" and "IMG_cat (3).jpg"; "" where there is nothing but numbers."""
    stem = name.rpartition(".")[0] or name
    stem = _COPY.sub("", stem)
    words = [word for word in _WORDS.split(stem) if word]
    words = [stripped for word in words if (stripped := word.rstrip("0123456789"))]
    while words and _CAMERA.match(words[0].casefold()):
        words = words[1:]
    return "_".join(words)


def _unwrapped(folders: Sequence[Parts]) -> list[Parts]:
    """Without the folders that all pictures lie in, as long as class folders are left below."""
    kept = list(folders)
    while kept and all(len(folder) > 1 and folder[0] == kept[0][0] for folder in kept):
        kept = [folder[1:] for folder in kept]
    return kept


def _sides(folders: Sequence[Parts]) -> list[str] | None:
    """Which side each picture lies on, where all folders at the top bear the names of sides, at least two of them."""
    tops = {folder[0].casefold() for folder in folders if folder}
    if not tops <= set(SIDES) or len({SIDES[top] for top in tops}) < 2:
        return None
    return [SIDES[folder[0].casefold()] if folder else "" for folder in folders]


def _classes(folders: Sequence[Parts]) -> tuple[list[str], tuple[str, ...]]:
    """The folder directly above; the first one, where the ones below it repeat in each (cat/front, dog/front)."""
    above: dict[str, set[Parts]] = defaultdict(set)
    for folder in folders:
        if len(folder) > 1:
            above[folder[-1]].add(folder[:-1])
    deep = all(len(folder) > 1 for folder in folders)
    if folders and deep and all(len(parents) > 1 for parents in above.values()):
        note = "There are folders inside the class folders; the class is the folder at the top, not the one inside."
        return [folder[0] for folder in folders], (note,)
    return [folder[-1] if folder else "" for folder in folders], ()
