"""How long a training will take here and whether it fits: measured by a pre-flight of a few real steps, a job.

One measurement serves all presets: what differs between them is how often the rows are looked at.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import streamlit as st
from components import session, work
from components.recipe import Recipe
from components.trouble import caught
from components.wording import duration, number, plain

from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError
from sft_core.jobs import rows, store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.training.presets import DataFacts, resolve_settings

KIND = "preflight"
_START_UP = 15.0  # seconds: loading, simple methods, the last test


@dataclass(frozen=True)
class Estimate:
    """What a pre-flight found: `found` is its estimate.json, `facts` what it measured of the data."""

    job: Job
    recipe: Recipe
    found: dict[str, Any] | None = None
    facts: DataFacts | None = None

    @property
    def pending(self) -> bool:
        """Whether it is still at work."""
        return self.job.active

    @property
    def refused(self) -> bool:
        """Whether it was measured that this cannot fit."""
        return self.found is not None and self.found.get("fits") is False

    def settings(self, preset: str) -> dict[str, Any] | None:
        """The values of a preset for this data without own changes, None where the data is not measured yet."""
        return self._resolved(preset, {})

    def seconds(self, preset: str) -> float | None:
        """How long a run with this preset takes."""
        mine, measured = self._resolved(preset, self.recipe.changes), self.found
        own = self._resolved(self._measured_preset(), self.recipe.changes)
        if not (mine and own and measured and self.facts) or not measured["samples_per_second"]:
            return None
        shown = mine["epochs"] * self.facts.rows / measured["samples_per_second"]
        other = max(0.0, measured["total_seconds"] - own["epochs"] * self.facts.rows / measured["samples_per_second"])
        return _START_UP + shown + other

    def _measured_preset(self) -> str:
        return str(read_order(self.job.folder).request.get("preset") or self.recipe.preset)

    def _resolved(self, preset: str, changes: dict[str, Any]) -> dict[str, Any] | None:
        if self.facts is None:
            return None
        try:
            settings, _reasons = resolve_settings(preset, self.facts, changes, self.recipe.seed)
        except SFTError:
            return None
        return settings.model_dump()


def of(recipe: Recipe, info: DatasetInfo) -> Estimate | None:
    """The measurement for this model, data and own settings; begun where there is none and nothing else trains."""
    key = _key(recipe, info)
    known = [job for job in store.list_jobs(session.workspace(), kinds=[KIND]) if job.idem == key]
    if known:
        return _read(known[0], recipe)
    if recipe.changes or _busy():
        return None
    return _read(_measure(recipe, info, key), recipe)


def ask(recipe: Recipe, info: DatasetInfo) -> None:
    """Measure own settings: not begun by itself, since each change would begin another one."""
    _measure(recipe, info, _key(recipe, info))


def make_way(dataset_id: str) -> None:
    """Stop measuring: a run shall begin, and both need the same processor."""
    for job in store.list_jobs(session.workspace(), rows.ACTIVE, [KIND]):
        if job.idem and job.idem.startswith(f"{KIND}-{dataset_id}-"):
            store.stop(session.workspace(), job.id)


def in_words(estimate: Estimate | None, preset: str) -> str:
    """How long a preset takes, for its card."""
    if estimate is None:
        return "Time: known after a short measurement"
    if estimate.pending:
        return "Measuring how long it takes here…"
    seconds = estimate.seconds(preset)
    if seconds:
        return f"About {duration(seconds)} on this machine"
    why = estimate.job.message or str((estimate.found or {}).get("message") or "")
    return f"Time: could not be measured. {plain(why, 160)}".rstrip()


def refusal(estimate: Estimate | None) -> None:
    """Say it where it was measured that this cannot work, with the way out."""
    if estimate is None or estimate.pending:
        return
    if estimate.refused and estimate.found:
        st.error(plain(estimate.found["hint"]), title=plain(estimate.found["message"]), icon=":material/error:")
    elif estimate.job.state == "failed":
        title = plain(estimate.job.message or "A short try of this training did not work.")
        st.warning(plain(estimate.job.hint or "Look at the data and the settings."), title=title)
        if st.button("Measure again", key="measure_again"):
            store.resume(session.workspace(), estimate.job.id)
            store.ensure_supervisor(session.workspace())
            st.rerun()


def figures(estimate: Estimate | None) -> str:
    """Memory and speed, for the settings."""
    if estimate is None or not estimate.found:
        return ""
    found = estimate.found
    return (
        f"Measured here: {number(found['samples_per_second'])} rows a second, {number(found['memory_mb'])} MB of "
        f"memory on top of what is in use; {number(found['free_mb'])} MB are free."
    )


def watch(estimate: Estimate | None) -> None:
    """Draw the page again when the measurement has ended."""
    if estimate is not None and estimate.pending:
        _wait(estimate.job.id)


@st.fragment(run_every=1)
@caught()
def _wait(job_id: str) -> None:
    if not store.get(session.workspace(), job_id).active:
        st.rerun()


def _busy() -> bool:
    """Whether the processor already works for a run: measuring beside it would measure that."""
    return any(job.lane == "train" for job in store.list_jobs(session.workspace(), rows.ACTIVE))


def _measure(recipe: Recipe, info: DatasetInfo, key: str) -> Job:
    request = recipe.request(info.name, info.current).model_dump(mode="json")
    title = f"Measuring · {info.name}"
    job = store.submit(session.workspace(), KIND, request, title=title, idem=key)
    store.ensure_supervisor(session.workspace())
    return job


def _key(recipe: Recipe, info: DatasetInfo) -> str:
    said = json.dumps([recipe.model, recipe.changes, info.roles.model_dump()], sort_keys=True)
    return f"{KIND}-{info.id}-{info.current}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _read(job: Job, recipe: Recipe) -> Estimate:
    if job.state == "stopped":  # it made way for a run
        return Estimate(store.resume(session.workspace(), job.id), recipe) if not _busy() else Estimate(job, recipe)
    found = work.read_if_there(job.folder / "estimate.json") if job.state == "finished" else None
    measured = (work.read_if_there(job.folder / "config.json") or {}).get("measured")
    return Estimate(job, recipe, found, DataFacts(**measured) if found and measured else None)
