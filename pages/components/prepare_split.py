"""The split designer: how rows are dealt out to training, validation and test, seen before it is made."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from components import changes, work
from components.layout import card
from components.prepare_findings import in_words
from components.running import follow
from components.wording import count, number, plain

from sft_core.config import Roles, SplitPlan
from sft_core.data import splitting
from sft_core.data import steps as fix_steps
from sft_core.data.audit import audit
from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError
from sft_core.evaluation.wording import visible

_METHODS = {
    "random": "At random",
    "group": "By what belongs together",
    "time": "By time",
    "column": "By an own column",
}
_ABOUT = {
    "random": "Each class gets its share on each side.",
    "group": "Rows of one group, such as one person or document, stay on one side.",
    "time": "The newest rows are for the test, as later in real life.",
    "column": "A column of the file says what each row is for.",
}
_NEEDS = {"group": "group", "time": "time", "column": "split"}
_SPLITS = {"train": "Training", "validation": "Validation", "test": "Test"}


def show(info: DatasetInfo) -> None:
    """The split as it is, and the designer for another one."""
    st.subheader("What is kept back for the test", anchor=False)
    facts = work.datasets().facts(info.id, info.current)
    made = {name: n for name, n in (facts.get("splits") or {}).items() if name}
    with card():
        if made:
            _made(info, made)
        plan = _ask(info, _plan_of(info), made)
        if changes.is_small(info):
            _preview(info, plan, bool(made))
        else:
            _preview_by_job(info, plan, bool(made))


def _made(info: DatasetInfo, made: Mapping[str, int]) -> None:
    parts = " · ".join(f"**{number(made.get(name, 0))}** {title.lower()}" for name, title in _SPLITS.items())
    proof = _proof(info.id, info.current, info.roles) if changes.is_small(info) else ""
    st.markdown(f":material/verified: {parts}. {proof}")


@st.cache_data(max_entries=16, show_spinner=False)
def _proof(dataset_id: str, version: int, roles: Roles) -> str:
    """The audit of a version as a sentence."""
    found = audit(work.datasets().read_rows(dataset_id, version), roles)
    if found["duplicates_across_splits"] or found.get("groups_across_splits"):
        both = count(found["duplicates_across_splits"], "row has its like", "rows have their like")
        return f"{both} on another side: make the split anew."
    group = " and no group" if found.get("groups_across_splits") == 0 else ""
    return f"Checked: no row{group} lies on two sides."


def _plan_of(info: DatasetInfo) -> SplitPlan:
    plans = [step["params"] for step in changes.steps_of(info) if step["fix"] == "set_split"]
    known = {name: value for name, value in (plans[-1] if plans else {}).items() if name in SplitPlan.model_fields}
    return SplitPlan(**known)


def _ask(info: DatasetInfo, now: SplitPlan, made: Mapping[str, int]) -> SplitPlan:
    key = f"split_{info.id}_{info.current}"
    open_methods = [name for name in _METHODS if name not in _NEEDS or getattr(info.roles, _NEEDS[name])]
    if not made:
        st.markdown(
            "The test rows are never trained on: they tell how good the model really is."
            " Nothing has to be chosen here; a run without a split makes the one below."
        )
    with st.grid(4, min_column_width=150):
        method = st.selectbox(
            "How",
            open_methods,
            index=open_methods.index(now.method) if now.method in open_methods else 0,
            format_func=_METHODS.__getitem__,
            key=f"{key}_method",
            help="Choose columns for group, time or an own split on the Data page to see more ways.",
        )
        test = _share("For the test", now.test_share, (0, 80), f"{key}_test")
        validation = _share("For validation", now.validation_share, (1, 50), f"{key}_validation")
        seed = st.number_input("Seed", 0, 2**31 - 1, now.seed, key=f"{key}_seed", help=_SEED)
    st.caption(_ABOUT[method])
    return SplitPlan(method=method, test_share=test, validation_share=validation, seed=int(seed))


_SEED = "The same number gives the same split again."


def _share(title: str, now: float, bounds: tuple[int, int], key: str) -> float:
    low, high = bounds
    return st.number_input(f"{title}, in 100", low, high, round(100 * now), key=key) / 100


def _preview_by_job(info: DatasetInfo, plan: SplitPlan, made: bool) -> None:
    """The same for a large table, on a click: dealing a million rows out takes a while."""
    job, facts = changes.preview_asked(info, plan)
    if job is not None:
        follow(job.id)
    elif facts is not None:
        _shown(info, facts)
        _make(info, plan, made)
    elif st.button("Show what this gives", key="ask_split_preview"):
        changes.ask_preview(info, plan)


def _preview(info: DatasetInfo, plan: SplitPlan, made: bool) -> None:
    try:
        facts = _dealt(info.id, info.current, info.roles, plan)
    except SFTError as error:
        st.warning(plain(error.hint), title=plain(error.message), icon=":material/warning:")
        return
    _shown(info, facts)
    _make(info, plan, made)


def _shown(info: DatasetInfo, facts: Mapping[str, Any]) -> None:
    totals = facts["totals"]
    parts = " · ".join(f"{number(totals.get(name, 0))} {title.lower()}" for name, title in _SPLITS.items())
    with st.expander(f"This gives {parts}", key=f"split_counts_{info.id}", expanded=len(facts["counts"]) <= 12):
        _counts(facts)
    for note in facts["notes"]:
        st.caption(f":material/info: {in_words(note)}")


@st.cache_data(max_entries=32, show_spinner=False)
def _dealt(dataset_id: str, version: int, roles: Roles, plan: SplitPlan) -> dict[str, Any]:
    _sides, facts = splitting.assign(work.datasets().read_rows(dataset_id, version), roles, plan)
    return facts.as_dict()


def _counts(facts: Mapping[str, Any]) -> None:
    few = set(facts["too_few"])
    rows = [
        {
            "class": visible(label),
            **{title.lower(): n[name] for name, title in _SPLITS.items()},
            "note": "too few test rows to trust" if label in few else "",
        }
        for label, n in facts["counts"].items()
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Rows of each class in training, validation and test")


def _make(info: DatasetInfo, plan: SplitPlan, made: bool) -> None:
    if st.button("Make this split" if not made else "Split anew like this", key="make_split"):
        changes.add(info, fix_steps.step("set_split", **plan.model_dump()))
