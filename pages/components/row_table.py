"""Rows of a version or a file, a page at a time: search, filters, order, and a selection where one is wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from components import glossary, work
from components.kinds.registry import rows_of
from components.wording import count, number

from sft_core.config import Roles
from sft_core.data import query
from sft_core.data.own_columns import OWN, PICTURE
from sft_core.evaluation.wording import visible

PAGE_ROWS = 50
MOST_SELECTED = 10_000
ROW_HELP = "Its place in the file: 1 is the first row of data, after the column names."

_ALL = ""  # no class and no split is called so; None would show as "nothing chosen"

RowId = tuple[str, int]


@dataclass(frozen=True)
class Shown:
    """What the table shows: the rows of this page, how many match, and which of them are selected."""

    rows: pd.DataFrame
    total: int
    selected: list[RowId]


def browse(
    path: Path,
    roles: Roles,
    facts: Mapping[str, Any],
    key: str,
    *,
    selectable: bool = False,
    filters: bool = False,
    pictures: Path | None = None,
) -> Shown:
    """The table with its search (and, with `filters`, class, split, what this kind of rows adds, and order).

    `key` is unique on the page; `pictures` is where the pictures of the rows lie.
    """
    wish = _filters(roles, facts, key) if filters else _search(roles, key)
    place = st.container()
    page_key = f"{key}_page_{hash((str(path), str(wish)))}"  # another search begins at its first page
    chosen = int(st.session_state.get(page_key, 1))
    rows, total = _page(path, roles.text, chosen, tuple(wish.items()))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(_found(total, facts.get("rows") or 0, wish, roles), width="content")
        if total > PAGE_ROWS:
            st.pagination(-(-total // PAGE_ROWS), key=page_key)
    with place:
        selected = _draw(rows, roles, f"{key}_table_{chosen}", selectable, pictures)
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


def draw(rows: pd.DataFrame, roles: Roles, height: int | None = None, pictures: Path | None = None) -> None:
    """Some rows as a table, without search: previews and examples."""
    _show(rows, roles, "", False, height, pictures)


def before_and_after(found: Sequence[Mapping[str, Any]]) -> None:
    """Cells before and after a change ({row, column, before, after}; after is None where the row goes)."""
    if not found:
        return
    examples = pd.DataFrame(list(found)).fillna({"after": "(left out)"})
    examples["row"] += 1
    st.dataframe(
        examples,
        hide_index=True,
        column_order=["row", "column", "before", "after"],
        column_config={"row": st.column_config.NumberColumn("row", format="%d", width=44, help=ROW_HELP, pinned=True)},
        alt="Examples before and after",
    )


def _search(roles: Roles, key: str) -> dict[str, Any]:
    wanted = st.text_input(
        "Search",
        placeholder=rows_of(roles).SEARCH,
        key=f"{key}_search",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return {"search": (wanted or "").strip()}


def _filters(roles: Roles, facts: Mapping[str, Any], key: str) -> dict[str, Any]:
    kind = rows_of(roles)
    label = split = _ALL
    orders = {"file": "as in the file", **kind.ORDERS, "label": "by label"}
    with st.grid(6, min_column_width=130):
        searched = st.text_input("Search", placeholder=kind.SEARCHED, key=f"{key}_search", icon=":material/search:")
        if roles.label and facts.get("classes"):
            label = st.selectbox("Class", [_ALL, *facts["classes"]], format_func=_any, key=f"{key}_class")
        splits = [name for name in facts.get("splits") or {} if name]
        if splits:
            about = glossary.about("split")
            split = st.selectbox("Split", [_ALL, *splits], format_func=_any, key=f"{key}_split", help=about)
        more = kind.filters(facts, key)
        order = st.selectbox("Order", list(orders), format_func=orders.__getitem__, key=f"{key}_order")
    if doubt := kind.doubt(more):
        st.caption(f":material/info: {doubt}")
    wish: dict[str, Any] = {"search": (searched or "").strip(), "split": split or None, **more}
    if label:
        wish["label"] = (roles.label, label)
    if order == "label":
        return wish | ({"order": roles.label} if roles.label else {})
    return wish | (kind.order(order, roles) if order in kind.ORDERS else {})


def _any(value: str) -> str:
    return visible(value) if value else "all"


def _found(total: int, rows: int, wish: Mapping[str, Any], roles: Roles) -> str:
    kind = rows_of(roles)
    if total == rows or not any(value for name, value in wish.items() if name not in ("order", "descending")):
        return count(total, kind.ONE, kind.MANY)
    return f"{count(total, kind.ONE, kind.MANY)} of {number(rows)}"


def _draw(rows: pd.DataFrame, roles: Roles, key: str, selectable: bool, pictures: Path | None) -> list[RowId]:
    if rows.empty:
        st.caption(f"No {rows_of(roles).ONE} fits.")
        return []
    picked = _show(rows, roles, key, selectable, None, pictures)
    return row_ids(rows.iloc[picked]) if picked else []


def _show(
    rows: pd.DataFrame, roles: Roles, key: str, selectable: bool, height: int | None, pictures: Path | None
) -> list[int]:
    shown, own, looks = rows_of(roles).table(rows, roles, pictures)
    first = [name for name in dict.fromkeys(("_row", *own, roles.label)) if name and name in shown]
    rest = [name for name in rows.columns if name not in first and name not in OWN]
    sources = ["_source"] if "_source" in rows and rows["_source"].nunique() > 1 else []
    splits = ["_split"] if "_split" in rows and (rows["_split"] != "").any() else []
    config = {
        "_row": st.column_config.NumberColumn("row", format="%d", width=44, help=ROW_HELP, pinned=True),
        "_source": st.column_config.TextColumn("file", width="small"),
        "_split": st.column_config.TextColumn("split", width="small"),
        **looks.pop("column_config", {}),
    }
    usual = looks.pop("height", "auto")
    numbered = shown.assign(_row=shown["_row"] + 1) if "_row" in shown else shown
    order = [*first, *sources, *splits, *rest]
    event = st.dataframe(
        numbered.drop(columns=[name for name in PICTURE if name in numbered]),
        hide_index=True,
        column_order=order,
        column_config=config,
        height=height or usual,
        alt="Rows of the data",
        **looks,
        **({"on_select": "rerun", "selection_mode": "multi-row", "key": key} if selectable else {}),
    )
    return list(event.selection.rows) if selectable else []
