"""Another model: a folder on this machine, or any encoder of the hub by its name."""

import streamlit as st
from components import glossary, model_choices, recipe, running, session
from components import trouble as troubles
from components.layout import card, line
from components.wording import plain

from sft_core.data.kinds.registry import kind_of
from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError
from sft_core.jobs import store
from sft_core.models.catalogue import find_card


def show(info: DatasetInfo) -> None:
    """Two forms side by side, and what is on its way."""
    st.subheader("Another one", anchor=False)
    left, right = st.columns(2)
    with left, card("A folder on this machine", stretch=True, about=glossary.about("format")):
        st.caption("In the Hugging Face format, with its weights as safetensors. It is checked before it is listed.")
        _folder(info)
    with right, card("A model of the Hugging Face hub", stretch=True, about=glossary.about("hub")):
        st.caption("By its name. It is downloaded once, at one fixed state; nothing of yours is sent.")
        _hub()
        _on_their_way()


def _folder(info: DatasetInfo) -> None:
    with st.form("model_folder", border=False):
        text = st.text_input("Folder", placeholder="the whole path of the folder", key="model_folder_path")
        if st.form_submit_button("Check and choose"):
            try:
                recipe.choose_model(info.id, model_choices.add_folder(text, kind_of(info.roles).name))
            except SFTError as error:
                troubles.show(error)
            else:
                st.rerun()


def _hub() -> None:
    with st.form("model_hub", border=False):
        name = st.text_input("Name", placeholder="owner/name", key="model_hub_name")
        if st.form_submit_button("Download"):
            try:
                model_choices.download(name.strip())
            except SFTError as error:
                troubles.show(error)
            else:
                st.rerun()


def _on_their_way() -> None:
    """Downloads of models that have no card of their own."""
    shown: set[str] = set()
    for job in model_choices.downloads():
        name = model_choices.asked(job)
        if name in shown or find_card(name) is not None:
            continue
        shown.add(name)
        if job.active:
            st.markdown(plain(name))
            running.follow(job.id)
        elif job.state != "finished":
            _not_here(name, job)


def _not_here(name: str, job: store.Job) -> None:
    line(plain(name, 80), plain(f"{job.message} {job.hint}".strip()))
    with st.container(horizontal=True):
        if st.button("Try again", key=f"again_{job.id}"):
            model_choices.download(name)
            st.rerun()
        if st.button("Remove", key=f"away_{job.id}", type="tertiary"):
            store.delete(session.workspace(), job.id)
            st.rerun()
