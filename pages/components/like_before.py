"""A file whose columns are known: the changes that were made to an earlier one can be made to it as well."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from components import changes, drafts, work
from components.drafts import Draft
from components.layout import card
from components.wording import count, listing, plain

from sft_core.data import steps as fix_steps
from sft_core.data.fixes.registry import get_fix
from sft_core.data.replaying import can_carry, fitting
from sft_core.data.store import DatasetInfo

WISH = "like"  # in the address: set by "Make these changes on a new file"


_NO = ""  # None would show as "nothing chosen"


def wished() -> DatasetInfo | None:
    """The dataset like which the next file is to be changed."""
    return _known(st.query_params.get(WISH))


def chosen(draft: Draft, columns: Sequence[str]) -> DatasetInfo | None:
    """The dataset like which this file is to be changed; None where that is not wished, not possible, or it is gone."""
    info = _known(draft.like)
    return info if info is not None and _fits(info, columns) else None


def adopt(draft: Draft, columns: Sequence[str]) -> Draft:
    """The draft with the wish of the address, and with the roles of that dataset where its columns are there."""
    info = wished()
    if info is None:
        return draft
    del st.query_params[WISH]  # said once: a "no" below must not be overruled by it
    return draft if draft.like == info.id else _with(draft, info, columns)


def ask(draft: Draft, columns: Sequence[str]) -> None:
    """Whether to change it like an earlier one; nothing where no dataset has these columns."""
    offered = {info.id: info for info in fitting(work.datasets(), columns)}
    now = _known(draft.like)
    if not offered and now is None:
        return
    with card():
        if now is not None and now.id not in offered:
            lacks = [f"“{plain(name)}”" for name in now.roles.columns() if name not in columns]
            st.warning(
                "Bring a file with the same columns, or read it in another way above.",
                title=f"It cannot be changed like {plain(now.name, 60)}: there is no column {listing(lacks)}.",
                icon=":material/warning:",
            )
        picked = st.selectbox(
            "Make the same changes as before",
            [_NO, *offered],
            index=[_NO, *offered].index(draft.like) if draft.like in offered else 0,
            format_func=lambda one: _title(offered[one]) if one else "no: the rows stay as they came",
            key=f"{draft.id}_like_{draft.like}",
            help="These columns are known from data that you have cleaned. Each change can be taken back.",
        )
        if picked:
            _say(offered[picked])
    if picked != (draft.like or _NO) and (picked or draft.like in offered):
        _with(draft, offered[picked] if picked else None, columns)
        st.rerun()


def _with(draft: Draft, info: DatasetInfo | None, columns: Sequence[str]) -> Draft:
    """The roles of the other dataset come along: its changes are meant for these."""
    roles = info.roles if info is not None and _fits(info, columns) else draft.roles
    return drafts.save(replace(draft, like=info.id if info else None, roles=roles))


def _fits(info: DatasetInfo, columns: Sequence[str]) -> bool:
    return set(info.roles.columns()) <= set(columns)


def _title(info: DatasetInfo) -> str:
    made = [step for step in changes.steps_of(info) if can_carry(step)]
    return f"{info.name} · {count(len(made), 'change')}"


def _say(info: DatasetInfo) -> None:
    steps = changes.steps_of(info)
    made = [fix_steps.describe(step, info.roles) for step in steps if can_carry(step)]
    by_hand = sum(get_fix(step["fix"]).by_row for step in steps)
    rest = f"  \n{count(by_hand, 'change')} made by hand on single rows will be left out." if by_hand else ""
    if any(get_fix(step["fix"]).by_file for step in steps):
        rest += "  \nThe separate test file of that data will be left out too."
    st.caption(" · ".join(plain(words, 120) for words in made) + rest)


def _known(dataset: str | None) -> DatasetInfo | None:
    return next((info for info in work.datasets().list() if info.id == dataset), None) if dataset else None
