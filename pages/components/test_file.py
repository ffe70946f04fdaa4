"""Test a run on a later file: bring it, see how it is read, say which column and class is which, start the test."""

import hashlib
import json
from pathlib import Path
from typing import Any

import streamlit as st
from components import (
    data_upload,
    later_mapping,
    later_upload,
    layout,
    reading,
    reading_card,
    samples,
    session,
    upload_field,
)
from components.answered import Answered
from components.kinds.registry import answers_of
from components.later_mapping import Mapped
from components.later_upload import LaterUpload
from components.layout import card
from components.trouble import show as show_error
from components.wording import plain

from sft_core.config import ReadOptions
from sft_core.data.sample.files import sample_files
from sft_core.errors import SFTError
from sft_core.jobs import store

ADDRESS, NEW = "test_file", "new"


def wanted() -> str | None:
    """The address asks for a new test: "new", or the id of a file that was brought."""
    return st.query_params.get(ADDRESS)


def show(answered: Answered) -> None:
    """The whole screen: the uploader, or the file that was brought."""
    head = layout.page_head("Test it on a new file")
    upload = later_upload.find(str(wanted())) if wanted() != NEW else None
    if head.button("Back", key="test_back", icon=":material/arrow_back:"):
        del st.query_params[ADDRESS]
        st.rerun()
    if upload is not None and head.button("Another file", key="test_another"):
        later_upload.remove(upload)
        st.query_params[ADDRESS] = NEW
        st.rerun()
    if upload is None:
        _bring(answered)
        return
    try:
        _brought(answered, upload, head)
    except SFTError as error:
        show_error(error)
        with card("Read it in another way"):
            reading_card.choices(upload, None)


def _bring(answered: Answered) -> None:
    with card(f"A file that “{plain(answered.run.name, 60)}” has never seen"):
        st.markdown(
            "With labels it is scored and compared with the run's own test. Without labels it is answered, and how "
            "right that may be is estimated."
        )
        given = upload_field.ask("later_file", folder=bool(answered.roles.image))
        if given is not None:
            st.query_params[ADDRESS] = later_upload.keep(given.name, given).id
            st.rerun()
        st.caption(answers_of(answered.roles).BRING)
        if samples.is_made_of(answered.run.dataset) and st.button("Take the sample's next month", key="later_sample"):
            _take(sample_files()["next_month"])
        if data_upload.allowed_root():
            _on_this_machine()
    layout.stays_here()


def _on_this_machine() -> None:
    path = data_upload.ask_path("later_path")
    if path is not None:
        _take(path)


def _take(path: Path) -> None:
    with path.open("rb") as content:
        st.query_params[ADDRESS] = later_upload.keep(path.name, content).id
    st.rerun()


def _brought(answered: Answered, upload: LaterUpload, head: st.delta_generator.DeltaGenerator) -> None:
    seen = reading.preview(upload)
    rows, read = reading.whole(upload)
    with card("We read it like this"):
        st.markdown(f"**{plain(upload.path().name, 80)}**. {reading_card.sentence(seen, read)}")
        reading_card.choices(upload, seen)
        reading_card.encoding_doubt(upload, seen)
        reading_card.rejected(read.rejected, seen.read.format)
    mapped = later_mapping.ask(answered, upload, rows)
    with head:
        if st.button("Test it", type="primary", icon=":material/fact_check:", key="test_go", disabled=not mapped.ready):
            _start(answered, upload, mapped, read.read)
    layout.stays_here()


def _start(answered: Answered, upload: LaterUpload, mapped: Mapped, read: ReadOptions) -> None:
    name = upload.path().name
    request: dict[str, Any] = {
        "run": str(answered.run.job.folder),
        "data": str(upload.path()),
        "read": read.model_dump(),
        "columns": mapped.columns,
        "label_map": mapped.labels,
        "rival": mapped.rival,
        "name": name,
    }
    wish = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:16]
    job = store.submit(
        session.workspace(),
        "evaluate",
        request,
        title=name,
        idem=f"evaluate-{answered.run.id}-{upload.id}-{wish}",  # a second click gives the same job
        parent=answered.run.id,
    )
    store.ensure_supervisor(session.workspace())
    del st.query_params[ADDRESS]
    st.query_params["answers"] = job.id
    st.rerun()
