"""Rows of a version or a file, a page at a time: search, filters, order, and a selection where one is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from components import viewport, work
from components.wording import count, number

from sft_core.config import Roles
from sft_core.data import query
from sft_core.evaluation.wording import visible

PAGE_ROWS = 50
MOST_SELECTED = 10_000
ROW_HELP = "Its place in the file: 1 is the first row of data, after the column names."
_ORDERS = {"file": "as in the file", "short": "shortest first", "long": "longest first", "label": "by label"}

_ALL = ""  # no class and no split is called so; None would show as "nothing chosen"

RowId = tuple[str, int]


@dataclass(frozen=True)
class Shown:
    """What the table shows: the rows of this page, how many match, and which of them are selected."""

    rows: pd.DataFrame
    total: int
    selected: list[RowId]


def browse(
    path: Path, roles: Roles, facts: Mapping[str, Any], key: str, *, selectable: bool = False, filters: bool = False
) -> Shown:
    """The table with its search (and, with `filters`, class, split, length and order). `key` is unique on the page."""
    wish = _filters(roles, facts, key) if filters else _search(key)
    place = st.container()
    page_key = f"{key}_page_{hash((str(path), str(wish)))}"  # another search begins at its first page
    chosen = int(st.session_state.get(page_key, 1))
    rows, total = _page(path, roles.text, chosen, tuple(wish.items()))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(_found(total, facts.get("rows") or 0, wish), width="content")
        if total > PAGE_ROWS:
            st.pagination(-(-total // PAGE_ROWS), key=page_key)
    with place:
        selected = _draw(rows, roles, f"{key}_table_{chosen}", selectable)
    if selectable and total > len(rows) and st.session_state.get(f"{key}_all"):
        selected = matching(path, roles, wish)
    return Shown(rows, total, selected)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=work.FILES)
def _page(
    path: Path, text: tuple[str, ...], number: int, wish: tuple[tuple[str, Any], ...]
) -> tuple[pd.DataFrame, int]:
    """One page of the rows. Kept, since a file of rows never changes and most clicks ask for the same page again."""
    return query.page(path, text=text, offset=(number - 1) * PAGE_ROWS, limit=PAGE_ROWS, **dict(wish))


def matching(path: Path, roles: Roles, wish: Mapping[str, Any]) -> list[RowId]:
    """The ids of all rows that match, up to 10,000."""
    rows, _ = query.page(path, columns=[], text=roles.text, limit=MOST_SELECTED, **wish)
    return row_ids(rows)


def row_ids(rows: pd.DataFrame) -> list[RowId]:
    """(source, row number) of each row."""
    return [(str(source), int(row)) for source, row in zip(rows["_source"], rows["_row"], strict=True)]


def draw(rows: pd.DataFrame, roles: Roles, height: int | None = None) -> None:
    """Some rows as a table, without search: previews and examples."""
    _show(rows, roles, "", False, height)


def _search(key: str) -> dict[str, Any]:
    wanted = st.text_input(
        "Search",
        placeholder="Search in the rows",
        key=f"{key}_search",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return {"search": (wanted or "").strip()}


def _filters(roles: Roles, facts: Mapping[str, Any], key: str) -> dict[str, Any]:
    label = split = _ALL
    with st.grid(6, min_column_width=130):
        searched = st.text_input(
            "Search", placeholder="Words in the text", key=f"{key}_search", icon=":material/search:"
        )
        if roles.label and facts.get("classes"):
            label = st.selectbox("Class", [_ALL, *facts["classes"]], format_func=_any, key=f"{key}_class")
        splits = [name for name in facts.get("splits") or {} if name]
        if splits:
            split = st.selectbox("Split", [_ALL, *splits], format_func=_any, key=f"{key}_split")
        least, most = _lengths(facts, key)
        order = st.selectbox("Order", list(_ORDERS), format_func=_ORDERS.__getitem__, key=f"{key}_order")
    if least is not None and most is not None and least > most:
        st.caption(f":material/info: No text has {number(least)} characters or more and {number(most)} or fewer.")
    wish: dict[str, Any] = {"search": (searched or "").strip(), "split": split or None}
    wish |= {"min_length": least, "max_length": most}
    if label:
        wish["label"] = (roles.label, label)
    return {**wish, **_order(order, roles)}


def _any(value: str) -> str:
    return visible(value) if value else "all"


def _lengths(facts: Mapping[str, Any], key: str) -> tuple[int | None, int | None]:
    """From how many characters to how many; None where nothing was typed."""
    lengths = facts.get("text_lengths") or {}
    usual = "Of all text columns of a row together."
    if lengths:
        usual += f" Most texts have {number(lengths['p5'])} to {number(lengths['p95'])}, the longest"
        usual += f" {number(lengths['max'])}."
    asked = {"min_value": 0, "step": 1, "placeholder": "any", "value": None}
    least = st.number_input("Characters from", key=f"{key}_from", help=usual, **asked)
    most = st.number_input("Characters to", key=f"{key}_to", **asked)
    return least, most


def _order(order: str, roles: Roles) -> dict[str, Any]:
    if order in ("short", "long") and roles.text:
        return {"order": "length", "descending": order == "long"}
    if order == "label" and roles.label:
        return {"order": roles.label}
    return {}


def _found(total: int, rows: int, wish: Mapping[str, Any]) -> str:
    if total == rows or not any(value for name, value in wish.items() if name not in ("order", "descending")):
        return count(total, "row")
    return f"{count(total, 'row')} of {number(rows)}"


def _draw(rows: pd.DataFrame, roles: Roles, key: str, selectable: bool) -> list[RowId]:
    if rows.empty:
        st.caption("No row fits.")
        return []
    picked = _show(rows, roles, key, selectable, None)
    return row_ids(rows.iloc[picked]) if picked else []


def _show(rows: pd.DataFrame, roles: Roles, key: str, selectable: bool, height: int | None) -> list[int]:
    first = [name for name in ("_row", *roles.text, roles.text_pair, roles.label) if name and name in rows]
    rest = [name for name in rows.columns if name not in first and name not in ("_source", "_split")]
    sources = ["_source"] if "_source" in rows and rows["_source"].nunique() > 1 else []
    splits = ["_split"] if "_split" in rows and (rows["_split"] != "").any() else []
    config = {
        "_row": st.column_config.NumberColumn("row", format="%d", width=40, help=ROW_HELP),
        "_source": st.column_config.TextColumn("file", width="small"),
        "_split": st.column_config.TextColumn("split", width="small"),
    }
    for name in roles.text:
        config[name] = st.column_config.TextColumn(width="medium" if viewport.is_narrow() else "large")
    numbered = rows.assign(_row=rows["_row"] + 1) if "_row" in rows else rows
    event = st.dataframe(
        numbered,
        hide_index=True,
        column_order=[*first, *sources, *splits, *rest],
        column_config=config,
        height=height or "auto",
        alt="Rows of the data",
        **({"on_select": "rerun", "selection_mode": "multi-row", "key": key} if selectable else {}),
    )
    return list(event.selection.rows) if selectable else []
