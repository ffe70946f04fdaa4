"""`evaluate`, `predict`, `export`: what can be done with a finished run."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from sft_core.cli import options
from sft_core.cli.follow import follow
from sft_core.cli.places import deliver, result_file
from sft_core.cli.run import run_folder
from sft_core.config import ReadOptions, Roles
from sft_core.errors import InputError, StateError, Stopped
from sft_core.evaluation.mapping import check_label_map
from sft_core.evaluation.verdict import verdict
from sft_core.evaluation.wording import marked, quoted
from sft_core.jobs import store
from sft_core.jobs.identity import command_began
from sft_core.records import read_json
from sft_core.workspace import RunFolder, Workspace, new_id, open_workspace

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
    read: options.Read = None,
) -> None:
    """Score a run on a later file."""
    folder = finished_run(run)
    label_map = options.mapping(map_label or [])
    check_label_map(label_map, read_json(folder.report)["labels"])
    request = {
        **_asked(folder, data, text, text_pair, options.reading(read, sheet)),
        "label": label,
        "label_map": label_map,
    }
    place = result_file(out, data=Path(request["data"]), run=folder.root)
    workspace = open_workspace()
    job = store.submit(
        workspace,
        "evaluate",
        request,
        title=data.name,
        folder=folder.evaluations / new_id(),
        parent=folder.root.name,
        began=command_began(),
    )
    with _nothing_left_of(workspace, job, where=(InputError, Stopped)):
        job = follow(workspace, job)
    deliver(job.folder / "report.json", place)
    typer.echo(f"{marked(str(verdict(read_json(place))))}\nThe report is in {place}")


def predict(
    run: options.Run,
    data: options.Data,
    out: Annotated[Path, typer.Option("--out", help="Where the answers go, as CSV.")],
    text: options.Text = None,
    text_pair: options.TextPair = None,
    sheet: options.Sheet = None,
    read: options.Read = None,
) -> None:
    """Answer every row of a file: its columns, the class, how sure, and the probability of each class."""
    folder = finished_run(run)
    request = {
        **_asked(folder, data, text, text_pair, options.reading(read, sheet)),
        "format": out.suffix.lstrip(".").lower() or "csv",
    }
    place = result_file(out, data=Path(request["data"]), run=folder.root)
    _make_file("predict", request, data.name, "predictions.*", place)


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
    place = result_file(out, data=None, run=folder.root)
    _make_file("export", {"run": str(folder.root), "format": format}, folder.root.name, "*.zip", place)


def finished_run(path: Path) -> RunFolder:
    """The run at a path, with a model to use. Raises InputError or StateError."""
    folder = run_folder(path)
    if not folder.model.is_dir() or not folder.report.is_file():
        raise StateError(
            "This run has no model yet.", f"Wait for its end, or go on with: python -m sft_core resume --run {path}"
        )
    return folder


def _asked(
    folder: RunFolder, data: Path, text: list[str] | None, text_pair: str | None, read: ReadOptions
) -> dict[str, Any]:
    """What every later file is asked with. Raises InputError for more columns than the model reads."""
    roles = Roles.model_validate(read_json(folder.config)["roles"])
    _check_columns(roles, text or [], text_pair)
    return {
        "run": str(folder.root),
        "data": options.existing(data),
        "read": read.model_dump(),
        "text": text or [],
        "text_pair": text_pair,
        "name": data.name,
    }


def _check_columns(roles: Roles, text: Sequence[str], text_pair: str | None) -> None:
    if len(text) > len(roles.text):
        takes = "one --text" if len(roles.text) == 1 else f"at most {len(roles.text)} --text"
        raise InputError(
            f"{len(text)} columns are given as --text, and this run learnt from {quoted(list(roles.text))} alone.",
            f"Give {takes}.",
        )
    if text_pair is not None and roles.text_pair is None:
        raise InputError("This run learnt from no text pairs.", "Leave --text-pair out.")


def _make_file(kind: str, request: dict[str, Any], title: str, pattern: str, place: Path) -> None:
    """Let a job make a file and put it at its place; nothing of it stays in the workspace."""
    workspace = open_workspace()
    job = store.submit(workspace, kind, request, title=title)
    with _nothing_left_of(workspace, job, where=(InputError, Stopped)):
        job = follow(workspace, job)
    try:
        deliver(next(job.folder.glob(pattern)), place)
    finally:
        _remove(workspace, job)
    typer.echo(str(place))


@contextmanager
def _nothing_left_of(workspace: Workspace, job: store.Job, *, where: tuple[type[Exception], ...]) -> Iterator[None]:
    """Remove a job that ends like this; one that broke keeps its log, by which the cause can be found."""
    try:
        yield
    except where:
        _remove(workspace, job)
        raise


def _remove(workspace: Workspace, job: store.Job) -> None:
    """Take a job out of the register and off the disk, past the trash: the result was delivered, or there is none."""
    thrown = store.delete(workspace, job.id)
    if thrown is not None:
        shutil.rmtree(thrown, ignore_errors=True)
    with suppress(OSError):  # the folder `evaluations` of the run, where nothing else lies in it
        if job.kind == "evaluate":
            job.folder.parent.rmdir()
