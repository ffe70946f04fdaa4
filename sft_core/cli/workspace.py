"""`status`, `stop`, `rebuild`: the jobs of the workspace."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from sft_core.cli.run import job_of
from sft_core.data.store import DatasetStore
from sft_core.errors import InputError
from sft_core.evaluation.wording import marked
from sft_core.jobs import store
from sft_core.workspace import open_workspace


def status() -> None:
    """List the jobs of the workspace, newest first."""
    workspace = open_workspace()
    store.ensure_supervisor(workspace)
    jobs = store.list_jobs(workspace)
    table = Table(Column("job", no_wrap=True), "what", "name", "state", "note", box=None)  # an id is there to be copied
    for job in jobs:
        table.add_row(*(Text(marked(cell)) for cell in (job.id, job.kind, job.title, job.state, job.message)))
    Console(highlight=False).print(table if jobs else "No jobs yet.")


def stop(
    run: Annotated[Path | None, typer.Option("--run", help="The folder of the run to stop.")] = None,
    all_jobs: Annotated[bool, typer.Option("--all", help="Stop everything that runs or waits.")] = False,
) -> None:
    """Ask a run, or everything, to stop; what was done so far is kept."""
    workspace = open_workspace()
    store.ensure_supervisor(workspace)
    if all_jobs:
        store.stop_all(workspace)
        return
    if run is None:
        raise InputError("Say which run to stop.", "Give --run FOLDER, or --all.")
    store.stop(workspace, job_of(workspace, run).id)


def rebuild() -> None:
    """Make the register anew from the folders of the workspace."""
    workspace = open_workspace()
    jobs, datasets = store.rebuild(workspace), DatasetStore(workspace).rebuild()
    typer.echo(f"Found {jobs} jobs and {datasets} datasets.")
