"""A dataset that is in place: how it was read, its roles, a first look, and its rows to search through."""

from typing import Any

import streamlit as st
from components import data_brought, first_look, layout, roles_form, row_table, session, work
from components.layout import card
from components.trouble import caught
from components.wording import count, number, plain, when

from sft_core.data import profile
from sft_core.data.roles import problems
from sft_core.data.store import DatasetInfo

TOKENS_OF_MODEL = 256
_CHARACTERS_A_TOKEN = 4
_LIMIT = TOKENS_OF_MODEL * _CHARACTERS_A_TOKEN


def show(info: DatasetInfo) -> None:
    """The whole screen for the current dataset."""
    keep = work.datasets()
    facts = keep.facts(info.id)
    head = layout.page_head(plain(info.name, 60))
    if head.button("New data", key="new_data"):
        session.choose_dataset(None)
        st.rerun()
    if head.button("Prepare", type="primary", icon=":material/arrow_forward:", key="to_prepare"):
        session.go("prepare.py")
    _how_it_was_read(info, facts)
    left, right = st.columns(2)
    with left:
        first_look.classes(facts, stretch=True)
    with right:
        first_look.lengths(facts, _LIMIT, _cut(info), stretch=True)
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


def _cut(info: DatasetInfo) -> str:
    """How many texts are longer than a model reads, estimated from their characters; said as an estimate."""
    path = work.datasets().rows_path(info.id)
    longer = _longer(str(path), path.stat().st_mtime_ns, info)
    if not longer:
        return "A model reads all of them to the end."
    return f"About {count(longer, 'text')} will be cut at the model's limit of {TOKENS_OF_MODEL} word pieces."


@st.cache_data(max_entries=64, show_spinner=False)
def _longer(path: str, stamp: int, _info: DatasetInfo) -> int:  # noqa: ARG001 - the stamp tells files apart
    return profile.longer_than(work.datasets().rows_path(_info.id), _info.roles, _LIMIT)
