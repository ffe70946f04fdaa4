"""Cleaning as a list of steps: each is data ({"fix": name, "params": {…}}), replayed from version 0."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sft_core.config import Frozen, Roles, validated
from sft_core.data.fixes.effect import Effect, Fix
from sft_core.data.fixes.registry import get_fix
from sft_core.data.kinds.registry import kind_of
from sft_core.data.one_side import made_sure
from sft_core.errors import ConfigError

Step = dict[str, Any]
Bring = Callable[[pd.DataFrame, Step], pd.DataFrame]  # the table with the rows of the file that a step names

_EXAMPLES = 5


@dataclass(frozen=True)
class Preview:
    """What a step would do: its effect, and some rows before and after (`after` None: the row would go)."""

    effect: Effect
    examples: list[dict[str, Any]]


def step(fix: str, **params: Any) -> Step:
    """A step that was checked. Raises ConfigError where the fix or a parameter is unknown."""
    return {"fix": fix, "params": validated(get_fix(fix).params, params).model_dump(mode="json")}


def replay(
    table: pd.DataFrame,
    steps: Sequence[Step],
    roles: Roles,
    *,
    on_step: Callable[[int, str], None] | None = None,
    bring: Bring | None = None,
) -> tuple[pd.DataFrame, list[Effect]]:
    """The table after all steps, in order, and what each of them did. A step about a file needs `bring`."""
    effects = []
    for number, one in enumerate(steps):
        fix, params = _parts(one)
        if on_step:
            on_step(number, fix.describe(params, kind_of(roles).rows))
        if fix.by_file and bring:
            table = bring(table, one)
        after, effect = fix.apply(table, params, roles)
        table, said = _still_apart(table, after, roles)
        effects.append(_with_notes(effect, said))
    return table.reset_index(drop=True), effects


def preview(table: pd.DataFrame, one: Step, roles: Roles) -> Preview:
    """What a step would do to this table, with a few rows before and after."""
    fix, params = _parts(one)
    table = table.reset_index(drop=True)
    after, effect = fix.apply(table, params, roles)
    effect = _with_notes(effect, _still_apart(table, after, roles)[1])
    return Preview(effect, _dropped(table, after, roles) + _changed(table, after, roles))


def describe(one: Step, roles: Roles) -> str:
    """A step in words, for the list of steps."""
    fix, params = _parts(one)
    return str(fix.describe(params, kind_of(roles).rows))


def button(one: Step, roles: Roles) -> str:
    """What stands on the button that makes this step: what it does, in a few words."""
    fix, params = _parts(one)
    return str(fix.button(params, kind_of(roles).rows)) if fix.button else fix.title


def _parts(one: Step) -> tuple[Fix[Any], Frozen]:
    if not isinstance(one.get("fix"), str) or not isinstance(one.get("params", {}), dict):
        raise ConfigError(["A step needs the name of a fix and its params."])
    fix = get_fix(one["fix"])
    return fix, validated(fix.params, one.get("params", {}))


def _still_apart(before: pd.DataFrame, after: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, list[str]]:
    """The rows with nothing on two sides of a split that was there before this step, and what had to leave.

    Only where what is read, or what belongs together, was changed: rows that go part nothing.
    """
    if "_split" not in before or not after["_split"].equals(before["_split"].loc[after.index]):
        return after, []  # a step that splits sees to it by itself
    names = [*roles.inputs(), *([roles.group] if roles.group else [])]
    if all(name in after and after[name].equals(before[name].loc[after.index]) for name in names):
        return after, []
    return made_sure(after, roles)


def _with_notes(effect: Effect, said: Sequence[str]) -> Effect:
    return replace(effect, message=" ".join([effect.message, *said])) if said else effect


def _dropped(before: pd.DataFrame, after: pd.DataFrame, roles: Roles) -> list[dict[str, Any]]:
    gone = before[~before.index.isin(after.index)].head(_EXAMPLES)
    name = roles.inputs()[0] if roles.inputs() else before.columns[0]
    return [_example(row, name, row[name], None) for _index, row in gone.iterrows()]


def _changed(before: pd.DataFrame, after: pd.DataFrame, roles: Roles) -> list[dict[str, Any]]:
    own = [*roles.inputs(), *([roles.label] if roles.label else []), "_split"]
    kept = before.loc[after.index]
    examples: list[dict[str, Any]] = []
    for name in [name for name in own if name in after]:
        places = np.flatnonzero((kept[name] != after[name]).to_numpy(dtype=bool))[: _EXAMPLES - len(examples)]
        examples += [_example(kept.iloc[i], name, kept[name].iloc[i], after[name].iloc[i]) for i in places]
    return examples


def _example(row: "pd.Series[Any]", column: str, before: str, after: str | None) -> dict[str, Any]:
    place = {"source": str(row.get("_source", "train")), "row": int(row.get("_row", row.name))}
    return {**place, "column": column, "before": before, "after": after}
