"""Reading a brought file for the screen: how it would be read, and, where it is small enough, all that is in it."""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import streamlit as st
from components import work

from sft_core.config import ReadOptions, Roles
from sft_core.data import importing, profile
from sft_core.data.formats.recognise import check_file, recognise
from sft_core.data.limits import TableLimits
from sft_core.data.pictures.folders import size_of
from sft_core.data.reading import Preview, ReadFacts
from sft_core.data.roles import guess_roles
from sft_core.data.store import sample
from sft_core.errors import DataError

WHOLE_UP_TO = 25 * 2**20
OPENED_UP_TO = {"pictures": 8 * 2**20}  # of what takes longer to open than a table of that size
AT_ONCE = 2 * 2**20  # is looked at and read in one go: starting a child twice would be most of the wait
BEGINNING = 20_000  # rows of a larger file that are read at once


class Brought(Protocol):
    """A file that was brought, and how it is to be read: one to learn from, or a later one to test on."""

    @property
    def id(self) -> str:
        """Part of the keys of its fields."""

    @property
    def read(self) -> ReadOptions:
        """How it is to be read; what is not said is found out."""

    @property
    def folder(self) -> Path:
        """Its place on the disk, with room for what is read."""

    def path(self) -> Path:
        """The file itself."""

    def read_as(self, read: ReadOptions, *, same_columns: bool) -> None:
        """Keep another way to read it; what was chosen for its columns stays only where these stay."""


def preview(brought: Brought) -> Preview:
    """How a file would be read. Raises DataError."""
    with _waiting(brought):
        if _is_tiny(brought):
            return _looked(*_asked(brought))[0]
        return _preview(str(brought.path()), brought.read.model_dump_json())


def may_be_a_table(brought: Brought) -> bool:
    """Whether another way to read it could help: not for a picture, an empty file and the like."""
    try:
        check_file(brought.path(), TableLimits())
        recognise(brought.path(), ReadOptions())
    except DataError:
        return False
    return True


def is_small(brought: Brought) -> bool:
    """Whether the file can be read as a whole while one waits. Raises DataError."""
    here = size_of(brought.path())
    if here <= min(OPENED_UP_TO.values()) or here > WHOLE_UP_TO:
        return here <= WHOLE_UP_TO
    return here <= OPENED_UP_TO.get(preview(brought).read.format or "", WHOLE_UP_TO)


def whole(brought: Brought) -> tuple[Path, ReadFacts]:
    """All rows of the file, on the disk, and how they were read. Raises DataError."""
    path, wish, folder = _asked(brought)
    with _waiting(brought):
        facts = _looked(path, wish, folder)[1] if _is_tiny(brought) else None
        facts = facts or _read(path, wish, folder, None)
    return Path(folder) / "rows.parquet", facts


def beginning(brought: Brought) -> tuple[Path, ReadFacts]:
    """The first rows of a large file, on the disk, and how they were read. Raises DataError.

    Where fewer came than were asked for, these are all.
    """
    path, wish, folder = _asked(brought)
    folder = f"{folder}-beginning"
    with _waiting(brought):
        facts = _read(path, wish, folder, BEGINNING)
    return Path(folder) / "rows.parquet", facts


def _asked(brought: Brought) -> tuple[str, str, str]:
    """The file, how it is to be read, and where its rows go, as keys of what is kept."""
    wish = brought.read.model_dump_json()
    folder = brought.folder / "read" / hashlib.sha256(wish.encode()).hexdigest()[:16]
    return str(brought.path()), wish, str(folder)


def _is_tiny(brought: Brought) -> bool:
    return size_of(brought.path()) <= AT_ONCE


def _waiting(brought: Brought) -> AbstractContextManager[None]:
    return st.spinner("Reading the file" if brought.read == ReadOptions() else "Reading it again")


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=work.FILES)
def profile_of(rows: Path, roles: Roles) -> dict[str, Any]:
    """Counts, lengths and what is missing."""
    return profile.facts(rows, roles)


@st.cache_data(max_entries=64, show_spinner=False)
def _preview(path: str, wish: str) -> Preview:
    return importing.preview_safely(Path(path), ReadOptions.model_validate_json(wish))


@st.cache_data(max_entries=32, show_spinner=False)
def _looked(path: str, wish: str, folder: str) -> tuple[Preview, ReadFacts | None]:
    return importing.look_safely(Path(path), ReadOptions.model_validate_json(wish), Path(folder))


@st.cache_data(max_entries=32, show_spinner=False)
def _read(path: str, wish: str, folder: str, most: int | None) -> ReadFacts:
    return importing.read_safely(Path(path), ReadOptions.model_validate_json(wish), Path(folder), most=most)[1]


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=work.FILES)
def guess(rows: Path) -> Roles:
    """What each column is for, guessed from a sample of all rows."""
    return guess_roles(sample(rows))
