"""`train`, `resume`, `demo`: submit a run and follow it."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from sft_core.cli import options
from sft_core.cli.asking import request_of, wish
from sft_core.cli.follow import follow
from sft_core.cli.places import expanded, free_folder
from sft_core.config import DEFAULT_TASK, SplitPlan, TrainRequest
from sft_core.data.sample.files import sample_files
from sft_core.errors import InputError
from sft_core.evaluation.verdict import verdict
from sft_core.evaluation.wording import marked
from sft_core.jobs import store
from sft_core.jobs.identity import command_began
from sft_core.models.resolve import HUB_ID, is_present
from sft_core.records import read_json
from sft_core.tasks.registry import get_task
from sft_core.training.checkpoints import PREFIX, is_whole
from sft_core.workspace import RunFolder, Workspace, new_id, open_workspace

Out = Annotated[Path, typer.Option("--out", help="The folder of the new run.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="The same seed gives the same result again.")]


def train(
    data: options.Data,
    out: Out,
    task: Annotated[str, typer.Option("--task", help="text-classification or image-classification.")] = DEFAULT_TASK,
    validation: options.Validation = None,
    test: options.Test = None,
    text: options.Text = None,
    text_pair: options.TextPair = None,
    label: options.Label = None,
    group: options.Group = None,
    split_column: options.SplitColumn = None,
    sheet: options.Sheet = None,
    read: options.Read = None,
    split_seed: Annotated[int, typer.Option("--split-seed", min=0, help="Another number keeps back other rows.")] = 0,
    model: Annotated[str | None, typer.Option("--model", help="bundled (the default), a hub id, or a folder.")] = None,
    preset: Annotated[str | None, typer.Option("--preset", help="quick, balanced (the default) or best.")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="A YAML file with settings, model, preset.")] = None,
    assignments: Annotated[list[str] | None, typer.Option("--set", help="A setting as key=value.")] = None,
    seed: Seed = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Processor cores to use.")] = None,
    as_json: options.Json = False,
) -> None:
    """Fine-tune a model on a file and judge it on rows that it has never seen."""
    get_task(task)
    files = {"train": data, "validation": validation, "test": test}
    request = request_of(
        wish(config, assignments, model, preset, threads, seed),
        **{split: path and options.existing(path) for split, path in files.items()},
        **{"task": task, "name": data.name},
        roles=options.roles(text, text_pair, label, group, split_column),
        read=options.reading(read, sheet),
        split=SplitPlan(seed=split_seed),
    )
    folder = free_folder(out)
    workspace = open_workspace()
    _fetch(workspace, request.model, as_json)
    _start(workspace, request, folder, as_json)


def resume(run: options.Run, as_json: options.Json = False) -> None:
    """Go on with a run that was stopped, failed or was lost."""
    workspace = open_workspace()
    job = store.resume(workspace, job_of(workspace, run).id, began=command_began())
    _follow_run(workspace, job, as_json)


def demo(
    out: Annotated[Path | None, typer.Option("--out", help="The folder of the run; default: in the workspace.")] = None,
    as_json: options.Json = False,
) -> None:
    """The sample data, preset quick, seed 0, from the file to the report."""
    workspace = open_workspace()
    request = TrainRequest(train=str(sample_files()["train"]), preset="quick", name="Sample", seed=0)
    _start(workspace, request, free_folder(out or workspace.runs / new_id()), as_json)


def run_folder(path: Path) -> RunFolder:
    """The run at a path, or of this id in the workspace (as `status` lists it). Raises InputError."""
    folder = RunFolder(expanded(path))
    if not folder.is_run and path.name == str(path):
        folder = _of_id(path.name)
    if not folder.is_run:
        hint = "Give --run the folder that `train --out` made, or the id of a run that `status` lists."
        raise InputError(f"There is no run in {path}.", hint)
    return folder


def _of_id(name: str) -> RunFolder:
    """The run that bears this id; its folder may lie anywhere, and have another name."""
    workspace = open_workspace()
    try:
        return RunFolder(store.get(workspace, name).folder)
    except InputError:
        return RunFolder(workspace.runs / name)


def job_of(workspace: Workspace, path: Path) -> store.Job:
    """The job of a run's folder; a folder that was copied here is added to the register. Raises InputError."""
    job = store.find(workspace, run_folder(path).root)
    if job is None:
        raise InputError(f"The run in {path} has no record of how it was started.", "Start a new run with `train`.")
    return job


def _fetch(workspace: Workspace, model: str, as_json: bool) -> None:
    """Download a model of the hub that is not here yet, as the Model page does."""
    if HUB_ID.match(model) and not Path(model).is_dir() and not is_present(model, workspace.cache):
        follow(workspace, store.submit(workspace, "download", {"model": model}, title=model), quiet=as_json)


def _start(workspace: Workspace, request: TrainRequest, folder: Path, as_json: bool) -> None:
    asked = request.model_dump(mode="json")
    job = store.submit(workspace, "train", asked, title=request.name, folder=folder, began=command_began())
    try:
        _follow_run(workspace, job, as_json)
    except InputError:
        if not _has_learnt(RunFolder(job.folder)):  # no folder in the way of the next try
            store.delete(workspace, job.id)
            shutil.rmtree(job.folder, ignore_errors=True)
        raise


def _has_learnt(run: RunFolder) -> bool:
    """Whether a whole state is there to go on from; the folder for states is made before the first one."""
    return any(is_whole(path) for path in run.checkpoints.glob(f"{PREFIX}[0-9]*"))


def _follow_run(workspace: Workspace, job: store.Job, as_json: bool) -> None:
    hint = f"Go on with: python -m sft_core resume --run {job.folder}"
    job = follow(workspace, job, resume_hint=hint, quiet=as_json)
    report = read_json(RunFolder(job.folder).report)
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2) if as_json else _summary(report, job.folder))


def _summary(report: dict[str, Any], folder: Path) -> str:
    return f"{marked(str(verdict(report)))}\nThe run with its model, report and predictions is in {folder}"
