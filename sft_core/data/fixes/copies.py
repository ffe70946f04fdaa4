"""Rows that repeat another one, and rows with the same text that contradict each other."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from sft_core.config import Frozen, Roles
from sft_core.data.duplicates import Keys, empty_inputs, exact_table_keys, is_blank, table_keys
from sft_core.data.fixes.effect import Effect, Fix, Mask, own_rows, rows_of

_MIX = np.uint64(0x9E3779B97F4A7C15)


SameAs = Literal["exact", "normalised", "near"]  # the latter two are one for texts and one for pictures
_BESIDE = {"exact": "", "normalised": " (case, spaces and sentence marks ignored)", "near": ", near copies too"}


class DuplicateParams(Frozen):
    kind: SameAs = Field("exact", title="What counts as the same")


class ConflictParams(Frozen):
    how: Literal["drop", "majority"] = Field("majority", title="What to do with them")


def repeats(table: pd.DataFrame, roles: Roles, kind: SameAs) -> Mask:
    """Which rows repeat the text and the label of an earlier row; the first of each stays, empty ones do not count."""
    keys = exact_table_keys(table, roles) if kind == "exact" else table_keys(table, roles)
    return repeats_of(table, roles, keys)


def repeats_of(table: pd.DataFrame, roles: Roles, keys: Keys, empty: Mask | None = None) -> Mask:
    """The same for keys, and rows without text, that are known already."""
    own = own_rows(table) & ~(empty_inputs(table, roles) if empty is None else empty)
    both = keys if roles.label is None else keys * _MIX ^ pd.factorize(table[roles.label])[0].astype(np.uint64)
    again = np.zeros(len(table), dtype=bool)
    again[own] = pd.Series(both[own]).duplicated().to_numpy()
    return again


@dataclass(frozen=True)
class Conflicts:
    """Rows whose text stands under several labels; `winner` is the code of the most frequent one, -1 for a tie."""

    rows: Mask
    winner: NDArray[np.int64]
    labels: "pd.Index[str]"


def conflicts(table: pd.DataFrame, roles: Roles, keys: Keys | None = None) -> Conflicts:
    """Rows with the same (normalised) text and different labels. Rows of a given test file are left alone."""
    none = np.zeros(len(table), dtype=bool)
    if not roles.label:
        return Conflicts(none, np.full(len(table), -1), pd.Index([], dtype="str"))
    usable = own_rows(table) & ~empty_inputs(table, roles) & ~is_blank(table[roles.label])
    text = pd.factorize((table_keys(table, roles) if keys is None else keys)[usable])[0]
    code, names = pd.factorize(table.loc[usable, roles.label])
    pairs, counts = np.unique(text * max(len(names), 1) + code, return_counts=True)
    owner, label = pairs // max(len(names), 1), pairs % max(len(names), 1)
    n_texts = int(text.max()) + 1 if len(text) else 0
    best = np.zeros(n_texts, dtype=np.int64)
    np.maximum.at(best, owner, counts)
    leading = counts == best[owner]
    winner = np.full(n_texts, -1, dtype=np.int64)
    winner[owner[leading]] = label[leading]
    winner[np.bincount(owner[leading], minlength=n_texts) > 1] = -1
    several = np.bincount(owner, minlength=n_texts) > 1
    mask, winners = none.copy(), np.full(len(table), -1, dtype=np.int64)
    mask[usable], winners[usable] = several[text], winner[text]
    return Conflicts(mask, winners, pd.Index(names))


def _drop_duplicates(table: pd.DataFrame, params: DuplicateParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    again = repeats(table, roles, params.kind)
    n = int(again.sum())
    return table[~again], Effect(n, 0, f"{rows_of(n, roles)} dropped; the first of each stays.")


def _resolve(table: pd.DataFrame, params: ConflictParams, roles: Roles) -> tuple[pd.DataFrame, Effect]:
    found = conflicts(table, roles)
    gone = found.rows if params.how == "drop" else found.rows & (found.winner < 0)
    agreed = found.rows & ~gone
    changed = 0
    if agreed.any() and roles.label:
        labels = table[roles.label].copy()
        labels[agreed] = found.labels[found.winner[agreed]].to_numpy()
        changed = int((labels != table[roles.label]).sum())
        table = table.assign(**{roles.label: labels})
    n = int(gone.sum())
    said = f"{rows_of(n, roles)} dropped, {rows_of(changed, roles)} given the label of the majority."
    return table[~gone], Effect(n, changed, said)


DROP_DUPLICATES = Fix(
    "Drop duplicates",
    DuplicateParams,
    _drop_duplicates,
    lambda params, rows: f"Repeated {rows[1]} dropped{_BESIDE[params.kind]}",
    button=lambda params, _rows: "Drop duplicates" if params.kind == "exact" else "Drop near copies",
)
RESOLVE_CONFLICTS = Fix(
    "Resolve contradictions",
    ConflictParams,
    _resolve,
    lambda params, rows: (
        f"{rows[1].capitalize()} that contradict each other"
        + (" dropped" if params.how == "drop" else " given the commonest label")
    ),
)
