"""The split designer: how rows are dealt out to training, validation and test, seen before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from components import changes, glossary, prepare_split_shown, prepare_test_file, work
from components.kinds.registry import rows_of
from components.layout import card
from components.prepare_split_shown import SPLITS
from components.prepare_test_file import Given
from components.running import follow
from components.wording import count, number, plain

from sft_core.config import Roles, SplitPlan
from sft_core.data import previews
from sft_core.data import steps as fix_steps
from sft_core.data.audit import audit
from sft_core.data.split_words import ABOUT, METHODS
from sft_core.data.store import DatasetInfo
from sft_core.errors import SFTError

_TOGETHER = " Rows of one group, such as one person or document, stay on one side where enough is left to learn from."
_NEEDS = {"group": "group", "time": "time", "column": "split"}
_PREVIEW = "split_preview"


@dataclass(frozen=True)
class _Wish:
    """The step that is wished, what stands on its button, and the test file that it brings."""

    step: changes.Step
    button: str
    given: Given | None = None

    @property
    def file(self) -> dict[str, Any] | None:
        return self.given.request if self.given else None


def show(info: DatasetInfo) -> None:
    """The split as it is, and the designer for another one."""
    st.subheader("What is kept back for the test", anchor=False, help=glossary.about("split", "validation"))
    facts = work.datasets().facts(info.id, info.current)
    sides = facts.get("splits") or {}
    made = {name: n for name, n in sides.items() if name}
    with card():
        if made:
            _made(info, sides)
        wish = _ask(info, _plan_of(info), made)
        if wish is None:
            return
        if changes.is_small(info) and (wish.given is None or wish.given.rows):
            _preview(info, wish)
        else:
            _preview_by_job(info, wish)


def _made(info: DatasetInfo, sides: Mapping[str, int]) -> None:
    parts = " · ".join(f"**{number(sides.get(name, 0))}** {title.lower()}" for name, title in SPLITS.items())
    parts += f" · **{number(sides[''])}** left out" if sides.get("") else ""
    honest, proof = _proof(info.id, info.current, info.roles) if changes.is_small(info) else (True, "")
    st.markdown(f":material/{'verified' if honest else 'warning'}: {parts}. {proof}")


@st.cache_data(max_entries=16, show_spinner="Checking that nothing lies on two sides")
def _proof(dataset_id: str, version: int, roles: Roles) -> tuple[bool, str]:
    """Whether nothing lies on two sides of a version, and that in words."""
    found = audit(work.datasets().read_rows(dataset_id, version), roles)
    rows, groups, kind = found["duplicates_across_splits"], found["groups_across_splits"], rows_of(roles)
    wrong = []
    if rows:
        both = count(rows, f"{kind.ONE} has its like", f"{kind.MANY} have their like")
        wrong.append(
            f"{both} on another side: make the split anew, or a training leaves out those that are not tested."
        )
    if groups:
        lie = count(groups, "group lies", "groups lie")
        wrong.append(f"{lie} on more than one side: “{METHODS['group']}” keeps them together.")
    group = " and no group" if groups == 0 else ""
    return not wrong, " ".join(wrong) or f"Checked: no {kind.ONE}{group} lies on two sides."


def _plan_of(info: DatasetInfo) -> SplitPlan:
    """How the rows were dealt out last; as a run would do it where nobody has said."""
    dealt = ("set_split", "use_test_file", "leave_test_file")
    params = [one["params"] for one in changes.steps_of(info) if one["fix"] in dealt]
    plan = params[-1].get("plan", params[-1]) if params else {}
    return SplitPlan(**{name: value for name, value in plan.items() if name in SplitPlan.model_fields})


def _ask(info: DatasetInfo, now: SplitPlan, made: Mapping[str, int]) -> _Wish | None:
    """What is wished; None while a test file is still to be brought."""
    key, present = f"split_{info.id}_{info.current}", prepare_test_file.present(info)
    ways = _ways(info.roles)
    why = st.empty()
    first = "file" if present or prepare_test_file.is_brought(info) else now.method
    with st.grid(4, min_column_width=150):
        method = st.selectbox(
            "How",
            ways,
            index=ways.index(first) if first in ways else 0,
            format_func=METHODS.__getitem__,
            key=f"{key}_method",
            help="Choose columns for group, time or an own split on the Data page to see more ways.",
        )
        if method == "file":
            dealt, test = _validation_way(info, ways, now, key), now.test_share
        else:
            dealt, test = method, _share("For the test", now.test_share, (0, 80), f"{key}_test", glossary.about("test"))
        validation = _share("For validation", now.validation_share, (1, 50), f"{key}_validation", _OF_THE_REST)
        seed = st.number_input("Seed", 0, 2**31 - 1, now.seed, key=f"{key}_seed", help=_SEED)
    st.caption(_about(method, info.roles))
    if not made:
        by_itself = "" if method == "file" and not present else _BY_ITSELF
        kept = f"The test {rows_of(info.roles).MANY} are never trained on: they tell how good the model really is."
        why.markdown(f"{kept}{by_itself}")
    plan = SplitPlan(method=dealt, test_share=test, validation_share=validation, seed=int(seed))
    if method == "file":
        return _with_file(info, plan, bool(made), f"{key}_method")
    if present:
        name = plain(prepare_test_file.name_of(info), 60)
        st.caption(f":material/info: The {_counted(info, present)} of {name} are left out then. Undo brings them back.")
        return _Wish(fix_steps.step("leave_test_file", plan=plan), "Split without the test file")
    return _Wish(fix_steps.step("set_split", **plan.model_dump()), _again(bool(made)))


def _ways(roles: Roles) -> list[str]:
    """The ways that the columns allow. What belongs together is never dealt out row by row."""
    fitting = [name for name in METHODS if name not in _NEEDS or getattr(roles, _NEEDS[name])]
    return [name for name in fitting if name != "random" or not roles.group]


def _about(method: str, roles: Roles) -> str:
    return ABOUT[method] + (_TOGETHER if roles.group and method != "group" else "")


def _validation_way(info: DatasetInfo, ways: list[str], now: SplitPlan, key: str) -> str:
    """How validation is taken beside a test file: asked only where the columns give a choice."""
    open_ways = [name for name in ways if name != "file"]
    usual = "group" if info.roles.group else "random"
    if len(open_ways) == 1:
        return usual
    first = now.method if changes.steps_of(info) and now.method in open_ways else usual
    index = open_ways.index(first)
    return st.selectbox("Validation is taken", open_ways, index, format_func=METHODS.__getitem__, key=f"{key}_dealt")


def _with_file(info: DatasetInfo, plan: SplitPlan, made: bool, method_key: str) -> _Wish | None:
    def go_without() -> None:
        st.session_state[method_key] = _ways(info.roles)[0]

    given = prepare_test_file.ask(info, go_without)
    present = bool(prepare_test_file.present(info))
    if given is not None:
        step = fix_steps.step("use_test_file", file=given.id, name=given.name, plan=plan)
        return _Wish(step, "Use it in place of the present one" if present else "Use this test file", given)
    if not present or prepare_test_file.is_brought(info):
        return None
    return _Wish(fix_steps.step("set_split", **plan.model_dump()), _again(made))


def _counted(info: DatasetInfo, rows: int) -> str:
    return count(rows, rows_of(info.roles).ONE, rows_of(info.roles).MANY)


def _again(made: bool) -> str:
    return "Split anew like this" if made else "Make this split"


_BY_ITSELF = " Nothing has to be chosen here; a run without a split makes the one below."
_SEED = glossary.about("seed")
_OF_THE_REST = (
    "Of the rows that the test leaves: 10 in 100 of them are 8 in 100 of all rows where the test takes 20.\n\n"
    + glossary.about("validation")
)


def _share(title: str, now: float, bounds: tuple[int, int], key: str, about: str | None = None) -> float:
    low, high = bounds
    return st.number_input(f"{title}, in 100", low, high, round(100 * now), key=key, help=about) / 100


def _preview_by_job(info: DatasetInfo, wish: _Wish) -> None:
    """The same for a large table, on a click: dealing a million rows out takes a while."""
    job, facts = changes.preview_asked(info, wish.step, _PREVIEW, wish.file)
    if job is not None:
        follow(job.id)
    elif facts is not None:
        prepare_split_shown.show(info, facts)
        _make(info, wish)
    elif st.button("Show what this gives", key="ask_split_preview"):
        changes.ask_preview(info, wish.step, _PREVIEW, wish.file)


def _preview(info: DatasetInfo, wish: _Wish) -> None:
    rows = str(wish.given.rows) if wish.given else None
    try:
        facts = _dealt(info.id, info.current, info.roles, wish.step, rows)
    except SFTError as error:
        st.warning(plain(error.hint), title=plain(error.message), icon=":material/warning:")
        return
    prepare_split_shown.show(info, facts)
    _make(info, wish)


@st.cache_data(max_entries=32, show_spinner="Dealing the rows out")
def _dealt(dataset_id: str, version: int, roles: Roles, step: changes.Step, given: str | None) -> dict[str, Any]:
    keep = work.datasets()
    rows = pd.read_parquet(given) if given else None
    before = keep.version(dataset_id, version).steps
    return previews.of(keep.read_rows(dataset_id, version), step, roles, given=rows, before=before)


def _make(info: DatasetInfo, wish: _Wish) -> None:
    if not st.button(wish.button, key="make_split"):
        return
    if wish.given is not None:
        changes.add_with_file(info, wish.step, wish.given.request)
    changes.add(info, wish.step)
