"""A dataset that is in place: how it was read, its roles, a first look, and its rows to search through."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from components import (
    data_brought,
    data_upload,
    first_look,
    glossary,
    layout,
    reading_card,
    roles_form,
    row_table,
    session,
    thumbnails,
    work,
)
from components.kinds.registry import rows_of
from components.layout import card
from components.prepare_split_shown import SPLITS
from components.trouble import caught
from components.wording import count, plain, when

from sft_core.data.roles import problems
from sft_core.data.store import DatasetInfo


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
    rows_of(info.roles).overview(info, facts)
    with card(f"The {rows_of(info.roles).MANY}"):
        _rows(info, facts)
    layout.stays_here()


@st.fragment
@caught()
def _rows(info: DatasetInfo, facts: dict[str, Any]) -> None:
    """Paging and searching redraw the table only."""
    path = work.datasets().rows_path(info.id, info.current)
    row_table.browse(path, info.roles, facts, f"rows_{info.id}", pictures=thumbnails.of_dataset(info.id))


def _how_it_was_read(info: DatasetInfo, facts: dict[str, Any]) -> None:
    keep = work.datasets()
    with card("We read it like this"):
        made = len(keep.version(info.id, info.current).steps)
        kind = rows_of(info.roles)
        version = f" These are the {kind.MANY} after {count(made, 'change')}." if made else ""
        lacks = first_look.shortcomings(facts, info.roles)
        st.markdown(
            f"**{count(facts['rows'], kind.ONE, kind.MANY)}**, brought {when(info.created)}."
            f" {data_brought.said(info.roles, facts)}. {lacks}{version}",
            help=glossary.said_in(lacks),
        )
        roles = roles_form.ask(facts["columns"], info.roles, f"roles_{info.id}_{hash(info.roles)}")
        if roles != info.roles:
            keep.set_roles(info.id, roles)
            st.rerun()
        for issue in problems(facts, info.roles):
            data_brought.show_issue(issue)
        _files(info)


def _files(info: DatasetInfo) -> None:
    files, kind = work.datasets().about(info.id).get("files") or {}, rows_of(info.roles)
    with st.expander("The files as they came", type="compact", key=f"files_{info.id}"):
        for split, read in files.items():
            options = read.get("read") or {}
            how = _how(options)
            lost = (read.get("rejected") or {}).get("count") or 0
            rows = count(read.get("rows") or 0, kind.ONE, kind.MANY)
            said = f"{SPLITS[split].lower()} · {rows} · read as {how}"
            layout.line(plain(read.get("name", ""), 80), plain(f"{said} · {lost} could not be read" if lost else said))


def _how(options: Mapping[str, Any]) -> str:
    """In which way a file was read; the character set only where it is not the usual one."""
    kind, letters, sheet = (options.get(name) for name in ("format", "encoding", "sheet"))
    others = [letters if letters != "utf-8" else None, f"sheet {sheet}" if sheet else None]
    return ", ".join(str(part) for part in [reading_card.FORMATS.get(str(kind), str(kind)), *others] if part)
