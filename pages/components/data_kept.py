"""A dataset that is in place: how it was read, its roles, a first look, and its rows to search through."""

from pathlib import Path
from typing import Any

import streamlit as st
from components import data_brought, data_upload, first_look, layout, recipe, roles_form, row_table, session, work
from components.layout import card
from components.trouble import caught
from components.wording import count, number, plain, when

from sft_core.config import Roles
from sft_core.data.roles import problems
from sft_core.data.store import DatasetInfo
from sft_core.errors import ModelError
from sft_core.models.cutting import Cut, find_cut_of_run
from sft_core.models.resolve import BUNDLED, is_present, resolve


def show(info: DatasetInfo) -> None:
    """The whole screen for the current dataset."""
    keep = work.datasets()
    facts = keep.facts(info.id)
    head = layout.page_head(plain(info.name, 60))
    if head.button("New data", key="new_data"):
        data_upload.ask()
    if head.button("Prepare", type="primary", icon=":material/arrow_forward:", key="to_prepare"):
        session.go("prepare.py")
    _how_it_was_read(info, facts)
    left, right = st.columns(2)
    with left:
        first_look.classes(facts, stretch=True)
    with right:
        cut, model = _cut(info)
        first_look.lengths(facts, cut.letters if cut else None, _cut_in_words(cut, model, facts["rows"]), stretch=True)
    with card("The rows"):
        _rows(info, facts)
    layout.stays_here()


@st.fragment
@caught()
def _rows(info: DatasetInfo, facts: dict[str, Any]) -> None:
    """Paging and searching redraw the table only."""
    row_table.browse(work.datasets().rows_path(info.id, info.current), info.roles, facts, f"rows_{info.id}")


def _how_it_was_read(info: DatasetInfo, facts: dict[str, Any]) -> None:
    keep = work.datasets()
    with card("We read it like this"):
        made = len(keep.version(info.id, info.current).steps)
        version = f" These are the rows after {count(made, 'change')}." if made else ""
        st.markdown(
            f"**{count(facts['rows'], 'row')}**, brought {when(info.created)}."
            f" {data_brought.said(info.roles, facts)}. {first_look.shortcomings(facts)}{version}"
        )
        roles = roles_form.ask(facts["columns"], info.roles, f"roles_{info.id}_{hash(info.roles)}")
        if roles != info.roles:
            keep.set_roles(info.id, roles)
            st.rerun()
        for issue in problems(facts, info.roles):
            data_brought.show_issue(issue)
        _files(info)


def _files(info: DatasetInfo) -> None:
    files = work.datasets().about(info.id).get("files") or {}
    with st.expander("The files as they came", type="compact", key=f"files_{info.id}"):
        for split, read in files.items():
            options = read.get("read") or {}
            how = ", ".join(str(options[name]) for name in ("format", "encoding", "sheet") if options.get(name))
            lost = (read.get("rejected") or {}).get("count") or 0
            said = f"{split} · {number(read.get('rows') or 0)} rows · read as {how}"
            layout.line(plain(read.get("name", ""), 80), plain(f"{said} · {lost} could not be read" if lost else said))


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
