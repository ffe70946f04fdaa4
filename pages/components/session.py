"""What this visitor is working on: the current dataset and run, kept in the session and in the address.

The truth lies in the workspace; here are only ids. The address carries them (`?dataset=…&run=…`), so that a link, a
refresh or a second tab shows the same thing; a click in the sidebar drops the address, so the session carries them on.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from sft_core.errors import InputError
from sft_core.workspace import Workspace, checked_id, open_workspace, workspace_root

_DATASET, _RUN = "current_dataset", "current_run"
LOST = "address_leads_nowhere"  # said until something is chosen: a page is often drawn twice in a row
_ADDRESS = {_DATASET: "dataset", _RUN: "run"}


@lru_cache(maxsize=4)
def _opened(root: str) -> Workspace:
    """One workspace object for each root: opening it makes folders and tables, which is needed once only."""
    return open_workspace(Path(root))


def workspace() -> Workspace:
    """The workspace that this dashboard shows."""
    return _opened(str(workspace_root()))


def adopt_address() -> None:
    """Take over the ids of the address, and write those of the session into it. Once a run, before the page."""
    for key, name in _ADDRESS.items():
        value = st.query_params.get(name)
        if value and _is_id(value):
            st.session_state[key] = value
        elif value:
            del st.query_params[name]
        if st.session_state.get(key) and st.query_params.get(name) != st.session_state[key]:
            st.query_params[name] = st.session_state[key]


def dataset_id() -> str | None:
    """Id of the dataset that this visitor works on."""
    return st.session_state.get(_DATASET)


def run_id() -> str | None:
    """Id of the run that this visitor looks at."""
    return st.session_state.get(_RUN)


def choose_dataset(value: str | None) -> None:
    """Work on this dataset from now on; the run of another dataset is no longer the current one."""
    if value != dataset_id():
        choose_run(None)
    _choose(_DATASET, value)


def choose_run(value: str | None) -> None:
    """Look at this run from now on."""
    _choose(_RUN, value)


def go(page: str, *, dataset: str | None = None, run: str | None = None, **address: Any) -> NoReturn:
    """Open a page (`"training.py"`), with another dataset or run where one is given."""
    if dataset:
        choose_dataset(dataset)
    if run:
        choose_run(run)
    st.switch_page(page, query_params={**address_of_now(), **address})


def address_of_now() -> dict[str, str]:
    """The current ids as the address carries them, for links."""
    return {name: st.session_state[key] for key, name in _ADDRESS.items() if st.session_state.get(key)}


def _choose(key: str, value: str | None) -> None:
    st.session_state[key] = value
    if value:
        st.session_state.pop(LOST, None)
    name = _ADDRESS[key]
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def _is_id(value: str) -> bool:
    try:
        return checked_id(value) == value
    except InputError:
        return False
