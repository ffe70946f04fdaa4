"""How much room folders take on the disk; counted now and then, not at each look."""

import os
from pathlib import Path

import streamlit as st

_SECONDS = 30


@st.cache_data(ttl=_SECONDS, max_entries=1024, show_spinner=False)
def of(path: str) -> int:
    """Bytes of a file or of all files under a folder; links are not followed."""
    total = 0
    stack = [Path(path)]
    while stack:
        place = stack.pop()
        try:
            if place.is_symlink():
                continue
            if not place.is_dir():
                total += place.stat().st_size
                continue
            stack.extend(Path(entry.path) for entry in os.scandir(place))
        except OSError:  # gone meanwhile, or not ours to read
            continue
    return total


def count_again() -> None:
    """Forget what was counted: something was deleted."""
    of.clear()
