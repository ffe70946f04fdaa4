"""The sample data behind the first door: one click puts it in place, ready to train."""

import hashlib
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn

import streamlit as st
from components import imports, work
from components.running import follow

from sft_core.config import ReadOptions
from sft_core.data.sample.files import sample_files
from sft_core.errors import SFTError

NAME = "Customer messages"
ABOUT = "Customer messages in six classes, with the flaws of real files. A first result within a minute."
_WHERE = "sample"


def door(then: Callable[[], NoReturn]) -> None:
    """The button, or the progress once it was pressed; goes on with `then` when the data is in place."""
    job = imports.remembered(_WHERE)
    if job is not None:
        try:
            done = imports.settled(job)
        except SFTError:
            imports.forget(_WHERE)
            raise
        if done:
            imports.forget(_WHERE)
            then()
        follow(job.id)
    elif st.button("Start", type="primary", key="door_sample"):
        with st.spinner("Putting it in place"):
            start()
        st.rerun()


def is_on_its_way() -> bool:
    """Whether it was asked for and is not in place yet."""
    return imports.remembered(_WHERE) is not None


def is_made_of(dataset_id: str | None) -> bool:
    """Whether a dataset was read from the sample's file."""
    if dataset_id is None:
        return False
    try:
        files = work.datasets().about(dataset_id).get("files") or {}
    except SFTError:  # its data was deleted
        return False
    return (files.get("train") or {}).get("sha256") == _fingerprint()


@lru_cache(maxsize=1)
def _fingerprint() -> str:
    return hashlib.sha256(sample_files()["train"].read_bytes()).hexdigest()


def start() -> None:
    """Ask for the import of the sample."""
    files = {"train": sample_files()["train"]}
    imports.remember(_WHERE, imports.start(NAME, files, ReadOptions(), None, f"sample-{secrets.token_hex(8)}"))
