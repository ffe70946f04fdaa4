"""The split as a fix, so that it is a step like any other: seen before, undone, replayed."""

import pandas as pd

from sft_core.config import Roles, SplitPlan
from sft_core.data.fixes.effect import Effect, Fix
from sft_core.data.split_facts import SplitFacts
from sft_core.data.splitting import assign

_METHODS = {"random": "at random", "group": "by group", "time": "by time", "column": "as its column says"}


def describe_plan(plan: SplitPlan) -> str:
    """A plan in words."""
    shares = "" if plan.method == "column" else f", {plan.test_share:.0%} for the test"
    return f"Split {_METHODS[plan.method]}{shares}"


def said(facts: SplitFacts) -> str:
    """What a split came to, in words."""
    totals = ", ".join(f"{n:,} for {name}" for name, n in facts.totals.items())
    return f"{totals}. {' '.join(facts.notes)}".strip()


def _apply(table: pd.DataFrame, params: SplitPlan, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    split, facts = assign(table, roles, params)
    before = table["_split"] if "_split" in table else pd.Series("", index=table.index)
    return table.assign(_split=split), Effect(0, int((split != before).sum()), said(facts))


SET_SPLIT = Fix("Split", SplitPlan, _apply, lambda plan, _rows: describe_plan(plan))
