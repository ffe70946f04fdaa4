"""A separate test file in the split designer: brought, read like the data's own file, looked at before it is used."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st
from components import changes, data_upload, later_upload, layout, reading, reading_card, session, upload_field, work
from components.drafts import Content
from components.kinds.registry import rows_of
from components.later_upload import LaterUpload
from components.trouble import show as show_error
from components.wording import count, plain

from sft_core.config import ReadOptions
from sft_core.data.fixes.test_file import missing, needed_columns
from sft_core.data.given_test import fitting_options
from sft_core.data.source_files import folder_of
from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError
from sft_core.workspace import checked_id

_ADDRESS = "given_test"


@dataclass(frozen=True)
class Given:
    """A test file that can be used: its id and name, and its rows on the disk (None where a job has to read them)."""

    id: str
    name: str
    path: Path
    read: ReadOptions
    rows: Path | None

    @property
    def request(self) -> dict[str, Any]:
        """As a job is asked for it."""
        return {"path": str(self.path), "read": self.read.model_dump(mode="json")}


def present(info: DatasetInfo) -> int:
    """How many rows of a test file the current version holds."""
    return int((work.datasets().facts(info.id, info.current).get("sources") or {}).get("test") or 0)


def name_of(info: DatasetInfo) -> str:
    """What the present test file is called."""
    files = work.datasets().about(info.id).get("files") or {}
    return str((files.get("test") or {}).get("name") or "the test file")


def is_brought(info: DatasetInfo) -> bool:
    """Whether a file was brought here and is not used yet."""
    return _brought(info) is not None


def ask(info: DatasetInfo, go_without: Callable[[], None]) -> Given | None:
    """The present file with what can be done to it, or the one that was brought; that one, where it can be used."""
    brought = _brought(info)
    if brought is not None:
        return _look(info, brought)
    rows = present(info)
    if not rows:
        _bring(info)
        return None
    words, button = st.columns([5, 1.4], vertical_alignment="center")
    with words:
        many = count(rows, rows_of(info.roles).ONE, rows_of(info.roles).MANY)
        layout.line(plain(name_of(info), 80), f"{many}, all of them for the test.", ":material/fact_check:")
    button.button("Go without it", key="leave_test_file", on_click=go_without, width="stretch")
    with st.expander("Take another file in its place", type="compact", key=f"other_test_file_{info.id}"):
        _bring(info)
    return None


def _brought(info: DatasetInfo) -> LaterUpload | None:
    """The file that was brought for this dataset; one that is in use by now is forgotten, with its copy."""
    slot = f"{_ADDRESS}_{info.id}"
    chosen = st.query_params.get(_ADDRESS) or st.session_state.get(slot)
    if not chosen:
        return None
    try:
        upload = later_upload.find(checked_id(chosen))
    except SFTError:
        upload = None
    if upload is not None and folder_of(session.workspace().dataset(info.id), upload.id).is_dir():
        later_upload.remove(upload)
        upload = None
    if upload is None:
        _forget(info)
        return None
    st.session_state[slot] = st.query_params[_ADDRESS] = upload.id
    return upload


def _forget(info: DatasetInfo) -> None:
    st.session_state.pop(f"{_ADDRESS}_{info.id}", None)
    if _ADDRESS in st.query_params:
        del st.query_params[_ADDRESS]


def _bring(info: DatasetInfo) -> None:
    needed = ", ".join(f"“{plain(name, 40)}”" for name in needed_columns(info.roles))
    st.markdown(f"Rows that are for the test alone, with the same columns: {needed}. The file stays whole.")
    key = f"given_test_file_{info.id}_{info.current}"
    given = upload_field.ask(key, "Drop the test file here", folder=bool(info.roles.image))
    if given is not None:
        _keep(info, given.name, given)
    st.caption(data_upload.TABLES)
    if data_upload.allowed_root() and (path := data_upload.ask_path(f"given_test_path_{info.id}")) is not None:
        with path.open("rb") as content:
            _keep(info, path.name, content)


def _keep(info: DatasetInfo, name: str, content: Content) -> None:
    """Put it into its place at once, and find out how to read it; redraws the page."""
    upload = later_upload.keep(name, content)
    st.session_state[f"{_ADDRESS}_{info.id}"] = st.query_params[_ADDRESS] = upload.id

    def look(_path: Path, options: ReadOptions) -> Any:
        return reading.preview(replace(upload, read=options))

    own = ((work.datasets().about(info.id).get("files") or {}).get("train") or {}).get("read") or {}
    later_upload.save(replace(upload, read=fitting_options(upload.path(), ReadOptions(**own), info.roles, look)))
    st.rerun()


def _look(info: DatasetInfo, upload: LaterUpload) -> Given | None:
    """How the file is read, and what it lacks."""
    words, button = st.columns([5, 1.4], vertical_alignment="center")
    if button.button("Another file", key="other_given_test", width="stretch"):
        later_upload.remove(upload)
        _forget(info)
        st.rerun()
    try:
        seen = reading.preview(upload)
        rows, read = reading.whole(upload) if reading.is_small(upload) else (None, None)
    except SFTError as error:
        words.markdown(f"**{plain(upload.path().name, 80)}**")
        show_error(error)
        reading_card.choices(upload, None)
        return None
    words.markdown(f"**{plain(upload.path().name, 80)}**. {reading_card.sentence(seen, read)}")
    lacks = missing(seen.columns, info.roles)
    if lacks is not None:
        has = ", ".join(f"“{plain(name, 40)}”" for name in seen.columns[:12])
        st.warning(
            f"It has {has}. Read it in another way below, or rename the one that fits and bring the file again."
            " Nothing was changed.",
            title=f"This file has no column “{plain(lacks, 60)}”",
            icon=":material/warning:",
        )
    with st.expander("Read it in another way", type="compact", key=f"read_given_{upload.id}", expanded=bool(lacks)):
        reading_card.choices(upload, seen)
    reading_card.encoding_doubt(upload, seen)
    if read is not None:
        reading_card.rejected(read.rejected)
    if lacks is not None:
        return None
    at_once = read is not None and read.rows <= changes.AT_ONCE and changes.is_small(info)
    return Given(
        upload.id, upload.path().name, upload.path(), read.read if read else seen.read, rows if at_once else None
    )
