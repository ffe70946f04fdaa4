"""Turning files into a dataset: the job is submitted here, followed on the page, and opens the next page at its end."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from components import session

from sft_core.config import ReadOptions, Roles
from sft_core.data.store import DatasetInfo
from sft_core.errors import DataError
from sft_core.jobs import store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.workspace import new_id

_PENDING = "import_in_flight"


def start(
    name: str,
    files: Mapping[str, Path],
    read: ReadOptions,
    roles: Roles | None,
    idem: str,
    like: DatasetInfo | None = None,
) -> Job:
    """Ask for the import of these files as a new dataset, changed like another one where that is wished.

    The same `idem` twice makes one dataset.
    """
    request = {
        "name": name,
        "files": {split: str(path) for split, path in files.items()},
        "read": read.model_dump(),
        "roles": roles.model_dump() if roles else None,
        "dataset": new_id(),
        "like": {"dataset": like.id, "version": like.current} if like else None,
    }
    job = store.submit(session.workspace(), "import", request, title=name, idem=idem)
    store.ensure_supervisor(session.workspace())
    return job


def dataset_of(job: Job) -> str:
    """Id of the dataset that an import job makes."""
    return str(read_order(job.folder).request["dataset"])


def settled(job: Job) -> bool:
    """Whether an import has ended well; the dataset is the current one then. Raises DataError where it failed."""
    if job.active:
        return False
    if job.state != "finished":
        hint = job.hint or "Look at how it is read, and try again."
        raise DataError(job.message or "The file could not be read.", hint)
    session.choose_dataset(dataset_of(job))
    return True


def remember(where: str, job: Job) -> None:
    """Keep the id of a job that this visitor waits for."""
    st.session_state[f"{_PENDING}_{where}"] = job.id


def remembered(where: str) -> Job | None:
    """The job that this visitor waits for; None where there is none."""
    job_id = st.session_state.get(f"{_PENDING}_{where}")
    return store.get(session.workspace(), job_id) if job_id else None


def forget(where: str) -> None:
    """Wait no longer."""
    st.session_state.pop(f"{_PENDING}_{where}", None)
