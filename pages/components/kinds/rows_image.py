"""Rows of pictures: some of each class, a table with small pictures, and the pictures of a finding side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from components import first_look, row_table, thumbnails, viewport, work
from components.layout import card
from components.thumbnails import Thumb
from components.wording import count, number, plain, size

from sft_core.config import Roles
from sft_core.data import query
from sft_core.data.store import DatasetInfo
from sft_core.evaluation.wording import visible

ONE, MANY, THING = "picture", "pictures", "thing"
FIRST = "Some of the pictures"
LOOK = "Pictures"
SEARCH, SEARCHED = "Search by name", "Part of a name"
EDITS = False
ORDERS: Mapping[str, str] = {}
MORE_ROLES: Mapping[str, tuple[str, str]] = {}

_CLASSES, _OF_EACH, _OF_ONE, _FIRST = 10, 14, 24, 24
_LINE, _LINES = 72, 8  # of the table, in pixels


def ask_inputs(columns: Sequence[str], roles: Roles, key: str) -> dict[str, Any]:  # noqa: ARG001
    """The picture's column is what the reader made of the files: there is nothing to choose."""
    return {"image": roles.image}


def overview(info: DatasetInfo, facts: Mapping[str, Any]) -> None:
    """A first look at what is in place: each class with how many pictures it has and some of them, or many of one."""
    path, pictures = work.datasets().rows_path(info.id, info.current), thumbnails.of_dataset(info.id)
    classes: Mapping[str, int] = facts.get("classes") or {}
    with card("Pictures in each class" if classes else FIRST):
        _wall(path, pictures, info.roles, facts, f"wall_{info.id}_{info.current}")
        known = first_look.in_words(classes, ONE, MANY) if classes else "No label is chosen: there are no classes."
        st.caption(f"{known} {_sizes(facts)}")


@st.fragment
def _wall(path: Path, pictures: Path, roles: Roles, facts: Mapping[str, Any], key: str) -> None:
    """Choosing a class and turning pages redraw the wall only."""
    classes: Mapping[str, int] = facts.get("classes") or {}
    if not roles.label or not classes:
        some, _ = query.page(path, limit=_FIRST)
        thumbnails.wall(pictures, _thumbs(some, roles, with_class=False), 72)
        return
    chosen = st.selectbox("Class", ["", *classes], format_func=_named, key=f"{key}_class", label_visibility="collapsed")
    if chosen:
        page_key = f"{key}_page_{chosen}"
        at = int(st.session_state.get(page_key, 1))
        some, total = query.page(path, label=(roles.label, chosen), offset=(at - 1) * _OF_ONE, limit=_OF_ONE)
        thumbnails.wall(pictures, _thumbs(some, roles, with_class=False), 72)
        _pages(total, _OF_ONE, page_key)
        return
    page_key = f"{key}_page"
    first = (int(st.session_state.get(page_key, 1)) - 1) * _CLASSES
    names = list(classes)[first : first + _CLASSES]
    some = _of_each(path, roles.label, tuple(names))
    by_class = {str(name): part for name, part in some.groupby(roles.label)} if len(some) else {}
    shown = [
        (name, classes[name], _thumbs(by_class.get(name, some.head(0)), roles, with_class=False)) for name in names
    ]
    thumbnails.rows(pictures, shown, max(classes.values()), 44 if viewport.is_narrow() else 56)
    _pages(len(classes), _CLASSES, page_key)


