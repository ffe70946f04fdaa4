"""Reading a brought file for the screen: how it would be read, and, where it is small enough, all that is in it."""

import hashlib
from pathlib import Path
from typing import Any

import streamlit as st
from components.drafts import Draft

from sft_core.config import ReadOptions, Roles, Split
from sft_core.data import importing, profile
from sft_core.data.reading import Preview, ReadFacts
from sft_core.data.roles import guess_roles
from sft_core.data.store import sample

WHOLE_UP_TO = 25 * 2**20


def preview(draft: Draft, split: Split = "train") -> Preview:
    """How a file of the draft would be read. Raises DataError."""
    return _preview(str(draft.path(split)), draft.read.model_dump_json())


def is_small(draft: Draft) -> bool:
    """Whether the file can be read as a whole while one waits."""
    return draft.path().stat().st_size <= WHOLE_UP_TO


def whole(draft: Draft) -> tuple[Path, ReadFacts]:
    """All rows of the training file, on the disk, and how they were read. Raises DataError."""
    wish = draft.read.model_dump_json()
    folder = draft.folder / "read" / hashlib.sha256(wish.encode()).hexdigest()[:16]
    facts = _whole(str(draft.path()), wish, str(folder))
    return folder / "rows.parquet", facts


@st.cache_data(max_entries=64, show_spinner=False)
def profile_of(rows: str, stamp: int, roles: Roles) -> dict[str, Any]:  # noqa: ARG001 - the stamp tells files apart
    """Counts, lengths and what is missing."""
    return profile.facts(Path(rows), roles)


@st.cache_data(max_entries=64, show_spinner="Reading the file")
def _preview(path: str, wish: str) -> Preview:
    return importing.preview_safely(Path(path), ReadOptions.model_validate_json(wish))


@st.cache_data(max_entries=32, show_spinner="Reading the file")
def _whole(path: str, wish: str, folder: str) -> ReadFacts:
    Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    return importing.read_safely(Path(path), ReadOptions.model_validate_json(wish), Path(folder))[1]


@st.cache_data(max_entries=64, show_spinner=False)
def guess(rows: str, stamp: int) -> Roles:  # noqa: ARG001 - the stamp tells files apart
    """What each column is for, guessed from a sample of all rows."""
    return guess_roles(sample(Path(rows)))
