"""The sample data behind the first door: one click puts it in place, ready to train."""

import secrets

import streamlit as st
from components import imports, session
from components.running import follow

from sft_core.config import ReadOptions
from sft_core.data.sample.files import sample_files
from sft_core.errors import SFTError

NAME = "Customer messages"
ABOUT = "Customer messages in six classes, with the flaws of real files. A first result within a minute."
_WHERE = "sample"


def door() -> None:
    """The button, or the progress once it was pressed; opens the training page when the data is in place."""
    job = imports.remembered(_WHERE)
    if job is not None:
        try:
            done = imports.settled(job)
        except SFTError:
            imports.forget(_WHERE)
            raise
        if done:
            imports.forget(_WHERE)
            session.go("training.py")
        follow(job.id)
    elif st.button("Start", type="primary", key="door_sample"):
        with st.spinner("Putting it in place"):
            start()
        st.rerun()


def start() -> None:
    """Ask for the import of the sample."""
    files = {"train": sample_files()["train"]}
    imports.remember(_WHERE, imports.start(NAME, files, ReadOptions(), None, f"sample-{secrets.token_hex(8)}"))