def _pages(total: int, each: int, key: str) -> None:
    if total > each:
        st.pagination(-(-total // each), key=key)


def _named(label: str) -> str:
    return visible(label) if label else "all classes"


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=work.FILES)
def _of_each(path: Path, label: str, classes: tuple[str, ...]) -> pd.DataFrame:
    return query.some_of_each(path, label, classes, _OF_EACH)


def _sizes(facts: Mapping[str, Any]) -> str:
    """Sizes and formats in a sentence."""
    found = facts.get("pictures") or {}
    parts = []
    widths, heights = found.get("widths") or {}, found.get("heights") or {}
    if widths and heights:
        parts.append(_pixels(widths, heights))
    if formats := found.get("formats"):
        told = ", ".join(f"{number(many)} {plain(name)}" for name, many in formats.items())
        parts.append(f"{told}, {size(found['total_bytes'])} together.")
    return " ".join(parts)


def _pixels(widths: Mapping[str, float], heights: Mapping[str, float]) -> str:
    usual = f"{number(widths['p50'])} × {number(heights['p50'])} pixels"
    sides = (widths, heights)
    if all(side["min"] == side["max"] for side in sides):
        return f"All are {usual}."
    span = (
        f"{number(widths['min'])} to {number(widths['max'])} pixels wide,"
        f" {number(heights['min'])} to {number(heights['max'])} high"
    )
    if all(side["p5"] == side["p95"] for side in sides):
        return f"Nearly all are {usual}; the others {span}."
    return f"They are {span}; half of them up to {number(widths['p50'])} wide."


def first_rows(frame: pd.DataFrame, roles: Roles, rows: Path | None, pictures: Path | None) -> None:
    """Some of the pictures that were brought; their names where none has been opened yet."""
    if rows is not None and pictures is not None and "_file" in query.column_names(rows):
        some = _mixed(rows, roles)
        if len(some) and (some["_file"] != "").any():
            thumbnails.wall(pictures, _thumbs(some, roles), 84)
            return
    st.dataframe(frame.head(8), hide_index=True, alt="The first pictures by name")
    st.caption("The pictures themselves are opened when you use this data.")


def _mixed(rows: Path, roles: Roles) -> pd.DataFrame:
    """A few of several classes rather than the first of one."""
    if not roles.label:
        return query.page(rows, limit=_FIRST)[0]
    some = query.some_of_each(rows, roles.label, None, 4)
    turn = some.groupby(roles.label).cumcount()
    return (
        some.assign(_turn=turn)
        .sort_values(["_turn", roles.label], kind="stable")
        .head(_FIRST // 2 if viewport.is_narrow() else _FIRST)
    )


def filters(facts: Mapping[str, Any], key: str) -> dict[str, Any]:  # noqa: ARG001
    """Pictures have no further filters."""
    return {}


def doubt(wish: Mapping[str, Any]) -> str:  # noqa: ARG001
    """Nothing can be wrong with them."""
    return ""


def order(chosen: str, roles: Roles) -> dict[str, Any]:  # noqa: ARG001
    """There are no orders of their own."""
    return {}


def table(rows: pd.DataFrame, roles: Roles, pictures: Path | None) -> tuple[pd.DataFrame, list[str], dict[str, Any]]:
    """The rows with a small picture and its size in pixels."""
    if "_file" not in rows:
        return rows, [roles.image or ""], {}
    shown = rows.assign(
        __picture=[thumbnails.data_uri(pictures, str(file)) for file in rows["_file"]],
        __size=[f"{width} × {height}" for width, height in zip(rows["_width"], rows["_height"], strict=True)],
    )
    config = {
        "__picture": st.column_config.ImageColumn("picture", width="small", help="A click shows it larger."),
        "__size": st.column_config.TextColumn("pixels", width="small", help="Width and height as it came."),
        (roles.image or ""): st.column_config.TextColumn(width="large"),
    }
    first = ["__picture", roles.label or "", roles.image or "", "__size"]
    return shown, first, {"column_config": config, "row_height": _LINE, "height": min(len(rows), _LINES) * _LINE + 40}


def of_finding(info: DatasetInfo, finding: Mapping[str, Any]) -> None:
    """The pictures that a finding is about: groups side by side, or one beside the other."""
    path, pictures = work.datasets().rows_path(info.id), thumbnails.of_dataset(info.id)
    groups = [[(str(source), int(row)) for source, row in group] for group in finding.get("groups") or []]
    wanted = [place for group in groups for place in group] or [
        (str(source), int(row)) for source, row in finding["rows"]
    ]
    if not wanted:
        return
    rows, _ = query.page(path, rows=wanted, limit=len(wanted))
    total = int(finding["count"])
    thumbs = dict(zip(row_table.row_ids(rows), _thumbs(rows, info.roles), strict=True))
    if groups:
        st.caption(f"{count(total, ONE)}, side by side with those they are like:")
        thumbnails.groups(pictures, [[thumbs[place] for place in group if place in thumbs] for group in groups])
        return
    st.caption(count(total, ONE) + (f", the first {number(len(rows))}:" if total > len(rows) else ":"))
    with st.container(height=420 if len(rows) > 30 else "content", border=False):
        thumbnails.wall(pictures, [thumbs[place] for place in wanted if place in thumbs])


def examples(info: DatasetInfo, found: Sequence[Mapping[str, Any]]) -> None:
    """Some rows before and after a fix: pictures that go are shown above already."""
    row_table.before_and_after([one for one in found if one.get("column") != info.roles.image])


def _thumbs(rows: pd.DataFrame, roles: Roles, *, with_class: bool = True) -> list[Thumb]:
    named = rows[roles.image] if roles.image in rows else [""] * len(rows)
    labels = rows[roles.label] if with_class and roles.label in rows else [""] * len(rows)
    return [
        Thumb(str(file), str(name), visible(str(label)) if label else "", str(name).rpartition("/")[2])
        for file, name, label in zip(rows["_file"], named, labels, strict=True)
    ]
