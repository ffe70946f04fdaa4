"""What a pre-flight found of a recipe's time and memory, scaled to the passes and looks that are wished now."""

from dataclasses import dataclass
from typing import Any

from components import work
from components.recipe import Recipe

from sft_core.errors import SFTError
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.records import read_outcome
from sft_core.training.presets import DataFacts, resolve_settings

_START_UP = 15.0  # seconds: loading, simple methods, the last test
_BAD_INPUT = 2  # how a job exits that was given what cannot be used


@dataclass(frozen=True)
class Estimate:
    """What is known of a recipe's time and memory: `found` is a pre-flight's estimate.json, `facts` its data's.

    There is no `job` while the settings settle, or where something else trains (`busy`).
    """

    recipe: Recipe
    key: str
    job: Job | None = None
    found: dict[str, Any] | None = None
    facts: DataFacts | None = None
    busy: bool = False

    @property
    def pending(self) -> bool:
        """Whether it is measured now, or in a moment."""
        return not self.busy and (self.job is None or self.job.active)

    @property
    def refused(self) -> bool:
        """Whether it was measured that this cannot fit, or tried that it cannot begin."""
        return (self.found is not None and self.found.get("fits") is False) or self._is_bad_input()

    def settings(self, preset: str) -> dict[str, Any] | None:
        """The values of a preset for this data without own changes, None where the data is not measured yet.

        The rates are those that it has for the optimizer that was chosen.
        """
        values, optimizer = self._resolved(preset, {}), self.recipe.changes.get("optimizer")
        if values is None or optimizer is None:
            return values
        fitting = self._resolved(preset, {"optimizer": optimizer}) or values
        return {**values, "lr_body": fitting["lr_body"], "lr_head": fitting["lr_head"]}

    def seconds(self, preset: str) -> float | None:
        """How long a run with this preset and the own settings takes: what was measured, for as many passes."""
        mine, measured = self._resolved(preset, self.recipe.changes), self.found
        own = self._resolved_as_measured()
        if not (mine and own and measured and self.facts) or not measured["samples_per_second"]:
            return None
        passes = (mine["epochs"] - own["epochs"]) * self.facts.rows / measured["samples_per_second"]
        looks = mine["epochs"] * mine["evaluations_per_epoch"] - own["epochs"] * own["evaluations_per_epoch"]
        more = passes + looks * measured.get("seconds_per_evaluation", 0.0)
        return _START_UP + max(0.0, float(measured["total_seconds"]) + more)

    def _resolved_as_measured(self) -> dict[str, Any] | None:
        request = read_order(self.job.folder).request if self.job else {}
        return self._resolved(str(request.get("preset") or self.recipe.preset), request.get("settings") or {})

    def _resolved(self, preset: str, changes: dict[str, Any]) -> dict[str, Any] | None:
        if self.facts is None:
            return None
        try:
            settings, _reasons = resolve_settings(preset, self.facts, changes, self.recipe.seed)
        except SFTError:
            return None
        return settings.model_dump()

    def _is_bad_input(self) -> bool:
        if self.job is None or self.job.state != "failed":
            return False
        outcome = read_outcome(self.job.folder, self.job.attempt)
        return outcome is not None and outcome.exit == _BAD_INPUT


def read(job: Job, recipe: Recipe, key: str) -> Estimate:
    """What this pre-flight says so far."""
    found = work.read_if_there(job.folder / "estimate.json") if job.state == "finished" else None
    measured = (work.read_if_there(job.folder / "config.json") or {}).get("measured")
    return Estimate(recipe, key, job, found, DataFacts(**measured) if found and measured else None)
