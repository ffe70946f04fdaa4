"""No data chosen yet: bring a file, name one on this machine where that is allowed, or go on with one begun before."""

import os
from pathlib import Path

import streamlit as st
from components import drafts, layout, like_before, session, upload_field
from components.layout import card
from components.wording import plain, size, when

from sft_core.data.pictures.folders import size_of
from sft_core.errors import DataError

ADDRESS, NEW = "new", "data"
ROOT = "TUNEBOARD_DATA_ROOT"
TABLES = "CSV, TSV, plain text, Excel, JSON or Parquet."
_SHOWN = 3


def wanted() -> bool:
    """The address asks for a new file, whatever data there is."""
    return ADDRESS in st.query_params or like_before.WISH in st.query_params


def ask() -> None:
    """Ask for a new file on this page."""
    st.query_params[ADDRESS] = NEW
    st.rerun()


def show() -> None:
    """The uploader, and what else can be done here."""
    like = like_before.wished()
    layout.page_head(f"Bring a file to clean like {plain(like.name, 40)}" if like else "Bring your data")
    with card("Texts or pictures with their labels"):
        st.markdown(
            "It needs the same columns. What was changed there by rule is changed here as well, and can be taken back."
            if like
            else "**Texts** come in a table: one row for each, one column with the text, one with its label."
            "  \n**Pictures** come in a folder or a zip in which each class has a folder of its own."
        )
        field()
        if allowed_root() and (path := ask_path("server_path")) is not None:
            drafts.begin_from(path)
            st.rerun()
    _unfinished()
    layout.stays_here()


def field() -> None:
    """The field itself; what comes in is shown at once."""
    given = upload_field.ask("upload_train", folder=True)
    if given is not None:
        drafts.begin(given.name, given)
        st.rerun()
    st.caption(f"{TABLES} Or JPEG, PNG and WebP pictures.")


def allowed_root() -> Path | None:
    """The folder on this machine from which files may be named; the administrator sets it, there is no default."""
    chosen = os.environ.get(ROOT) or session.workspace().settings().get("data_root")
    return Path(str(chosen)).expanduser().resolve() if chosen else None


def checked_path(text: str) -> Path:
    """The file that was named, which must lie under the allowed folder. Raises DataError."""
    root = allowed_root()
    if root is None:
        raise DataError("No folder of this machine is open for reading.", "Bring the file through the browser.")
    path = (root / text.strip()).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise DataError("There is no such file in the folder that is open for reading.", f"Name a file under {root}.")
    return path


def ask_path(key: str) -> Path | None:
    """A field for a file on this machine; the file once it was named. Raises DataError."""
    with st.form(key, border=False):
        text = st.text_input("Or a file on this machine", placeholder=f"under {allowed_root()}")
        return checked_path(text) if st.form_submit_button("Read this file") and text else None


def _unfinished() -> None:
    begun = drafts.unfinished()[:_SHOWN]
    if not begun:
        return
    st.subheader("Begun and not finished", anchor=False)
    for draft in begun:
        with card():
            name, go_on, remove = st.columns([5, 1.3, 1.3], vertical_alignment="center")
            path = draft.path()
            with name:
                brought = when(path.stat().st_mtime)
                layout.line(plain(path.name, 80), f"{size(size_of(path))} · brought {brought}")
            if go_on.button("Go on", key=f"go_on_{draft.id}", width="stretch"):
                drafts.save(draft)
                st.rerun()
            if remove.button("Remove", key=f"remove_{draft.id}", width="stretch"):
                drafts.remove(draft)
                st.rerun()
