"""Rows of texts: how long the texts are, what their table shows and is searched by, and the rows of a finding."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from components import drawn, first_look, glossary, looks, recipe, row_table, session, viewport, work
from components.drawn import Spec
from components.layout import card
from components.wording import count, number, plain

from sft_core import charts
from sft_core.config import Roles
from sft_core.data import query
from sft_core.data.store import DatasetInfo
from sft_core.errors import ModelError
from sft_core.models.cutting import Cut, find_cut_of_run
from sft_core.models.resolve import BUNDLED, is_present, resolve

ONE, MANY = "row", "rows"  # what the rows are called
THING = "document"  # of which several of them may be
FIRST = "First rows"
LOOK = "Rows"  # the button that shows what a finding is about
SEARCH, SEARCHED = "Search in the rows", "Words in the text"
EDITS = True  # whether the input itself can be written anew
ORDERS = {"short": "shortest first", "long": "longest first"}
MORE_ROLES = {"text_pair": ("Second text", "For pairs such as question and answer: the model reads both.")}


def ask_inputs(columns: Sequence[str], roles: Roles, key: str) -> dict[str, Any]:
    """The roles of the columns that are read, as chosen."""
    text = st.multiselect(
        "Text",
        columns,
        default=[name for name in roles.text if name in columns],
        key=f"{key}_text",
        help="What the model reads. Several columns are joined, each with its name.",
    )
    return {"text": tuple(text)}


def overview(info: DatasetInfo, facts: Mapping[str, Any]) -> None:
    """A first look at what is in place: the classes, and how long the texts are."""
    left, right = st.columns(2)
    with left:
        first_look.classes(facts, info.roles, stretch=True)
    with right:
        _lengths(info, facts)


def _lengths(info: DatasetInfo, facts: Mapping[str, Any]) -> None:
    """How long the texts are, and how many of them a model will not read to the end."""
    found = facts.get("text_lengths")
    with card("How long the texts are", stretch=True):
        if not found:
            st.caption("No text column is chosen.")
            return
        cut, model = _cut(info)
        edges, counts = tuple(found["histogram"]["edges"]), tuple(found["histogram"]["counts"])
        said = "How many texts have which length, in characters"
        limit = cut.letters if cut else None
        drawn.show(_histogram(edges, counts, limit, int(found["max"]), looks.theme()), "text_lengths", said)
        half, most = number(found["p50"]), number(found["max"])
        told = _cut_in_words(cut, model, facts["rows"])
        said = f"Half of the texts have up to {half} characters, the longest has {most}. {told}"
        st.caption(said, help=glossary.said_in(told))


def first_rows(frame: pd.DataFrame, roles: Roles, rows: Path | None, pictures: Path | None) -> None:  # noqa: ARG001
    """The first rows of a file that was brought; the label stays in sight beside a long text."""
    frame = frame.head(8)
    frame.insert(0, "row", range(1, len(frame) + 1))
    order = [name for name in ("row", *roles.text, roles.text_pair, roles.label) if name and name in frame]
    row = st.column_config.NumberColumn("row", width=44, help=row_table.ROW_HELP, pinned=True)
    st.dataframe(
        frame,
        hide_index=True,
        column_order=[*order, *(name for name in frame.columns if name not in order)],
        column_config={"row": row, **{name: st.column_config.TextColumn(width=340) for name in roles.text[:1]}},
        alt="The first rows of the file",
    )


def filters(facts: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Further fields of the search: characters from and to, each None where nothing was typed."""
    lengths = facts.get("text_lengths") or {}
    usual = "Of all text columns of a row together."
    if lengths:
        usual += f" Most texts have {number(lengths['p5'])} to {number(lengths['p95'])}, the longest"
        usual += f" {number(lengths['max'])}."
    asked = {"min_value": 0, "step": 1, "placeholder": "any", "value": None}
    least = st.number_input("Characters from", key=f"{key}_from", help=usual, **asked)
    most = st.number_input("Characters to", key=f"{key}_to", **asked)
    return {"min_length": least, "max_length": most}


def doubt(wish: Mapping[str, Any]) -> str:
    """What is wrong with these filters; "" where nothing is."""
    least, most = wish.get("min_length"), wish.get("max_length")
    if least is None or most is None or least <= most:
        return ""
    return f"No text has {number(least)} characters or more and {number(most)} or fewer."


def order(chosen: str, roles: Roles) -> dict[str, Any]:
    """The chosen one of `ORDERS` as the query takes it."""
    return {"order": "length", "descending": chosen == "long"} if roles.text else {}


def table(rows: pd.DataFrame, roles: Roles, pictures: Path | None) -> tuple[pd.DataFrame, list[str], dict[str, Any]]:  # noqa: ARG001
    """The rows as their table shows them, its first columns, and how columns and lines look."""
    width = "medium" if viewport.is_narrow() else "large"
    columns = {name: st.column_config.TextColumn(width=width) for name in roles.text}
    return rows, [name for name in (*roles.text, roles.text_pair) if name], {"column_config": columns}


def of_finding(info: DatasetInfo, finding: Mapping[str, Any]) -> None:
    """The rows that a finding is about."""
    rows = [(str(source), int(row)) for source, row in finding["rows"]]
    if rows:
        shown, _ = query.page(work.datasets().rows_path(info.id), rows=rows, limit=200)
        st.caption(f"{count(int(finding['count']), 'row')}" + (", the first 200:" if finding["count"] > 200 else ":"))
        row_table.draw(shown, info.roles, height=320)


def examples(info: DatasetInfo, found: Sequence[Mapping[str, Any]]) -> None:  # noqa: ARG001
    """Some rows before and after a fix."""
    row_table.before_and_after(found)


@lru_cache(maxsize=32)
def _histogram(edges: tuple[int, ...], counts: tuple[int, ...], limit: int | None, longest: int, theme: Any) -> Spec:
    found = {"edges": edges, "counts": counts}
    return charts.length_histogram(found, limit=limit, longest=longest, theme=theme).to_dict()


def _cut(info: DatasetInfo) -> tuple[Cut | None, tuple[str, int]]:
    """What the next run cuts off, and the name of its model; of the bundled one where that is not on this machine."""
    wanted = recipe.load(info.id)
    model = wanted.model if is_present(wanted.model, session.workspace().cache) else BUNDLED
    path = work.datasets().rows_path(info.id)
    return _counted(path, model, info.roles.model_dump_json(), wanted.changes.get("max_length"))


def _cut_in_words(cut: Cut | None, model: tuple[str, int], rows: int) -> str:
    if cut is None:
        return ""
    name, reads = plain(model[0], 60), model[1]
    if not cut.rows:
        return f"{name} reads all of them to the end."
    about = "" if cut.exact else "about "
    if cut.limit < reads:
        said = (
            f"In training, {about}{number(cut.rows)} of {number(rows)} are cut after {number(cut.limit)} word pieces:"
        )
        return f"{said} “Longest text” among all settings on Train changes that."
    texts = f"{count(cut.rows, 'text is', 'texts are')} longer than the {number(cut.limit)} word pieces"
    return f"{about.capitalize()}{texts} that {name} can read: what comes after is cut off."


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=work.FILES)
def _counted(path: Path, model: str, roles: str, wished: int | None) -> tuple[Cut | None, tuple[str, int]]:
    try:
        base = resolve(model, cache=session.workspace().cache)
    except ModelError:  # the Model page says what is wrong with it
        return None, (model, 0)
    cut = find_cut_of_run(path, Roles.model_validate_json(roles), base, wished)
    return cut, (base.name.rpartition("/")[2], base.facts.max_length)
