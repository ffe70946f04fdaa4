"""`evaluate`, `predict`, `export`: what can be done with a finished run."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from sft_core.cli import options
from sft_core.cli.follow import follow
from sft_core.cli.run import run_folder
from sft_core.config import ReadOptions
from sft_core.errors import InputError, StateError
from sft_core.jobs import store
from sft_core.workspace import RunFolder, new_id, open_workspace

LATER_FORMATS = ("onnx", "onnx-int8")


def evaluate(
    run: options.Run,
    data: options.Data,
    out: Annotated[Path, typer.Option("--out", help="Where the report goes, as JSON.")],
    text: options.Text = None,
    text_pair: options.TextPair = None,
    label: options.Label = None,
    map_label: Annotated[list[str] | None, typer.Option("--map-label", help="THEIRS=OURS, for each label.")] = None,
    sheet: options.Sheet = None,
) -> None:
    """Score a run on a later file."""
    folder = finished_run(run)
    request = {
        "run": str(folder.root),
        "data": options.existing(data),
        "read": ReadOptions(sheet=sheet).model_dump(),
        "text": text or [],
        "text_pair": text_pair,
        "label": label,
        "label_map": options.mapping(map_label or []),
        "name": data.name,
    }
    workspace = open_workspace()
    job = store.submit(
        workspace, "evaluate", request, title=data.name, folder=folder.evaluations / new_id(), parent=folder.root.name
    )
    job = follow(workspace, job)
    _deliver(job.folder / "report.json", out)


def predict(
    run: options.Run,
    data: options.Data,
    out: Annotated[Path, typer.Option("--out", help="Where the answers go, as CSV.")],
    text: options.Text = None,
    text_pair: options.TextPair = None,
    sheet: options.Sheet = None,
) -> None:
    """Answer every row of a file: its columns, the class, how sure, and the probability of each class."""
    folder = finished_run(run)
    request = {
        "run": str(folder.root),
        "data": options.existing(data),
        "read": ReadOptions(sheet=sheet).model_dump(),
        "text": text or [],
        "text_pair": text_pair,
        "format": out.suffix.lstrip(".").lower() or "csv",
        "name": data.name,
    }
    workspace = open_workspace()
    job = follow(workspace, store.submit(workspace, "predict", request, title=data.name))
    _deliver(next(job.folder.glob("predictions.*")), out)


def export(
    run: options.Run,
    out: Annotated[Path, typer.Option("--out", help="Where the file goes.")],
    format: Annotated[str, typer.Option("--format", help="zip (onnx and onnx-int8 come later).")] = "zip",
) -> None:
    """Put the model with its report into one file to take along."""
    if format in LATER_FORMATS:
        raise InputError(f"The format {format} cannot be made yet.", "Use --format zip.")
    if format != "zip":
        raise InputError(f"There is no format {format!r}.", "Use --format zip.")
    folder = finished_run(run)
    workspace = open_workspace()
    job = store.submit(workspace, "export", {"run": str(folder.root), "format": format}, title=folder.root.name)
    job = follow(workspace, job)
    _deliver(next(job.folder.glob("*.zip")), out)


def finished_run(path: Path) -> RunFolder:
    """The run at a path, with a model to use. Raises InputError or StateError."""
    folder = run_folder(path)
    if not folder.model.is_dir() or not folder.report.is_file():
        raise StateError(
            "This run has no model yet.", f"Wait for its end, or go on with: python -m sft_core resume --run {path}"
        )
    return folder


def _deliver(made: Path, out: Path) -> None:
    out = out.expanduser()
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, out)
    typer.echo(str(out))
