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
from sft_core.evaluation.wording import counted, marked
from sft_core.jobs import store
from sft_core.workspace import open_workspace

JOBS, DATASETS = ("job", "jobs"), ("dataset", "datasets")
ENDED = {"finished": "has finished", "stopped": "was stopped", "failed": "has failed", "lost": "was lost"}
WIDEST = 100_000  # characters


def status() -> None:
    """List the jobs of the workspace, newest first."""
    workspace = open_workspace()
    store.ensure_supervisor(workspace)
    jobs = store.list_jobs(workspace)
    table = Table(Column("job", no_wrap=True), "what", "name", "state", "note", box=None)  # an id is there to be copied
    for job in jobs:
        table.add_row(*(Text(marked(cell)) for cell in (job.id, job.kind, job.title, job.state, job.message)))
    typer.echo(_text_of(table) if jobs else "No jobs yet.")


def _text_of(table: Table) -> str:
    """The table as wide as the terminal; in a pipe as wide as it needs, since nothing there is for the eye only."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, console.measure(table, options=console.options.update(width=WIDEST)).maximum)
    with console.capture() as shown:
        console.print(table)
    return "\n".join(line.rstrip() for line in shown.get().splitlines())


def stop(
    run: Annotated[Path | None, typer.Option("--run", help="The folder of the run to stop.")] = None,
    all_jobs: Annotated[bool, typer.Option("--all", help="Stop everything that runs or waits.")] = False,
) -> None:
    """Ask a run, or everything, to stop; what was done so far is kept."""
    workspace = open_workspace()
    store.ensure_supervisor(workspace)
    if all_jobs:
        stopped = store.stop_all(workspace)
        typer.echo(f"Stopping {counted(len(stopped), JOBS)}." if stopped else "Nothing runs or waits.")
        return
    if run is None:
        raise InputError("Say which run to stop.", "Give --run FOLDER, or --all.")
    job = job_of(workspace, run)
    if not job.active:
        typer.echo(f"It is not running: it {ENDED[job.state]}.")
        return
    job = store.stop(workspace, job.id)
    typer.echo(job.message if job.state == "stopped" else "Stopping; what was done so far is saved first.")


def rebuild() -> None:
    """Make the register anew from the folders of the workspace."""
    workspace = open_workspace()
    added, datasets = store.rebuild(workspace), DatasetStore(workspace).rebuild()
    listed = counted(len(store.list_jobs(workspace)), JOBS)
    typer.echo(f"Added {counted(added, JOBS)}. There are now {listed} and {counted(datasets, DATASETS)}.")
