"""The table of contents: what a run, a pre-flight, an evaluation and a prediction do, a line a stage."""

from dataclasses import asdict, replace
from typing import get_args

from sft_core.config import TrainRequest, validated
from sft_core.data.gathering import Gathered, gather, keep, kept
from sft_core.errors import DataError
from sft_core.evaluation.baselines import of_probe, simple_baselines, tell_parts, try_probe
from sft_core.evaluation.clock import Clock
from sft_core.evaluation.finishing import finish
from sft_core.evaluation.later_file import answer_file, judge_file
from sft_core.export.model_card import model_card
from sft_core.export.predictions import FileFormat, predictions_file
from sft_core.records import Work, read_json, write_json, write_text
from sft_core.tasks.fitting import check_reads
from sft_core.tasks.registry import get_task
from sft_core.training.goal import check_goal
from sft_core.training.loop import train
from sft_core.training.preflight import expected, learn_pace, preflight
from sft_core.training.setup import Setup, base_features, choose, language_warning, pooled_features, train_job_of
from sft_core.workspace import RunFolder, Workspace, open_workspace


def train_job(work: Work) -> None:
    """One run, from its rows to its report. On a resume the rows and the settings are those of the first attempt."""
    request, run, workspace = validated(TrainRequest, work.request), RunFolder(work.folder), open_workspace()
    clock, many = Clock(work), get_task(request.task).row_word[1]
    gathered = rows_of_run(request, run, workspace, work)
    with clock.stage("Trying the simple methods"):  # before anything slow: a first matrix after seconds
        baselines = simple_baselines(gathered, request.task, request.seed, work)
    with clock.stage("Loading the base model"):
        setup = choose(request, gathered, run, workspace, work)
        gathered = _with_language_warning(gathered, setup, work)
    with clock.stage(f"Reading the {many} with the base model"):
        features = base_features(setup, work)
        probe = try_probe(setup.splits, features.pooled, gathered.labels, request.seed, work)
        probe.save(run.probe)
        test = pooled_features(setup, "test", work)  # after the probe was told: nobody waits for these
        baselines["probe"] = of_probe(probe, features.pooled["validation"], test, setup.splits["train"])
        tell_parts(baselines, len(setup.splits["train"]), work)
    with clock.stage("Fine-tuning"):
        job = train_job_of(setup, features, run, work)
        result = train(job, expected(job, workspace.cache))
        learn_pace(job, result, workspace.cache)
    with clock.stage(f"Testing on {many} that it has never seen"):
        finish(setup, gathered, baselines, result, run, clock)
        write_text(run.model / "README.md", model_card(read_json(run.report), read_json(run.config), folder="."))


def rows_of_run(request: TrainRequest, run: RunFolder, workspace: Workspace, work: Work) -> Gathered:
    """The rows of a run: from its folder where they were put there before, else from what was asked."""
    known = kept(run)
    if known is not None:
        return known
    work.events.add("stage", name="Reading the data")
    gathered = gather(request, workspace, run.root, work.progress)
    check_reads(request.task, gathered.roles)
    check_goal(request.settings, gathered.labels, set(gathered.rows("validation")[str(gathered.roles.label)]))
    keep(gathered, run)
    for warning in gathered.warnings:
        work.events.add("warning", message=warning, hint="")
    return gathered


def _with_language_warning(gathered: Gathered, setup: Setup, work: Work) -> Gathered:
    """The same rows; where the base model does not fit their language, that is said now and in the report."""
    said = language_warning(setup)
    if said is None:
        return gathered
    if work.attempt == 1:
        work.events.add("warning", message=said, hint="Choose a model that has learnt this language.")
    return replace(gathered, warnings=(*gathered.warnings, said))


def preflight_job(work: Work) -> None:
    """Two real steps with the settings of a request: memory and time before anything is started (`estimate.json`)."""
    request, folder, workspace = validated(TrainRequest, work.request), RunFolder(work.folder), open_workspace()
    gathered = gather(request, workspace, folder.root, work.progress)
    setup = choose(request, gathered, folder, workspace, work)
    found = preflight(train_job_of(setup, None, folder, work), workspace.cache)
    write_json(folder.root / "estimate.json", asdict(found))


def evaluate_job(work: Work) -> None:
    """A later file, scored (or only answered, where it has no labels) by a finished run."""
    judge_file(work)


def predict_job(work: Work) -> None:
    """Answers for every row of a file, as csv, xlsx or parquet."""
    form: FileFormat = work.request.get("format") or "csv"
    if form not in get_args(FileFormat):  # before the work, not after it
        raise DataError(f"Answers cannot be written as {form!r}.", "Name the file .csv, .xlsx or .parquet.")
    predictions_file(answer_file(work), work.folder / f"predictions.{form}", form)
