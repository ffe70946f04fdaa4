"""Where results may go: `--out` is looked at before the work, so that nothing is lost and no work was in vain."""

import shutil
import tempfile
from pathlib import Path

from sft_core.errors import InputError, is_disk_full


def free_folder(out: Path) -> Path:
    """The absolute path of a new or empty folder that can be made. Raises InputError."""
    out = expanded(out).resolve()
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file.", "Choose a new folder for the run.")
    if out.is_dir() and any(out.iterdir()):
        hint = f"Choose a new folder, or go on with: python -m sft_core resume --run {out}"
        raise InputError(f"The folder {out} is not empty.", hint)
    _check_writable(out if out.is_dir() else _nearest(out), out)
    return out


def result_file(out: Path, *, data: Path | None, run: Path) -> Path:
    """The absolute path of a file for a result; one that is there is replaced, as scripts expect.

    Raises InputError where it is the file with the rows, a folder, lies in the folder of the run, or cannot be written.
    """
    place = expanded(out).resolve()
    if place.is_dir():
        raise InputError(f"{out} is a folder.", "Give --out the name of a file.")
    if data is not None and (place == data or (place.exists() and place.samefile(data))):
        raise InputError(f"{out} is the file with the rows itself.", "Choose another file for --out.")
    if place.is_relative_to(run.resolve()):
        raise InputError(f"{out} lies in the folder of the run.", "Choose a place for --out outside of it.")
    if place.exists() and not place.is_file():
        raise InputError(f"{out} is no ordinary file.", "Choose another file for --out.")
    _check_writable(_nearest(place), place)
    return place


def deliver(made: Path, place: Path) -> None:
    """Put a finished file at its place: whole, or what was there before stays."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tuneboard-", dir=place.parent) as aside:
        Path(shutil.copyfile(made, Path(aside) / "result")).replace(place)


def expanded(path: Path) -> Path:
    """The path with `~` replaced by the home folder.

    Raises InputError where there is no such person, and where the whole path, as it leads there, is no UTF-8.
    """
    try:
        place = path.expanduser()
    except RuntimeError as error:
        raise InputError(f"There is no home folder for {path.parts[0]}.", "Write the whole path.") from error
    for written in (str(place), str(place.resolve())):
        check_written(written)
    return place


def check_written(word: str) -> None:
    """Raise InputError for a path or another word that is no UTF-8: nothing could be written down of it."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = word.encode("utf-8", "replace").decode("utf-8")
        raise InputError(
            f"{shown} is not written in UTF-8.", "Rename the file or folder, or type the word anew."
        ) from error


def _nearest(place: Path) -> Path:
    """The nearest folder above a place that is there."""
    return next(parent for parent in place.parents if parent.exists())


def _check_writable(folder: Path, out: Path) -> None:
    """A try tells more than the rights do: some places are read-only for everyone."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
        with tempfile.TemporaryDirectory(dir=folder):
            pass
    except OSError as error:
        if is_disk_full(error):
            raise
        reason = f"{error.strerror or error}".lower()
        raise InputError(f"Nothing can be written to {out}: {reason}.", "Choose another place for --out.") from error
