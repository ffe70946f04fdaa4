"""What takes room in the workspace: data, runs, downloaded models, and the cache that is made again when needed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from components import confirm, model_choices, session, system_sizes, work
from components.layout import card, line
from components.trouble import caught
from components.wording import count, plain, size, when

from sft_core.errors import StateError
from sft_core.jobs import rows, store
from sft_core.models.resolve import download_folder
from sft_core.workspace import MODELS

_SHOWN = 6


def show() -> None:
    """One card a kind, the largest things first."""
    place = session.workspace()
    st.subheader("Room on the disk", anchor=False)
    total = system_sizes.of(str(place.root))
    st.caption(f"This workspace takes {size(total)} in {plain(str(place.root))}.")
    left, right = st.columns(2)
    with left, card(key="room_data", stretch=True):
        _things(
            "Data", [_Thing(info.id, info.name, place.dataset(info.id)) for info in work.datasets().list()], _drop_data
        )
    with right, card(key="room_runs", stretch=True):
        _things("Runs", [_Thing(run.id, run.name, run.job.folder, run.job.submitted) for run in work.runs()], _drop_run)
    left, right = st.columns(2)
    with left, card(key="room_models", stretch=True):
        _models(place.cache)
    with right, card(key="room_cache", stretch=True):
        _cache(place.cache, place.uploads)


class _Thing:
    """Something with a name, a folder and its size."""

    def __init__(self, key: str, name: str, folder: Path, made: float | None = None) -> None:
        self.key, self.name, self.folder, self.made = key, name, folder, made
        self.size = system_sizes.of(str(folder))


def _things(title: str, things: list[_Thing], drop: Callable[[_Thing], None]) -> None:
    st.markdown(f"**{title}** · {size(sum(thing.size for thing in things))}")
    if not things:
        st.caption("None.")
    largest = sorted(things, key=lambda thing: -thing.size)
    key = f"room_all_{title}"
    for thing in largest if st.session_state.get(key) else largest[:_SHOWN]:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"{plain(thing.name, 60)}  \n:gray[{_about(thing)}]", width="content")
            if st.button("Delete", key=f"room_{thing.key}", type="tertiary"):
                drop(thing)
    if len(largest) > _SHOWN and not st.session_state.get(key) and st.button(f"All {len(largest)}", key=f"{key}_go"):
        st.session_state[key] = True
        st.rerun()


def _about(thing: _Thing) -> str:
    return f"{size(thing.size)} · {when(thing.made)}" if thing.made else size(thing.size)


def _drop_data(thing: _Thing) -> None:
    keep = work.datasets()

    def delete() -> Callable[[], None]:
        thrown = keep.delete(thing.key)
        if session.dataset_id() == thing.key:
            session.choose_dataset(None)
        system_sizes.count_again()
        return lambda: keep.restore(thrown)

    what = "The rows and all their versions go to the trash. Runs made from them stay."
    confirm.ask_delete(thing.name, what, delete)


def _drop_run(thing: _Thing) -> None:
    place = session.workspace()

    def delete() -> Callable[[], None] | None:
        thrown = store.delete(place, thing.key)
        if session.run_id() == thing.key:
            session.choose_run(None)
        system_sizes.count_again()
        return None if thrown is None else lambda: store.restore(place, thrown)

    confirm.ask_delete(thing.name, "The model, its scores and its later evaluations go to the trash.", delete)


def _models(cache: Path) -> None:
    found = [choice for choice in model_choices.here("") if choice.folder and choice.folder.is_relative_to(cache)]
    things = [_Thing(choice.name, choice.title, download_folder(cache, choice.name)) for choice in found]
    _things("Downloaded models", things, _drop_model)
    st.caption("A run that started from one keeps its own model; only a resume or a new run needs the download again.")


def _drop_model(thing: _Thing) -> None:
    @st.dialog("Delete this download?", icon=":material/delete_forever:")
    @caught()
    def question() -> None:
        st.markdown(f"**{plain(thing.name)}** can be downloaded again when there is a network.")
        if st.button("Delete it", key="drop_model_yes", type="primary"):
            _refuse_while_busy()
            with st.spinner("Deleting it"):
                shutil.rmtree(thing.folder)
            system_sizes.count_again()
            st.rerun()

    question()


def _cache(cache: Path, uploads: Path) -> None:
    folders = [folder for folder in cache.iterdir() if folder.name != MODELS]
    left_over = [folder for folder in uploads.iterdir() if folder.is_dir()]
    st.markdown(f"**Made again when needed** · {size(sum(system_sizes.of(str(folder)) for folder in folders))}")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(
            f":gray[{count(len(folders), 'prepared text', 'prepared texts')} for faster starts]", width="content"
        )
        if folders and st.button("Empty", key="empty_cache", type="tertiary"):
            _refuse_while_busy()
            with st.spinner("Emptying it"):
                session.workspace().forget_prepared()
            system_sizes.count_again()
            st.toast("Emptied.")
            st.rerun()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        line(
            f"Files that were brought · {size(sum(system_sizes.of(str(folder)) for folder in left_over))}",
            "Copies of uploads; finished datasets hold their own.",
        )
        if left_over and st.button("Remove", key="empty_uploads", type="tertiary"):
            _refuse_while_busy()
            with st.spinner("Removing them"):
                for folder in left_over:
                    shutil.rmtree(folder)
            system_sizes.count_again()
            st.rerun()


def _refuse_while_busy() -> None:
    """Raises StateError while something is at work: it may be reading just that."""
    if store.list_jobs(session.workspace(), rows.ACTIVE):
        raise StateError("Something is at work and may need this.", "Wait until it has ended, or stop it first.")
