"""The three doors of Home: try the sample, bring data, check a model."""

import shutil
import tempfile
from pathlib import Path
from typing import IO, NoReturn

import streamlit as st
from components import data_upload, drafts, samples, session, tour, tour_card, work
from components.layout import card
from components.trouble import caught

from sft_core.export import adopting
from sft_core.jobs import store
from sft_core.workspace import new_id


def show() -> None:
    """Three cards of one height, each with one button."""
    sample, bring, check = st.columns(3)
    with sample, card(stretch=True):
        _words(":material/play_circle:", "Try the sample", samples.ABOUT)
        with st.container(horizontal=True):
            samples.door(_sample_is_here)
            if not samples.is_on_its_way():
                tour_card.door()
    with bring, card(stretch=True):
        _words(
            ":material/upload_file:",
            "Bring your data",
            "Texts with their labels in a table (CSV, Excel, JSON, Parquet, plain text), or a zip of pictures.",
        )
        if st.button("Choose a file", key="door_bring"):
            session.go("data.py", **{data_upload.ADDRESS: data_upload.NEW})
    with check, card(stretch=True):
        _words(":material/fact_check:", "Check a model", "Test a model that you have on a file that it has never seen.")
        if st.button("Choose a model", key="door_check"):
            _choose_model()


def _sample_is_here() -> NoReturn:
    if tour.state() == tour.ON:
        tour.go_on()
    session.go("training.py")


def _words(icon: str, title: str, about: str) -> None:
    st.markdown(f"#### {icon} {title}", anchors=False)
    st.markdown(about)
    st.space("stretch")


@st.dialog("Check a model", icon=":material/fact_check:")
@caught()
def _choose_model() -> None:
    finished = [run for run in work.runs() if run.job.state == "finished"]
    if finished:
        st.markdown("A model that was trained here:")
        names = {run.id: run.name for run in finished}
        chosen = st.selectbox("Run", list(names), format_func=names.__getitem__, label_visibility="collapsed")
        if st.button("Test it on a new file", type="primary", key="check_run"):
            session.go("evaluation.py", dataset=_dataset_of(finished, chosen), run=chosen, test_file="new")
    else:
        st.markdown("No model has been trained here yet.")
    st.markdown("Or a model that Tuneboard exported as a zip:")
    given = st.file_uploader("Exported model", type=["zip"], key="check_zip", label_visibility="collapsed")
    if given is not None and st.button("Test this model", key="check_zip_go"):
        with st.spinner("Checking the model"):
            run_id = _adopted(given.name, given)
        session.choose_dataset(None)
        session.go("evaluation.py", run=run_id, test_file="new")
    st.caption("Nothing in the zip is run: it holds weights and text files only.")


def _adopted(name: str, content: IO[bytes]) -> str:
    """An exported zip as a run of this workspace; its id. Raises InputError where it is not ours."""
    place = session.workspace()
    with tempfile.NamedTemporaryFile(dir=place.uploads, suffix=".zip") as kept:
        shutil.copyfileobj(content, kept, 1 << 20)
        kept.flush()
        folder = adopting.adopt(Path(kept.name), place.run(new_id()), name=Path(drafts.safe_name(name)).stem)
    job = store.find(place, folder)
    return job.id if job else folder.name


def _dataset_of(runs: list[work.Run], chosen: str | None) -> str | None:
    return next((run.dataset for run in runs if run.id == chosen), None)
