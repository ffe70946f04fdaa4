"""Where somebody stands in the tour on the sample: kept in the workspace, and checked against what is really there."""

from dataclasses import dataclass
from typing import Any, NoReturn

import streamlit as st
from components import preferences, samples, session, tour_steps, work
from components.tour_steps import Step

from sft_core.jobs import store
from sft_core.jobs.store import Job

_KEPT = "tour"
ON, LEFT, DONE = "on", "left", "done"


@dataclass(frozen=True)
class Standing:
    """The step at which the tour is, with the sample's data, and the run that the step speaks of."""

    step: Step
    dataset: str
    run: work.Run | None

    @property
    def test(self) -> Job | None:
        """The newest test of that run on a later file."""
        if self.run is None:
            return None
        found = store.list_jobs(session.workspace(), kinds=["evaluate"], parent=self.run.id)
        return found[-1] if found else None

    def waits(self) -> bool:
        """Whether what the step waits for is not there yet."""
        if self.step.waits == "run":
            return self.run is None
        if self.step.waits == "result":
            return self.run is None or self.run.job.state != "finished"
        return self.step.waits == "later" and (self.test is None or self.test.state != "finished")


def state() -> str:
    """ON, LEFT, DONE, or "" where it was never begun."""
    return str(_kept().get("state") or "")


def standing() -> Standing | None:
    """Where the tour is; None while it is not on, or its data is not here."""
    kept = _kept()
    return _checked(kept) if kept.get("state") == ON else None


def kept_step() -> Step:
    """The step at which it was left."""
    return tour_steps.find(_kept().get("step"))


def begin() -> NoReturn:
    """From the first step; the sample is fetched where it is not here."""
    _keep(state=ON, step=tour_steps.FIRST.key)
    go_on()


def go_on() -> NoReturn:
    """Open the place where the tour is, and fetch the sample first where it is not here."""
    dataset = _sample()
    _keep(state=ON, dataset=dataset)
    now = standing()
    if now is None:
        samples.start()
        st.switch_page("home.py")
    open_(now)


def turn(now: Standing, by: int) -> NoReturn:
    """One step on (1) or back (-1); after the last one it is done."""
    step = tour_steps.neighbour(now.step, by, started=now.run is not None)
    if step is None:
        _keep(state=DONE)
        st.switch_page("home.py")
    _keep(step=step.key)
    open_(standing() or now)


def open_(now: Standing) -> NoReturn:
    """Open the page of a step, with what it speaks of."""
    more = {"answers": now.test.id} if now.step.key == "changed" and now.test else {}
    run = now.run.id if now.run and tour_steps.number(now.step) > tour_steps.number(tour_steps.find("model")) else None
    session.go(now.step.page, dataset=now.dataset, run=run, **more)


def leave() -> None:
    """Put it aside; the place is kept."""
    _keep(state=LEFT)


def _checked(kept: dict[str, Any]) -> Standing | None:
    """The step that was kept, or an earlier one where what it needs was deleted or is not finished."""
    dataset = str(kept.get("dataset") or "")
    if not dataset or all(info.id != dataset for info in work.datasets().list()):
        return None
    step, run = tour_steps.find(kept.get("step")), _run(dataset)
    start, learning = tour_steps.find("start"), tour_steps.find("learning")
    if step == start and run is not None:
        step = learning
    elif tour_steps.number(step) > tour_steps.number(start) and run is None:
        step = start
    elif tour_steps.number(step) > tour_steps.number(learning) and run and run.job.state != "finished":
        step = learning
    now = Standing(step, dataset, run)
    if step.key == "changed" and now.test is None:
        return Standing(tour_steps.find("later"), dataset, run)
    return now


def _run(dataset: str) -> work.Run | None:
    """The run that is looked at where it learnt from the sample, else its newest result, else its newest run."""
    own = work.runs(dataset)
    looked_at = next((run for run in own if run.id == session.run_id()), None)
    finished = next((run for run in own if run.job.state == "finished"), None)
    return looked_at or finished or next(iter(own), None)


def _sample() -> str | None:
    """The id of the sample's data: what the tour was begun on, else the newest that was read from its file."""
    known = [info.id for info in work.datasets().list()]
    before = _kept().get("dataset")
    return before if before in known else next((one for one in known if samples.is_made_of(one)), None)


def _kept() -> dict[str, Any]:
    found = preferences.get(_KEPT)
    return found if isinstance(found, dict) else {}


def _keep(**changes: Any) -> None:
    preferences.put(_KEPT, {**_kept(), **changes})
