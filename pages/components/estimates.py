"""How long a training will take here and whether it fits: measured by a pre-flight of a few real steps, a job.

One measurement serves all presets and all settings that change only how often rows are looked at. Other settings are
measured by themselves, as soon as they have settled; what was still being measured for the model then makes way.
"""

import hashlib
import json
import secrets
import time
from typing import Any

import streamlit as st
from components import session
from components.recipe import Recipe
from components.timing import Estimate, read
from components.trouble import caught
from components.wording import duration, number, plain

from sft_core.data.store import DatasetInfo
from sft_core.jobs import rows, store
from sft_core.jobs.folders import read_order
from sft_core.jobs.store import Job
from sft_core.tasks.registry import task_for
from sft_core.training.estimate import DECIDE_SPEED

KIND = "preflight"
SETTLE = 1.5  # seconds without another change, before settings are measured
_WISHED = "wished_to_measure"


def of(recipe: Recipe, info: DatasetInfo) -> Estimate:
    """The measurement for this model, data and settings; begun where there is none and nothing else trains."""
    key = _key(recipe, info)
    jobs = store.list_jobs(session.workspace(), kinds=[KIND])
    for job in jobs:
        if job.active and _is_of(job, _of_model(recipe, info.id)) and not _is_of(job, key):
            store.stop(session.workspace(), job.id)
    known = next((job for job in reversed(jobs) if _is_of(job, key)), None)  # the newest
    if known is not None and known.state != "stopped":
        return read(known, recipe, key)
    if _busy():
        return Estimate(recipe, key, busy=True)
    if known is not None:  # it made way for a run, or for other settings
        known = store.resume(session.workspace(), known.id)
        store.ensure_supervisor(session.workspace())
        return Estimate(recipe, key, known)
    if not _settled(recipe, key):
        return Estimate(recipe, key)
    return Estimate(recipe, key, _measure(recipe, info, key))


def make_way(dataset_id: str) -> None:
    """Stop measuring: a run shall begin, and both need the same processor."""
    for job in store.list_jobs(session.workspace(), rows.ACTIVE, [KIND]):
        if _is_of(job, f"{KIND}-{dataset_id}-"):
            store.stop(session.workspace(), job.id)


def in_words(estimate: Estimate | None, preset: str) -> str:
    """How long a preset takes, for its card."""
    if estimate is None:
        return "Time: known after a short measurement"
    if estimate.busy:
        return "Time: measured as soon as nothing else trains here"
    if estimate.pending:
        return "Measuring how long it takes here…"
    seconds = estimate.seconds(preset)
    if seconds:
        return f"About {duration(seconds)} on this machine"
    why = (estimate.job.message if estimate.job else "") or str((estimate.found or {}).get("message") or "")
    return f"Time: could not be measured. {plain(why, 160)}".rstrip()


def refusal(estimate: Estimate | None) -> None:
    """Say it where it was measured that this cannot work, with the way out."""
    if estimate is None or estimate.job is None or estimate.pending:
        return
    if estimate.refused and estimate.found:
        st.error(plain(estimate.found["hint"]), title=plain(estimate.found["message"]), icon=":material/error:")
    elif estimate.job.state == "failed":
        title = plain(estimate.job.message or "A short try of this training did not work.")
        say = st.error if estimate.refused else st.warning
        say(plain(estimate.job.hint or "Look at the data and the settings."), title=title)
    else:
        return
    if st.button("Measure again", key="measure_again"):
        _again(estimate.job)
        st.rerun()


def figures(estimate: Estimate | None, words: tuple[str, str] = ("row", "rows"), budget: str = "") -> str:
    """How it stands with the time of these settings, in a sentence; memory and speed where they are known.

    `budget` is what the setting is called that says how much is computed at once.
    """
    if estimate is None or not estimate.found:
        return f"{in_words(estimate, estimate.recipe.preset if estimate else '').rstrip('.…')}."
    found = estimate.found
    if not found["samples_per_second"]:
        return plain(found["message"])
    cut = found.get("token_budget")
    wished = estimate.recipe.changes.get("token_budget")
    fewer = f" {budget}: {number(cut)} is what fits." if cut and wished and cut < wished else ""
    return (
        f"Measured here: {number(found['samples_per_second'])} {words[1]} a second, {number(found['memory_mb'])} MB of "
        f"memory; {number(found['free_mb'])} MB are free.{fewer}"
    )


def watch(estimate: Estimate | None) -> None:
    """Draw the page again when the measurement has ended, or can begin."""
    if estimate is not None and (estimate.pending or estimate.busy):
        _wait(estimate)


@st.fragment(run_every=1)
@caught()
def _wait(estimate: Estimate) -> None:
    if estimate.busy:
        ended = not _busy()
    elif estimate.job is None:
        ended = _settled(estimate.recipe, estimate.key)
    else:
        ended = not store.get(session.workspace(), estimate.job.id).active
    if ended:
        st.rerun()


def _busy() -> bool:
    """Whether the processor already works for a run: measuring beside it would measure that."""
    active = store.list_jobs(session.workspace(), rows.ACTIVE)
    return any(job.lane == "train" and job.kind != KIND for job in active)


def _settled(recipe: Recipe, key: str) -> bool:
    """Whether these settings have stood for a moment: who types three numbers wants one measurement, not three."""
    if not _that_matter(recipe):
        return True
    wished = st.session_state.setdefault(_WISHED, {})
    if wished.get(recipe.model, ("", 0.0))[0] != key:
        wished[recipe.model] = (key, time.monotonic())
    return time.monotonic() - wished[recipe.model][1] >= SETTLE


def _again(job: Job) -> None:
    """Measure once more: other programs may have been closed meanwhile."""
    if job.state == "finished":
        request = read_order(job.folder).request
        store.submit(session.workspace(), KIND, request, title=job.title, idem=f"{job.idem}-{secrets.token_hex(4)}")
    else:
        store.resume(session.workspace(), job.id)
    store.ensure_supervisor(session.workspace())


def _measure(recipe: Recipe, info: DatasetInfo, key: str) -> Job:
    request = recipe.request(info.name, info.current, task_for(info.roles).name).model_dump(mode="json")
    title = f"Measuring · {info.name}"
    job = store.submit(session.workspace(), KIND, request, title=title, idem=key)
    store.ensure_supervisor(session.workspace())
    return job


def _is_of(job: Job, key: str) -> bool:
    return (job.idem or "").startswith(key)


def _that_matter(recipe: Recipe) -> dict[str, Any]:
    return {name: recipe.changes[name] for name in DECIDE_SPEED if name in recipe.changes}


def _of_model(recipe: Recipe, dataset_id: str) -> str:
    """How the keys of all measurements of this dataset and base model begin."""
    return f"{KIND}-{dataset_id}-{_short(recipe.model)}-"


def _key(recipe: Recipe, info: DatasetInfo) -> str:
    said = json.dumps([_that_matter(recipe), info.roles.model_dump()], sort_keys=True)
    return f"{_of_model(recipe, info.id)}{info.current}-{_short(said)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
