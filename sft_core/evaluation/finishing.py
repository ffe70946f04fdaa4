"""The end of a run: calibrate, save the model, answer the test rows, write the report and the model card."""

import shutil
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import softmax

from sft_core.data.audit import audit
from sft_core.data.gathering import Gathered
from sft_core.evaluation.answers import Answers
from sft_core.evaluation.baselines import Baseline, learnt_from_part, part_warnings
from sft_core.evaluation.clock import Clock
from sft_core.evaluation.predictions import write_predictions
from sft_core.evaluation.report import RunFacts, build_report
from sft_core.features.inference import forward
from sft_core.features.known import fit_known_scale
from sft_core.records import publish, write_json
from sft_core.scoring.calibration import fit_temperature
from sft_core.tasks.engine import Floats
from sft_core.training.job import TrainResult
from sft_core.training.setup import Setup, environment
from sft_core.workspace import RunFolder


def finish(
    setup: Setup,
    gathered: Gathered,
    baselines: Mapping[str, Baseline],
    result: TrainResult,
    run: RunFolder,
    clock: Clock,
) -> None:
    """From the best state to `model/`, `predictions.parquet`, `report.json` and the model card."""
    temperature = fold_temperature(setup)
    logits = {split: _logits(setup, split) for split in ("validation", "test")}
    rows = len(setup.splits["train"])
    parts = learnt_from_part(baselines, rows)
    answers = {split: _answers(gathered, setup, split, _probabilities(logits[split])) for split in logits}
    write_predictions(run.predictions, answers["test"], setup.labels)
    save_model(setup, run, logits["validation"])
    report = build_report(
        facts=_facts(setup, gathered, result),
        labels=setup.labels,
        validation=answers["validation"],
        test=answers["test"],
        baselines={name: _answers(gathered, setup, "test", baseline.test) for name, baseline in baselines.items()},
        temperature=temperature,
        uncalibrated=_probabilities(logits["test"] * temperature),
        rival=_rival(gathered),
        audit=audit(gathered.table, gathered.roles),
        timing=result.timing,
        environment={**environment(), "precision": result.precision, "token_budget": result.token_budget},
        warnings=[*gathered.warnings, *part_warnings(parts, rows), *(one["message"] for one in result.warnings)],
        parts=parts,
    )
    report["timing"]["total_seconds"] = clock.total_seconds()  # with the report itself: intervals take a moment
    write_json(run.report, report)


def fold_temperature(setup: Setup) -> float:
    """Fit a temperature on validation (Guo et al., 2017) and fold it into the last layer."""
    logits = _logits(setup, "validation")
    temperature = fit_temperature(logits, setup.splits["validation"].y)
    setup.engine.scale_logits(setup.model, temperature)
    return temperature


def save_model(setup: Setup, run: RunFolder, validation_logits: Floats) -> None:
    """Write the Hugging Face folder aside and give it its name when it is whole."""
    aside = run.root / ".model.tmp"
    shutil.rmtree(aside, ignore_errors=True)
    setup.engine.save(setup.model, setup.encoder, aside)
    fit_known_scale(validation_logits).save(aside)
    shutil.rmtree(run.model, ignore_errors=True)  # of an attempt that did not reach its end
    publish(aside, run.model)


def _logits(setup: Setup, split: str) -> Floats:
    """In fp32: what is stored must be what the saved model says anywhere else."""
    return forward(setup.model, setup.engine, setup.rows[split], precision="off")


def _probabilities(logits: Floats) -> Floats:
    return np.asarray(softmax(logits.astype(np.float64), axis=1), dtype=np.float32)


def _answers(gathered: Gathered, setup: Setup, split: str, probabilities: Floats) -> Answers:
    return Answers(gathered.rows(split).drop(columns="_split"), setup.splits[split].true, probabilities)


def _rival(gathered: Gathered) -> list[str] | None:
    column = gathered.roles.rival
    return list(gathered.rows("test")[column]) if column else None


def _facts(setup: Setup, gathered: Gathered, result: TrainResult) -> RunFacts:
    training: dict[str, Any] = {
        "steps": result.steps,
        "planned_steps": result.planned_steps,
        "best_step": result.best_step,
        "stopped_early": result.stopped_early,
        "frozen_body": result.best_step == 0,
        "history": [entry.__dict__ for entry in result.history],
    }
    return RunFacts(
        task=setup.request.task,
        model=setup.base.name,
        preset=setup.request.preset,
        seed=setup.settings.seed,
        rows=gathered.counts(),
        extra={"data_hash": gathered.fingerprint(), "training": training},
    )
